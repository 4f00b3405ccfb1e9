"""A payout that failed here and was paid there becomes paid; when it was is written once."""

from django.db import migrations

from kernel.sql import transition_trigger, write_once

# The table of billing/states.py as it was; a test compares the trigger with today's.
PAYOUT_PAIRS = [
    ("created", "approved"),
    ("created", "discarded"),
    ("approved", "sent"),
    ("approved", "paid"),
    ("approved", "failed"),
    ("sent", "paid"),
    ("sent", "failed"),
    ("failed", "paid"),
    ("paid", "cleared"),
    ("paid", "returned"),
    ("cleared", "returned"),
    ("returned", "reassigned"),
]
_BEFORE = [pair for pair in PAYOUT_PAIRS if pair != ("failed", "paid")]


def _machine(pairs):
    return transition_trigger("billing_payout", column="state", initial=["created"], pairs=pairs)


def _once(*columns):
    return write_once("billing_payout", columns)


_NEW, _OLD = _machine(PAYOUT_PAIRS), _machine(_BEFORE)
_DATES = ("gateway_transfer_id", "ordered_at", "paid_at")
_KEPT, _KEPT_BEFORE = _once(*_DATES, "revived_at"), _once(*_DATES)


class Migration(migrations.Migration):
    dependencies = [("billing", "0025_payouts_that_wait")]

    operations = [
        migrations.RunSQL(_OLD[1] + _NEW[0], _NEW[1] + _OLD[0]),
        migrations.RunSQL(_KEPT_BEFORE[1] + _KEPT[0], _KEPT[1] + _KEPT_BEFORE[0]),
    ]
