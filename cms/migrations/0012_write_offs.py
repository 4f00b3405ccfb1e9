"""Let finance ask for a debt to be written off, and approvers decide."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0011_answering"), ("billing", "0036_write_off_guards")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
