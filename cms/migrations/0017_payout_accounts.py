"""Let finance and auditors see payout accounts."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0016_packages"), ("billing", "0051_credit_set_off")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
