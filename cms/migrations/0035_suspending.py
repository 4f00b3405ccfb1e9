"""Let curators suspend mentors."""

from django.db import migrations

from cms.permissions import grant_all

# What the tables of `cms.permissions` were when this ran last: whoever changes them writes a new
# migration that grants them, with the digest that `tests/cms/test_granted.py` names.
GRANTED = "2bce3bcc76c5275a"


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_suspensions"), ("cms", "0034_pages_by_title")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
