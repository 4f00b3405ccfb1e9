"""Let approvers change the terms of cancelling, and whoever sees sessions see them."""

from django.db import migrations

from cms.permissions import grant_all

# What the tables of `cms.permissions` were when this ran last: whoever changes them writes a new
# migration that grants them, with the digest that `tests/cms/test_granted.py` names.
GRANTED = "deaa75ef2386f5ca"


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0021_moving_sessions"), ("scheduling", "0021_policies_kept")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
