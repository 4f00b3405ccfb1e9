"""Sales through PayPal in a currency that its balance does not hold: exchanged, and back."""

from collections.abc import Iterator
from typing import Any

import pytest

from billing import payments, reconciliation
from billing.gateways.paypal_objects import read_order
from billing.ledger.checks import check_books
from billing.models import Break, Payment
from tests.billing.gateway.journey import HOUR, NOW, held, intent_of
from tests.billing.gateway.paypal_journey import approved, deliver_all
from tests.billing.gateway.test_exchange import by_account
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn

# €100.00 became $110.00; the fee of €3.88 (3.49 % and €0.39) $4.27, and so it was quoted.
TAKEN = {
    "1100:paypal:USD": 10_573,
    "2110:EUR": -8112,
    "2200:EUR": -1500,
    "4020:EUR": -388,
    "5010:USD": 427,
    "6000:EUR": 10_000,
    "6000:USD": -11_000,
}


@pytest.fixture(autouse=True)
def sound_books(standin: StandIn) -> Iterator[None]:
    rate(standin, "1.1")
    yield
    report = check_books(now=NOW + 48 * HOUR)
    assert [f.invariant.code for f in report.findings if not f.ok] == [], report.as_json()


def rate(standin: StandIn, of: str) -> None:
    standin.paypal.lever("exchange", **{"from": "EUR", "to": "USD", "rate": of})


def taken(standin: StandIn, *, funding: str = "balance") -> Payment:
    """A confirmed payment of €100.00."""
    kind = open_mentor()
    kind.currency = "EUR"
    kind.save(update_fields=["currency"])
    payment = approved(standin, held(session_type=kind), funding=funding)
    deliver_all(standin)
    payment.refresh_from_db()
    return payment


def give_back(standin: StandIn, payment: Payment, amount: int) -> Any:
    made = standin.paypal.refund(intent_of(payment), amount)
    payments.settle(payment_id=payment.pk, now=NOW)
    return made


def test_the_balance_of_the_gateway_is_booked_in_its_own_currency(standin: StandIn) -> None:
    payment = taken(standin)

    assert by_account() == TAKEN
    assert (payment.actual_fee_minor, payment.fee_currency) == (427, "USD")


def test_a_fee_that_was_taken_before_the_exchange_is_a_share_of_it(standin: StandIn) -> None:
    order = standin.paypal.order(intent_of(taken(standin)))
    (capture,) = order["purchase_units"][0]["payments"]["captures"]
    del capture["seller_receivable_breakdown"]["paypal_fee_in_receivable_currency"]

    moved = read_order(order).balance_transaction

    # 105.73 received of 96.12 net: the fee of 3.88 is 4.27 of it.
    assert moved is not None
    assert (moved.amount_minor, moved.fee_minor, moved.currency) == (11_000, 427, "USD")


def test_a_full_refund_at_another_rate_leaves_a_difference(standin: StandIn) -> None:
    payment = taken(standin)
    rate(standin, "1.2")

    give_back(standin, payment, 10_000)

    # $110.00 came, $120.00 went; the fee stays with the gateway, and its part in 4020 goes back.
    assert by_account() == {"1100:paypal:USD": -1427, "5010:USD": 427, "5050:USD": 1000}


@pytest.mark.parametrize("step", [1, -1])
def test_refunds_in_parts_are_exchanged_each_at_its_rate(standin: StandIn, step: int) -> None:
    payment = taken(standin)
    for amount, of in [(2500, "1.3"), (7500, "0.9")][::step]:
        rate(standin, of)
        give_back(standin, payment, amount)

    # 110.00 − 32.50 − 67.50 = 10.00 gained
    assert by_account() == {"1100:paypal:USD": 573, "5010:USD": 427, "5050:USD": -1000}


def test_a_refund_that_comes_back_is_exchanged_back(standin: StandIn) -> None:
    payment = taken(standin)
    made = give_back(standin, payment, 10_000)

    standin.paypal.lever(f"refunds/{made['id']}/finish", outcome="FAILED")
    payments.settle(payment_id=payment.pk, now=NOW)

    assert by_account() == TAKEN


def test_one_that_failed_before_it_moved_anything_leaves_the_books(standin: StandIn) -> None:
    payment = taken(standin, funding="refund_fails")
    made = give_back(standin, payment, 4000)

    standin.paypal.lever(f"refunds/{made['id']}/finish", outcome="FAILED")
    payments.settle(payment_id=payment.pk, now=NOW)

    assert by_account() == TAKEN


def test_an_exchange_that_is_booked_is_no_break(standin: StandIn) -> None:
    payment = taken(standin)
    give_back(standin, payment, 4000)

    reconciliation.run(gateway="paypal", since=NOW - HOUR, until=NOW + HOUR, now=NOW + 2 * HOUR)

    assert Break.objects.count() == 0
