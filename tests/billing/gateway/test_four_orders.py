"""Must show 2: the same books, in whatever order confirm, webhook and our own answer come."""

from typing import Any

import pytest

from billing import payments
from billing.gateways.base import IntentSnapshot
from billing.gateways.stripe_gateway import StripeGateway
from billing.models import Entry, Payment
from billing.payments import Outcome
from scheduling.models import Session
from tests.billing.gateway.journey import (
    NOW,
    books,
    deliver_all,
    held,
    intent_of,
    receive,
    start,
    state_of_the_world,
    together,
    work,
)
from tests.standin import StandIn

# 100.00: fee 3.20, commission 15.00, mentor 81.80; the gateway took its 3.20.
BOOKED = {"1100": 9_680, "2110": -8_180, "2200": -1_500, "4020": -320, "5010": 320}


def settle(payment: Payment) -> Outcome:
    return payments.settle(payment_id=payment.pk, now=NOW).outcome


def by_confirm(standin: StandIn) -> None:
    payment = start(held()).payment
    standin.pay(intent_of(payment))
    assert settle(payment) == Outcome.CONFIRMED


def by_webhook(standin: StandIn) -> None:
    payment = start(held()).payment
    standin.pay(intent_of(payment))
    deliver_all(standin)


def by_both_at_once(standin: StandIn) -> None:
    payment = start(held()).payment
    standin.pay(intent_of(payment))
    event = next(e for e in standin.events() if e["type"] == "payment_intent.succeeded")

    def webhook() -> None:
        receive(event)
        work()

    together(lambda: settle(payment), webhook, lambda: settle(payment))


def by_webhook_before_our_answer(standin: StandIn) -> None:
    """The gateway has made the intent, it is paid and told, and T2 has not even begun."""
    original = StripeGateway.create_intent

    def slow(port: StripeGateway, **asked: Any) -> IntentSnapshot:
        made = original(port, **asked)
        standin.pay(made.id)
        assert Payment.objects.get().gateway_intent_id is None
        deliver_all(standin)
        assert Payment.objects.get().state == "succeeded"
        return made

    session = held()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StripeGateway, "create_intent", slow)
        started = start(session)
    assert started.payment.state == "succeeded"


ORDERS = {
    "confirm only": by_confirm,
    "webhook only": by_webhook,
    "both at the same instant": by_both_at_once,
    "webhook before our own answer": by_webhook_before_our_answer,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", ORDERS)
def test_the_same_books_in_every_order(standin: StandIn, order: str) -> None:
    ORDERS[order](standin)
    work()

    payment = Payment.objects.get()
    assert state_of_the_world() == {
        "sessions": [("confirmed", Session.objects.get().starts_at, None)],
        "payments": [("succeeded", 10_000, "USD", 320, False, 0, 0, "")],
        "refunds": [],
        "entries": [
            ("captured", ("1100:stripe:USD", 10_000), ("2110:USD", -8_180), ("2200:USD", -1_500),
             ("4020:USD", -320)),
            ("gateway_fee", ("1100:stripe:USD", -320), ("5010:USD", 320)),
        ],
        "letters": ["session_confirmed", "session_confirmed"],
    }  # fmt: skip
    assert books(payment.purchase_id) == BOOKED


def test_a_second_settle_does_nothing_and_says_so(standin: StandIn) -> None:
    payment = start(held()).payment
    standin.pay(intent_of(payment))
    first = settle(payment)
    before = state_of_the_world(), Entry.objects.count()

    second = settle(payment)

    assert (first, second) == (Outcome.CONFIRMED, Outcome.UNCHANGED)
    assert (state_of_the_world(), Entry.objects.count()) == before


def test_an_unpaid_payment_waits(standin: StandIn) -> None:
    payment = start(held()).payment

    assert settle(payment) == Outcome.WAITING

    payment.refresh_from_db()
    assert payment.state == "pending"
    assert Entry.objects.count() == 0


def test_a_declined_card_changes_nothing_and_another_card_pays(standin: StandIn) -> None:
    payment = start(held()).payment
    standin.decline(intent_of(payment))

    declined = settle(payment)

    payment.refresh_from_db()
    assert (declined, payment.state) == (Outcome.WAITING, "pending")
    assert payment.failure_code == "generic_decline"
    assert Session.objects.get().state == "pending"
    assert Entry.objects.count() == 0

    standin.pay(intent_of(payment))

    assert settle(payment) == Outcome.CONFIRMED
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == ("succeeded", "")


def test_a_fee_that_the_gateway_tells_later_is_posted_later(standin: StandIn) -> None:
    standin.control("POST", "settings", capture_seconds=60)
    payment = start(held()).payment
    standin.pay(intent_of(payment))

    first = settle(payment)

    assert first == Outcome.CONFIRMED
    assert books(payment.purchase_id) == {
        "1100": 10_000, "2110": -8_180, "2200": -1_500, "4020": -320,
    }  # fmt: skip

    standin.control("POST", "clock", advance_seconds=61)

    assert settle(payment) == Outcome.UPDATED
    assert settle(payment) == Outcome.UNCHANGED
    assert books(payment.purchase_id) == BOOKED
