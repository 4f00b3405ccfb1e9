"""A kill -9 of the stand-in loses no answer and no webhook."""

import threading

import pytest
import stripe

from tests.sandbox.conftest import Receiver, client_of, hook, paid
from tests.standin import StandIn

pytestmark = pytest.mark.slow


def test_everything_is_there_again_after_a_kill(mortal: StandIn) -> None:
    client = client_of(mortal)
    mortal.control("POST", "clock", set="2026-10-01T00:00:00Z", frozen=True)
    mortal.control("POST", "settings", async_seconds=9)
    intent = paid(client)
    slow = paid(client, card="pm_usBankAccount_success")
    refund = client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 100}, {"idempotency_key": "k1"}
    )
    mortal.stop(kill=True)
    mortal.start()
    client = client_of(mortal)

    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert [one.id for one in client.v1.refunds.list().data] == [refund.id]
    again = client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 100}, {"idempotency_key": "k1"}
    )
    assert again.id == refund.id
    assert len(client.v1.refunds.list().data) == 1
    assert mortal.control("GET", "clock")["iso"] == "2026-10-01T00:00:00+00:00"
    mortal.control("POST", "clock", advance_seconds=9)
    assert client.v1.payment_intents.retrieve(slow.id).status == "succeeded"


def test_webhooks_that_were_not_taken_come_after_the_restart(
    mortal: StandIn, receiver: Receiver
) -> None:
    client = client_of(mortal)
    hook(mortal, client, receiver)
    receiver.statuses = [500] * 3
    mortal.control("POST", "settings", webhook_backoff_seconds=0.3)
    paid(client)
    receiver.wait_for(3)
    mortal.stop(kill=True)
    mortal.start()

    events = receiver.wait_for(6)

    assert len({event.id for event in events}) == 3
    assert {event.type for event in events[3:]} == {
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    }


@pytest.mark.parametrize(("kind", "effects"), [("crash_before", 0), ("crash_after", 1)])
def test_a_planned_crash_happens_once(mortal: StandIn, kind: str, effects: int) -> None:
    client = client_of(mortal)
    intent = paid(client)
    mortal.fault(kind, path="^/v1/refunds$")

    with pytest.raises(stripe.APIConnectionError):
        client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k1"})
    mortal.stop()
    mortal.start()
    client = client_of(mortal)

    assert len(client.v1.refunds.list().data) == effects
    retried = client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k1"})
    assert retried.status == "succeeded"
    assert len(client.v1.refunds.list().data) == 1


def test_no_answer_is_lost_under_load(mortal: StandIn) -> None:
    url = mortal.url
    answered: list[str] = []
    stop = threading.Event()

    def hammer() -> None:
        client = stripe.StripeClient(
            "sk_test_sandbox", base_addresses={"api": url}, max_network_retries=0
        )
        while not stop.is_set():
            try:
                answered.append(paid(client, 900).id)
            except stripe.APIConnectionError:
                return

    threads = [threading.Thread(target=hammer) for _ in range(8)]
    for thread in threads:
        thread.start()
    stop.wait(1.0)
    mortal.stop(kill=True)
    stop.set()
    for thread in threads:
        thread.join()
    mortal.start()
    client = client_of(mortal)

    assert len(answered) > 20
    kept = {
        intent.id
        for intent in client.v1.payment_intents.list({"limit": 100}).auto_paging_iter()
        if intent.status == "succeeded"
    }
    assert set(answered) <= kept
    entries = list(client.v1.balance_transactions.list({"limit": 100}).auto_paging_iter())
    assert len(entries) == len(kept)


def test_the_same_seed_makes_the_same_identifiers_but_never_twice(mortal: StandIn) -> None:
    other = StandIn(mortal.state.with_name("other"), arguments=["--seed", "7"])
    third = StandIn(mortal.state.with_name("third"), arguments=["--seed", "7"])
    made = []
    for standin in (other, third):
        standin.start()
        client = client_of(standin)
        made.append(client.v1.payment_intents.create({"amount": 900, "currency": "usd"}).id)
    third.stop(kill=True)
    third.start()
    after = client_of(third).v1.payment_intents.create({"amount": 900, "currency": "usd"}).id
    other.stop()
    third.stop()

    assert made[0] == made[1]
    assert after != made[1]
