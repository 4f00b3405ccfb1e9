"""Let finance answer disputes. Done by 0018_categories, which grants all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms", "0010_finance_desk"), ("billing", "0032_dispute_answer_guards")]

    operations = []
