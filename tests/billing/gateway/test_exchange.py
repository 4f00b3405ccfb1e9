"""Sales in a currency that the gateway's balance has no account for: exchanged, and back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from billing import payments, reconciliation
from billing.ledger.checks import check_books
from billing.models import Break, Conversion, Line, Payment
from tests.billing.gateway.journey import (
    HOUR,
    NOW,
    deliver_all,
    held,
    intent_of,
    paid,
    receive,
    work,
)
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn

# €100.00 became $110.00; the fee of €1.75 (1.5 % and €0.25) $1.92.
TAKEN = {
    "1100:stripe:USD": 10_808,
    "2110:EUR": -8325,
    "2200:EUR": -1500,
    "4020:EUR": -175,
    "5010:USD": 192,
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
    standin.control("POST", "stripe/exchange", **{"from": "eur", "to": "usd", "rate": of})


def taken(standin: StandIn) -> Payment:
    """A confirmed payment of €100.00."""
    kind = open_mentor()
    kind.currency = "EUR"
    kind.save(update_fields=["currency"])
    payment = paid(standin, held(session_type=kind))
    deliver_all(standin)
    payment.refresh_from_db()
    return payment


def by_account() -> dict[str, int]:
    rows = Line.objects.order_by().values("account_id").annotate(minor=Sum("amount_minor"))
    return {row["account_id"]: row["minor"] for row in rows if row["minor"]}


def give_back(standin: StandIn, payment: Payment, amount: int) -> Any:
    made = standin.refund(intent_of(payment), amount)
    payments.settle(payment_id=payment.pk, now=NOW)
    return made


def test_the_balance_of_the_gateway_is_booked_in_its_own_currency(standin: StandIn) -> None:
    payment = taken(standin)

    assert by_account() == TAKEN
    assert (payment.actual_fee_minor, payment.fee_currency) == (192, "USD")


def test_telling_it_again_changes_nothing(standin: StandIn) -> None:
    payment = taken(standin)

    deliver_all(standin)
    payments.settle(payment_id=payment.pk, now=NOW)

    assert by_account() == TAKEN


def test_a_full_refund_at_another_rate_leaves_a_difference(standin: StandIn) -> None:
    payment = taken(standin)
    rate(standin, "1.2")

    give_back(standin, payment, 10_000)

    # $110.00 came, $120.00 went; the fee stays with the gateway, and its part in 4020 goes back.
    assert by_account() == {"1100:stripe:USD": -1192, "5010:USD": 192, "5050:USD": 1000}


def test_what_is_left_waits_until_all_has_gone_back(standin: StandIn) -> None:
    payment = taken(standin)
    rate(standin, "1.05")

    give_back(standin, payment, 4000)

    # $42.00 went of $110.00; nothing is a difference yet.
    left = by_account()
    assert (left["6000:EUR"], left["6000:USD"]) == (6000, -6800)
    assert "5050:USD" not in left

    give_back(standin, payment, 6000)

    # $42.00 + $63.00 went of $110.00: $5.00 gained.
    assert by_account() == {"1100:stripe:USD": 308, "5010:USD": 192, "5050:USD": -500}


def test_a_refund_that_comes_back_is_exchanged_back(standin: StandIn) -> None:
    payment = taken(standin)
    made = give_back(standin, payment, 10_000)
    rate(standin, "1.2")

    standin.control("POST", f"stripe/refunds/{made.id}/finish", outcome="failed")
    payments.settle(payment_id=payment.pk, now=NOW)

    # $110.00 came and went at one rate, $120.00 came back.
    back = by_account()
    assert back["1100:stripe:USD"] == 11_808
    assert (back["6000:EUR"], back["6000:USD"]) == (10_000, -12_000)
    assert back["2110:EUR"] == -8325


@pytest.mark.parametrize("step", [1, -1])
def test_the_order_in_which_it_is_heard_does_not_matter(standin: StandIn, step: int) -> None:
    payment = taken(standin)
    rate(standin, "1.3")
    standin.refund(intent_of(payment), 2500)
    rate(standin, "0.9")
    standin.refund(intent_of(payment), 7500)
    told = [event for event in standin.events() if "refund" in event["type"]]

    for event in told[::step]:
        receive(event)
    work()

    # 110.00 − 32.50 − 67.50 = 10.00 gained
    assert by_account() == {"1100:stripe:USD": 808, "5010:USD": 192, "5050:USD": -1000}


def test_an_exchange_that_is_booked_is_no_break(standin: StandIn) -> None:
    payment = taken(standin)
    give_back(standin, payment, 4000)

    reconciliation.run(gateway="stripe", since=NOW - HOUR, until=NOW + HOUR, now=NOW + 2 * HOUR)

    assert Break.objects.count() == 0


def test_one_that_is_not_booked_is_a_break(standin: StandIn) -> None:
    payment = taken(standin)
    standin.refund(intent_of(payment), 4000)  # nobody heard of it

    reconciliation.run(gateway="stripe", since=NOW - HOUR, until=NOW + HOUR, now=NOW + 2 * HOUR)

    assert [each.type for each in Break.objects.all()] == ["refund_missing_here"]
    assert Break.objects.get().payment_id == payment.pk


def test_what_was_exchanged_is_history(standin: StandIn) -> None:
    taken(standin)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_conversion SET settled_minor = settled_minor + 1")

    assert Conversion.objects.get().settled_minor == 11_000
