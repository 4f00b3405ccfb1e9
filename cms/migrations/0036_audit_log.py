"""Let auditors read the audit log."""

from django.db import migrations

from cms.permissions import grant_all

# What the tables of `cms.permissions` were when this ran last: whoever changes them writes a new
# migration that grants them, with the digest that `tests/cms/test_granted.py` names.
GRANTED = "c6c7fa1710f7301c"


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0035_suspending"), ("kernel", "0004_audit_source_and_saved_views")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
