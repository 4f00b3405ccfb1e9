"""The WSGI entry point of the web process (granian `config.wsgi:application`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

application = get_wsgi_application()

from accounts.demo import refuse_in_production  # noqa: E402 - models load with the application

refuse_in_production()

from django.urls import resolve  # noqa: E402 - as above

# A worker imports every view before it takes a request, not while the first ones wait for it.
resolve("/livez")
