"""What the server is given: `benchmarks.peers.stock.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.stock.settings"
application = get_wsgi_application()
