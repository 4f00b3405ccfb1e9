"""R4: 500 events, each one to five times, in any order, sixteen at once, end in one world.

The world of the ordered single run is the measure: the same history, in a copy of the same
database, told by each event once and in order.
"""

import random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import stripe
from django.db import connection

from billing import payments, payouts, refunds, settlement, webhooks
from billing.gateways import paypal_client
from billing.ledger.checks import check_books
from billing.models import GatewayEvent, Payment
from billing.webhooks import Found
from kernel import clock, tasks
from tests.billing.gateway.storm import LATER, business, copied, differences, state_hash, tell
from tests.contracts.conftest import GROUNDS, Ground
from tests.standin import StandIn

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AT_ONCE = 16
ANY_AGE = timedelta(0)
SIZES = {"stripe": 24, "paypal": 26}  # so that each gateway tells 500 events or more


@pytest.fixture(name="ground", params=sorted(GROUNDS))
def one_gateway_after_the_other(
    request: pytest.FixtureRequest, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> Ground:
    """Each gateway; a call that it lost is made again at once, else the story takes a minute."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)
    monkeypatch.setattr(paypal_client, "_LONGEST_PAUSE", 0)
    return GROUNDS[request.param](standin)


type Delivery = tuple[bytes, dict[str, str]]


def deliveries(ground: Ground) -> list[Delivery]:
    """Every event that the gateway has emitted, oldest first, as it sends them at LATER."""
    return [ground.sign(event, at=LATER) for event in ground.told()]


def receive(ground: Ground, delivery: Delivery) -> None:
    """What `POST /api/payments/webhook/‹gateway›` does."""
    body, headers = delivery
    webhooks.receive(gateway=ground.port.name, body=body, headers=headers, now=LATER)


def in_order(ground: Ground, emitted: list[Delivery]) -> None:
    for delivery in emitted:
        receive(ground, delivery)
        tasks.drain()


def shuffled(ground: Ground, emitted: list[Delivery], *, seed: int) -> int:
    """Deliver in sixteen threads, with the sweeps beside them; return how many there were."""
    chance = random.Random(seed)
    copies = [delivery for delivery in emitted for _ in range(chance.randint(1, 5))]
    chance.shuffle(copies)

    def one(delivery: Delivery) -> None:
        receive(ground, delivery)
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
                calls = [[(delivery,) for delivery in part] for part in parts]
                list(pool.map(lambda each: _on_its_own_connection(one, each), calls))
        finally:
            over.set()
        sweeping.result()
    return len(copies)


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
    ground: Ground,
) -> None:
    with clock.travel(LATER):
        tell(ground, size=SIZES[ground.port.name])
        emitted = deliveries(ground)
        assert len(emitted) >= 500
        with copied(ground.standin) as put_back:
            in_order(ground, emitted)
            finish()
            ordered, expected = state_hash(), business()
            assert check_books(now=LATER).ok
            put_back()
            assert state_hash() != ordered  # nothing of it is known yet

            assert shuffled(ground, emitted, seed=4) > 2 * len(emitted)
            finish()

            assert not (found := differences(expected, business())), "\n".join(found)
            assert state_hash() == ordered
            assert GatewayEvent.objects.count() == len(emitted)
            assert set(GatewayEvent.objects.values_list("state", flat=True)) <= {"done", "ignored"}
            assert check_books(now=LATER).ok


def test_a_handler_that_goes_by_the_order_of_events_is_found_out(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: handlers as they are often written, one per type of event."""
    ground = GROUNDS["stripe"](standin)
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
        tell(ground, size=3)
        emitted = deliveries(ground)
        with copied(standin) as put_back:
            monkeypatch.setattr(webhooks, "_settler_of", by_type)
            in_order(ground, emitted)
            ordered = state_hash()
            put_back()
            in_order(ground, emitted)
            assert state_hash() == ordered  # in order, even this handler is repeatable
            put_back()

            in_order(ground, emitted[::-1])

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
