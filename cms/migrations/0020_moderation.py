"""Let curators decide reports of reviews, support those of messages and the outbox; auditors see it."""

from django.db import migrations

from cms.permissions import grant_all


def forward(apps, schema_editor):
    grant_all(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0019_finance_settings"),
        ("scheduling", "0019_review_reports"),
        ("messaging", "0006_blocks_and_reports"),
        ("notifications", "0004_retry"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
