"""Let finance use the dialogs of its desk. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0009_payout_lists"), ("billing", "0020_finance_desk")]

    operations = []
