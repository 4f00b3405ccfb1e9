"""Let support and auditors see webhooks, and support send them again."""

from django.db import migrations

from cms.permissions import grant_all

# What the tables of `cms.permissions` were when this ran last: whoever changes them writes a new
# migration that grants them, with the digest that `tests/cms/test_granted.py` names.
GRANTED = "39bfcbb9c5fa7ade"


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0024_listing_follows"), ("webhooks", "0002_guards")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
