"""Let finance and auditors see payout accounts. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0016_packages"), ("billing", "0051_credit_set_off")]

    operations = []
