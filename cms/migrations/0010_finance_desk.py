"""Let finance use the dialogs of its desk."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0009_payout_lists"), ("billing", "0020_finance_desk")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
