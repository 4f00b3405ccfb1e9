"""R4 and R3 in small: events in any order and number, a gateway that fails in every way."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from django.db import connection

from billing import cancellations, payments, refunds, webhooks
from billing.models import GatewayEvent, Payment
from kernel import clock, tasks
from kernel.errors import Refusal
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests import migrated_rows
from tests.billing.gateway.journey import (
    EXPIRED,
    HOUR,
    NOW,
    books,
    deliver_all,
    held,
    intent_of,
    receive,
    start,
    state_of_the_world,
    work,
)
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn

THREADS = 8


def a_busy_morning(standin: StandIn) -> None:
    """Seven bookings: paid, declined first, paid late, never paid, refunded here, there, twice."""
    session_type = open_mentor()
    payments_ = [
        start(held(session_type=session_type, starts_at=NOW + (30 + 2 * n) * HOUR)).payment
        for n in range(7)
    ]
    intents = [intent_of(payment) for payment in payments_]
    standin.decline(intents[1])
    for number in (0, 1, 4, 5, 6):
        standin.pay(intents[number])
    standin.refund(intents[5], 2_500)
    standin.refund(intents[6], 3_333)
    standin.refund(intents[6], 3_333)
    lifecycle.expire_due(now=EXPIRED)
    standin.pay(intents[2])


def events(standin: StandIn) -> list[dict[str, Any]]:
    return standin.events()


def in_order(emitted: list[dict[str, Any]]) -> None:
    for event in emitted:
        receive(event)
        work()


def shuffled(seed: int) -> Callable[[list[dict[str, Any]]], None]:
    """Each event one to five times, in any order, on eight connections beside eight workers."""

    def deliver(emitted: list[dict[str, Any]]) -> None:
        chance = random.Random(seed)
        copies = [event for event in emitted for _ in range(chance.randint(1, 5))]
        chance.shuffle(copies)

        def one(event: dict[str, Any]) -> None:
            try:
                with clock.travel(NOW):
                    receive(event)
                    tasks.drain(limit=3)
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            list(pool.map(one, copies))
        with clock.travel(NOW + HOUR):  # jobs that met a busy row come again
            tasks.drain()

    return deliver


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_books_do_not_depend_on_order_and_number(standin: StandIn) -> None:
    worlds = []
    for deliver in (in_order, shuffled(1), shuffled(2)):
        start_again(standin)
        a_busy_morning(standin)
        emitted = events(standin)
        assert len(emitted) >= 25
        deliver(emitted)
        work()
        assert set(GatewayEvent.objects.values_list("state", flat=True)) == {"done"}
        assert GatewayEvent.objects.count() == len(emitted)
        worlds.append(state_of_the_world())

    assert worlds[1] == worlds[0]
    assert worlds[2] == worlds[0]
    assert [state for state, *_ in worlds[0]["payments"]].count("succeeded") == 6


def start_again(standin: StandIn) -> None:
    """Another world: a new installation."""
    migrated_rows.put_back()
    standin.reset()
    standin.control("POST", "clock", set=NOW.isoformat(), frozen=True)


WRITES = {
    "intent": "/v1/payment_intents$",
    "refund": "/v1/refunds$",
}
MISFORTUNES = ["error_before", "error_after", "timeout_after"]


def book_and_cancel(standin: StandIn) -> Payment:
    """Hold, pay, confirm, cancel; every step repeated until it is done, as clients and jobs do."""
    session = held()
    payment = until_done(lambda: start(session)).payment
    standin.pay(intent_of(payment))
    until_done(lambda: payments.settle(payment_id=payment.pk, now=NOW))
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_1", reason="", now=NOW
    )
    tasks.drain()
    for minute in (2, 4, 6):
        refunds.sweep(now=NOW + minute * HOUR / 60)
    payment.refresh_from_db()
    return payment


def until_done[T](call: Callable[[], T]) -> T:
    for _ in range(5):
        try:
            return call()
        except Refusal:
            continue
    return call()


@pytest.mark.slow
@pytest.mark.parametrize("misfortune", MISFORTUNES)
@pytest.mark.parametrize("write", ["intent", "refund"])
def test_a_gateway_that_fails_charges_and_refunds_once(
    standin: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch, misfortune: str, write: str
) -> None:
    settings.STRIPE_TIMEOUT_SECONDS = 1
    if misfortune == "timeout_after":  # the next try finds the gateway done, as after real pauses
        for pause in ("INITIAL_DELAY", "MAX_DELAY"):
            monkeypatch.setattr(stripe.HTTPClient, pause, 0.3)
    standin.fault(misfortune, method="POST", path=WRITES[write], times=4, options={"seconds": 1.2})

    payment = book_and_cancel(standin)

    intents = standin.stripe.v1.payment_intents.list({"limit": 100}).data
    assert [intent.amount_received for intent in intents] == [10_000]
    given_back = standin.stripe.v1.refunds.list({"payment_intent": intent_of(payment)}).data
    assert [refund.amount for refund in given_back] == [10_000]
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}
    assert Session.objects.get().state == "cancelled"


@pytest.mark.slow
@pytest.mark.parametrize("when", ["crash_before", "crash_after"])
def test_a_gateway_that_crashes_around_its_effect_charges_once(standin: StandIn, when: str) -> None:
    standin.fault(when, method="POST", path=WRITES["intent"])
    session = held()
    with pytest.raises(Refusal):
        start(session)
    standin.stop(kill=True)
    standin.start()

    payment = until_done(lambda: start(session)).payment
    standin.pay(intent_of(payment))
    deliver_all(standin)

    assert len(standin.stripe.v1.payment_intents.list({"limit": 100}).data) == 1
    payment.refresh_from_db()
    assert payment.state == "succeeded"
    assert Session.objects.get().state == "confirmed"


def test_events_that_come_before_anything_is_done_are_done_by_the_sweep(
    standin: StandIn,
) -> None:
    a_busy_morning(standin)
    for event in standin.events():
        receive(event)

    webhooks.sweep(now=NOW + HOUR / 6)

    assert set(GatewayEvent.objects.values_list("state", flat=True)) == {"done"}
    assert Payment.objects.filter(state="succeeded").count() == 6
