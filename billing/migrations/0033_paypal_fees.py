"""What PayPal takes, as quoted: its published prices for PayPal Checkout, one row per currency."""

from datetime import UTC, datetime

from django.db import migrations

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

# (currency, basis points, fixed part, lowest price), in minor units.
# https://www.paypal.com/us/webapps/mpp/merchant-fees
PAYPAL_FEES = [
    ("USD", 349, 49, 500),
    ("EUR", 349, 39, 500),
    ("GBP", 349, 39, 500),
]


def add(apps, schema_editor):
    for currency, bps, fixed, minimum in PAYPAL_FEES:
        apps.get_model("billing", "FeeSchedule").objects.get_or_create(
            gateway="paypal",
            currency=currency,
            effective_from=BEGINNING,
            defaults={"bps": bps, "fixed_minor": fixed, "minimum_price_minor": minimum},
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0032_dispute_answer_guards")]

    # Backwards nothing is taken away: purchases may be under them.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
