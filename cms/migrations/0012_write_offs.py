"""Let finance ask for a debt to be written off, and approvers decide. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0011_answering"), ("billing", "0036_write_off_guards")]

    operations = []
