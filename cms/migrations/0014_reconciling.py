"""Let finance answer breaks and bring bank statements in, and auditors look at them."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0013_rates"), ("billing", "0041_payout_fees")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
