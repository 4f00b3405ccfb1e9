"""Turn a PostgreSQL URL into Django's database settings; knows nothing of where it came from."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from config.env import BadSetting


def parse_database_url(url: str) -> dict[str, Any]:
    """Return the DATABASES entry of `postgres://user:password@host:port/name?host=/socket`.

    Raises BadSetting where the URL is no PostgreSQL URL or names no database. The query may
    hold `host` (a socket directory) and any libpq option, which is passed on.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadSetting("DATABASE_URL must begin with postgres:// or postgresql://.")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadSetting("DATABASE_URL names no database: add /name at its end.")
    options: dict[str, Any] = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # Dates and times are computed in Python's zoneinfo; the planner's JIT costs more than
        # it gives on short queries (docs/adr/0003-money-and-time.md).
        "OPTIONS": {"options": "-c jit=off -c timezone=UTC", **options},
    }
