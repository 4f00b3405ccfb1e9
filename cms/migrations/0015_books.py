"""Let finance enter costs and close periods, and see ledger lines. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0014_reconciling"), ("billing", "0043_close_periods")]

    operations = []
