"""The WSGI entry point of the web process (granian `config.wsgi:application`)."""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

application: Any = get_wsgi_application()

from django.conf import settings  # noqa: E402 - as below
from django.db import connections  # noqa: E402

from config.database import stop_long_statements  # noqa: E402

# Before anything connects. Jobs, migrations and the stream take the time that they need.
stop_long_statements(connections.settings["default"], seconds=settings.WEB_STATEMENT_SECONDS)

from accounts.demo import refuse_in_production  # noqa: E402 - models load with the application

refuse_in_production()

from django.urls import resolve  # noqa: E402 - as above

# A worker imports every view before it takes a request, not while the first ones wait for it.
resolve("/livez")

from config.memory import behind_a_door  # noqa: E402 - as above

application = behind_a_door(application)
