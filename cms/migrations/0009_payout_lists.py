"""Let finance and auditors see payout runs, payouts and mentor balances. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0008_finance_permissions"), ("billing", "0017_mentor_balances")]

    operations = []
