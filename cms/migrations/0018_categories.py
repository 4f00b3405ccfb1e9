"""Let curators name categories and say which of them a mentor is in; auditors see them."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0017_payout_accounts"), ("accounts", "0004_categories")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
