"""Let approvers add rates. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0012_write_offs"), ("billing", "0040_setting_rates")]

    operations = []
