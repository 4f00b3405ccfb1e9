"""Let support look after people's data, and editors and auditors see who agreed to what."""

from django.db import migrations

from cms.permissions import grant_all

# What the tables of `cms.permissions` were when this ran last: whoever changes them writes a new
# migration that grants them, with the digest that `tests/cms/test_granted.py` names.
GRANTED = "f84d6ea0f87491e8"


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0037_legal_versions"), ("accounts", "0011_exports_and_erasures")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
