"""Let approvers add rates."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0012_write_offs"), ("billing", "0040_setting_rates")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
