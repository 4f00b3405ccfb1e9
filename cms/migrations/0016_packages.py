"""Let finance and auditors see packages. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0015_books"), ("billing", "0047_package_guards")]

    operations = []
