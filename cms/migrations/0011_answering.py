"""Let finance answer disputes."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [("cms", "0010_finance_desk"), ("billing", "0032_dispute_answer_guards")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
