"""Let finance enter costs and close periods, and see ledger lines."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0014_reconciling"), ("billing", "0043_close_periods")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
