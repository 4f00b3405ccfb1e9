"""Let finance and auditors see packages."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0015_books"), ("billing", "0047_package_guards")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
