"""The rates that a new installation begins with; every later rate is a new dated row."""

from datetime import UTC, datetime

from django.db import migrations

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

# Stripe's published prices for cards of the account's own region, and the lowest price sold.
# (currency, basis points, fixed part, lowest price), in minor units.
STRIPE_FEES = [
    ("USD", 290, 30, 500),
    ("EUR", 150, 25, 500),
    ("GBP", 150, 20, 500),
]
COMMISSION_BPS = 1500


def add(apps, schema_editor):
    apps.get_model("billing", "CommissionRule").objects.get_or_create(
        scope="default",
        mentor=None,
        effective_from=BEGINNING,
        defaults={"rate_bps": COMMISSION_BPS},
    )
    for currency, bps, fixed, minimum in STRIPE_FEES:
        apps.get_model("billing", "FeeSchedule").objects.get_or_create(
            gateway="stripe",
            currency=currency,
            effective_from=BEGINNING,
            defaults={"bps": bps, "fixed_minor": fixed, "minimum_price_minor": minimum},
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_guards")]

    # Backwards nothing is taken away: purchases may be under them.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
