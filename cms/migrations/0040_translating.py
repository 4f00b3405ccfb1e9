"""Let editors translate pages into the site's other language."""

from django.db import migrations

from cms.permissions import grant_all

# What the tables of `cms.permissions` were when this ran last: whoever changes them writes a new
# migration that grants them, with the digest that `tests/cms/test_granted.py` names.
GRANTED = "6857dd70832a84cb"


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0039_german"), ("simple_translation", "0001_initial")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
