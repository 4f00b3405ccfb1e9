"""The least that is paid out; every later minimum is a new dated row."""

from datetime import UTC, datetime

from django.db import migrations

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
MINIMUMS = [("USD", 1000), ("EUR", 1000), ("GBP", 1000)]


def add(apps, schema_editor):
    for currency, minimum in MINIMUMS:
        apps.get_model("billing", "PayoutMinimum").objects.get_or_create(
            currency=currency, effective_from=BEGINNING, defaults={"minimum_minor": minimum}
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_payout_guards")]

    # Backwards nothing is taken away: runs may have been built under them.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
