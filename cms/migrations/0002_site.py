"""The front page, the mentor index and the default site, in place of Wagtail's welcome page."""

from django.conf import settings
from django.db import migrations

from cms.site import ensure_site


def forward(apps, schema_editor):
    ensure_site(apps, public_url=settings.PUBLIC_URL)


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
