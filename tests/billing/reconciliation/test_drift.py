"""A gateway whose fees leave our rates is found, over many sales and not over one."""

from datetime import timedelta

import pytest

from billing.backoffice.today import drifting_fees
from billing.models import Payment
from billing.reconciliation.drift import FEWEST, Drift, drifts
from tests.billing.ledger.test_check_books import tamper
from tests.factories.billing import PAID_AT, paid_session, reduced_session

NOW = PAID_AT + timedelta(days=1)

pytestmark = pytest.mark.django_db


def sales(count: int = FEWEST, *, fee: int) -> None:
    """Sales of $100.00, whose rates say 3.20 each."""
    for _ in range(count):
        _, payment = paid_session()
        Payment.objects.filter(pk=payment.pk).update(actual_fee_minor=fee)


@pytest.mark.parametrize(
    ("fee", "found"),
    [
        (320, []),
        (323, []),  # within 1 %
        (324, [Drift("stripe", "USD", 20, 6_400, 6_480)]),
        (316, [Drift("stripe", "USD", 20, 6_400, 6_320)]),  # less is a drift as well
    ],
)
def test_more_than_a_percent_over_twenty_sales_is_a_drift(fee: int, found: list[Drift]) -> None:
    sales(fee=fee)

    assert drifts(now=NOW) == found


def test_few_sales_and_old_ones_are_none() -> None:
    sales(FEWEST - 1, fee=400)
    assert drifts(now=NOW) == []

    sales(1, fee=400)
    assert len(drifts(now=NOW)) == 1
    assert drifts(now=PAID_AT - timedelta(seconds=1)) == []
    assert drifts(now=PAID_AT + timedelta(days=31)) == []


def test_what_a_discount_bore_is_no_drift() -> None:
    """Of 100.00 with 20.00 off, 3.20 are quoted and 2.62 are right."""
    for _ in range(FEWEST):
        _, payment = reduced_session(discount_minor=2_000)
        assert payment.amount_minor == 8_000
    Payment.objects.update(actual_fee_minor=262)

    assert drifts(now=NOW) == []


def test_a_fee_in_another_currency_is_not_compared() -> None:
    sales(fee=400)
    Payment.objects.update(fee_currency="EUR")

    assert drifts(now=NOW) == []


def test_how_far_it_is_off_is_told_in_percent() -> None:
    assert Drift("stripe", "USD", 20, 6_400, 6_600).percent == 3.1
    assert Drift("stripe", "USD", 20, 6_400, 6_320).percent == -1.2


def test_a_fee_where_our_rates_say_none_is_a_drift_without_a_percentage() -> None:
    sales(fee=30)
    tamper("UPDATE billing_purchase SET fee_bps = 0, fee_fixed_minor = 0")  # a free gateway's

    (found,) = drifts(now=NOW)

    assert (found.expected_minor, found.actual_minor, found.percent) == (0, 600, None)
    (waiting,) = drifting_fees(NOW).rows
    assert waiting.detail == "fees that our rates do not know over 20 sales"
