"""Let finance and auditors see payout runs, payouts and mentor balances."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0008_finance_permissions"), ("billing", "0017_mentor_balances")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
