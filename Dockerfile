# One image for every role: web (the default), jobs (`python -m launcher work`), migrations
# (`python manage.py prepare`), the stream of messages (granian with `messaging.stream.application`,
# docs/operations.md) and the demo's gateway stand-in (`python -m sandbox`).
FROM python:3.13-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/
RUN /opt/venv/bin/pip install --quiet --require-hashes -r /tmp/requirements.lock

FROM node:22-slim AS app
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY static /app/static
COPY frontend ./
RUN npm run build

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home counterfoil \
    && mkdir /data && chown counterfoil:counterfoil /data
COPY --from=packages /opt/venv /opt/venv
COPY . /app
COPY --from=app /app/frontend/dist /app/frontend/dist
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app:/app/platform \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static-collected
# Collecting reads no secret and no database, and names files as production's storage does.
RUN DJANGO_SETTINGS_MODULE=config.settings.collect python manage.py collectstatic --no-input --verbosity 0
USER counterfoil
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-m", "launcher.probe", "http://127.0.0.1:8000/readyz"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "10", \
     "config.wsgi:application"]
