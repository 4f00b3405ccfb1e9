"""Let finance answer breaks and bring bank statements in, and auditors look at them. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0013_rates"), ("billing", "0041_payout_fees")]

    operations = []
