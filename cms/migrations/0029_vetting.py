"""Let curators vet applications and feature mentors; auditors see applications."""

from django.db import migrations

from cms.permissions import grant_all

# What the tables of `cms.permissions` were when this ran last: whoever changes them writes a new
# migration that grants them, with the digest that `tests/cms/test_granted.py` names.
GRANTED = "4d1e9a4bf7f00cf9"


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0028_moderation_of_profiles"), ("accounts", "0008_applications")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
