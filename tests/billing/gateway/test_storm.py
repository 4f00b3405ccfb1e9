"""R4: 500 events, each one to five times, in any order, sixteen at once, end in one world.

The world of the ordered single run is the measure: the same history, in a copy of the same
database, told by each event once and in order.
"""

import random
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from billing import payments, payouts, refunds, settlement, webhooks
from billing.ledger.checks import check_books
from billing.models import GatewayEvent, Payment
from billing.webhooks import Found
from kernel import clock, tasks
from tests.billing.gateway.journey import receive
from tests.billing.gateway.storm import LATER, business, copied, differences, state_hash, tell
from tests.standin import StandIn

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AT_ONCE = 16
ANY_AGE = timedelta(0)


def in_order(emitted: list[dict[str, Any]]) -> None:
    for event in emitted:
        receive(event, at=LATER)
        tasks.drain()


def shuffled(emitted: list[dict[str, Any]], *, seed: int) -> list[float]:
    """Deliver in sixteen threads, with the sweeps beside them; return how long each took."""
    chance = random.Random(seed)
    copies = [event for event in emitted for _ in range(chance.randint(1, 5))]
    chance.shuffle(copies)
    took: list[float] = []

    def one(event: dict[str, Any]) -> None:
        began = time.perf_counter()
        receive(event, at=LATER)
        took.append(time.perf_counter() - began)
        tasks.drain(limit=2)

    over = threading.Event()

    def our_own_answers() -> None:
        """What was ordered, and whose answer was lost, is asked for while the events come."""
        while not over.wait(0.2):
            refunds.sweep(now=LATER, older_than=ANY_AGE)
            payouts.sweep(now=LATER, older_than=ANY_AGE)
            payments.sweep(now=LATER, older_than=ANY_AGE)

    with ThreadPoolExecutor(max_workers=1) as beside:
        sweeping = beside.submit(_on_its_own_connection, our_own_answers, [()])
        try:
            with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
                parts = [copies[n::AT_ONCE] for n in range(AT_ONCE)]
                calls = [[(event,) for event in part] for part in parts]
                list(pool.map(lambda each: _on_its_own_connection(one, each), calls))
        finally:
            over.set()
        sweeping.result()
    return took


def _on_its_own_connection(call: Callable[..., None], each: Iterable[tuple[Any, ...]]) -> None:
    try:
        with clock.travel(LATER):  # a new thread begins without the test's clock
            for arguments in each:
                call(*arguments)
    finally:
        connection.close()


def finish() -> None:
    """What the schedule does: jobs, and whatever was asked for and not answered."""
    tasks.drain()
    for _ in range(3):
        webhooks.sweep(now=LATER, older_than=ANY_AGE)
        payments.sweep(now=LATER, older_than=ANY_AGE)
        refunds.sweep(now=LATER, older_than=ANY_AGE)
        payouts.sweep(now=LATER, older_than=ANY_AGE)
        tasks.drain()


def test_500_webhooks_shuffled_and_repeated_end_in_the_ordered_world(
    standin: StandIn, record_property: Callable[[str, object], None]
) -> None:
    with clock.travel(LATER):
        tell(standin, size=24)
        emitted = standin.events()
        assert len(emitted) >= 500
        with copied(standin) as put_back:
            in_order(emitted)
            finish()
            ordered, expected = state_hash(), business()
            assert check_books(now=LATER).ok
            put_back()
            assert state_hash() != ordered  # nothing of it is known yet

            took = sorted(shuffled(emitted, seed=4))
            finish()

            assert not (found := differences(expected, business())), "\n".join(found)
            assert state_hash() == ordered
            assert GatewayEvent.objects.count() == len(emitted)
            assert set(GatewayEvent.objects.values_list("state", flat=True)) <= {"done", "ignored"}
            assert check_books(now=LATER).ok
    p99 = 1000 * took[int(len(took) * 0.99)]
    record_property("p99_of_receive_ms", round(p99, 1))
    print(f"{len(emitted)} events, {len(took)} deliveries, p99 of receive {p99:.0f} ms")  # noqa: T201


def test_a_handler_that_goes_by_the_order_of_events_is_found_out(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: handlers as they are often written, one per type of event."""
    settler_of = webhooks._settler_of

    def by_type(event: GatewayEvent, *, now: Any) -> Callable[[], Found] | None:
        settle = settler_of(event, now=now)
        if settle is None or event.object_type not in webhooks.OBJECTS:
            return settle
        assert event.payment_hint or event.intent_id or event.charge_id
        payment_id = payments.find_for(
            gateway=event.gateway,
            payment_hint=event.payment_hint,
            intent_id=event.intent_id or None,
            charge_id=event.charge_id or None,
        )
        assert payment_id is not None
        return lambda: _naive(payment_id, event, now=now)

    with clock.travel(LATER):
        tell(standin, size=3)
        emitted = standin.events()
        with copied(standin) as put_back:
            monkeypatch.setattr(webhooks, "_settler_of", by_type)
            in_order(emitted)
            ordered = state_hash()
            put_back()
            in_order(emitted)
            assert state_hash() == ordered  # in order, even this handler is repeatable
            put_back()

            in_order(emitted[::-1])

            assert state_hash() != ordered


def _naive(payment_id: UUID, event: GatewayEvent, *, now: Any) -> Found:
    """A paid intent books the money; a refund or a dispute is for a payment that is paid."""
    payment = Payment.objects.get(pk=payment_id)
    seen = payments._ask(payment, hint=event.intent_id or None, now=now)
    if seen is None:
        return Found("unknown")
    if not any(word in event.type for word in ("refund", "dispute")):
        seen = replace(seen, refunds=(), disputes=())
    elif payment.state != "succeeded":
        return Found("ignored")
    return Found(settlement.apply_sight(payment_id, seen, now=now).outcome, payment_id=payment_id)
