"""Webhooks: signed as the SDK verifies, at least once, in no promised order."""

import json
from pathlib import Path

import pytest
import stripe

from tests.sandbox.conftest import SECRET, Receiver, client_of, hook, paid, until
from tests.standin import StandIn


def test_events_are_signed_and_carry_a_snapshot(
    client: stripe.StripeClient, hooked: Receiver
) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 10_000, "currency": "usd", "metadata": {"payment_id": "pay_1"}},
        {"idempotency_key": "payment:1"},
    )

    (event,) = hooked.wait_for(1)

    assert event.type == "payment_intent.created"
    assert event.api_version == "2026-10-28.endive"
    assert event.data.object["id"] == intent.id
    assert event.data.object["metadata"]["payment_id"] == "pay_1"
    assert event.request is not None
    assert event.request.idempotency_key == "payment:1"
    assert event.livemode is False
    headers, body = hooked.received[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(
            body.replace(b"10000", b"10001"), headers["Stripe-Signature"], SECRET
        )


def test_an_endpoint_hears_only_what_it_asked_for(
    standin: StandIn, client: stripe.StripeClient, receiver: Receiver
) -> None:
    hook(standin, client, receiver, ["payment_intent.succeeded"])

    paid(client)

    (event,) = receiver.wait_for(1)
    assert event.type == "payment_intent.succeeded"
    assert standin.control("GET", "webhooks")["waiting"] == 0


def test_a_deleted_endpoint_hears_nothing(
    standin: StandIn, client: stripe.StripeClient, receiver: Receiver
) -> None:
    endpoint = hook(standin, client, receiver)
    client.v1.webhook_endpoints.delete(endpoint)

    paid(client)

    assert standin.control("GET", "webhooks")["deliveries"] == []
    assert receiver.received == []


def test_a_refusal_is_tried_again_until_it_is_taken(
    standin: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    standin.control("POST", "settings", webhook_backoff_seconds=0.05)
    hooked.statuses = [500, 302, 200]

    client.v1.payment_intents.create({"amount": 900, "currency": "usd"})

    events = hooked.wait_for(3)
    assert len({event.id for event in events}) == 1
    until(lambda: standin.control("GET", "webhooks")["waiting"] == 0)
    (line,) = standin.control("GET", "webhooks")["deliveries"]
    assert (line["state"], line["attempts"], line["last_status"]) == ("delivered", 3, 200)


def test_attempts_are_bounded(
    standin: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    standin.control("POST", "settings", webhook_backoff_seconds=0.01, webhook_max_attempts=3)
    hooked.statuses = [500] * 10

    client.v1.payment_intents.create({"amount": 900, "currency": "usd"})

    until(lambda: standin.control("GET", "webhooks")["waiting"] == 0)
    (line,) = standin.control("GET", "webhooks")["deliveries"]
    assert (line["state"], line["attempts"], len(hooked.received)) == ("exhausted", 3, 3)


def test_held_webhooks_wait_and_are_flushed_in_the_order_asked_for(
    standin: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    standin.control("POST", "webhooks/hold")
    paid(client)
    assert standin.control("GET", "webhooks")["waiting"] == 3
    assert hooked.received == []

    lines = standin.control("POST", "webhooks/flush", order="newest")["deliveries"]

    assert [line["state"] for line in lines] == ["delivered"] * 3
    assert [event.type for event in hooked.events()] == [
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]
    standin.control("POST", "webhooks/release")


def test_a_lost_webhook_never_comes_until_it_is_resent(
    standin: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    standin.fault("lose", event="^payment_intent.succeeded$")

    paid(client)

    until(lambda: standin.control("GET", "webhooks")["waiting"] == 0)
    assert [event.type for event in hooked.events()] != []
    assert "payment_intent.succeeded" not in {event.type for event in hooked.events()}
    (event,) = client.v1.events.list({"type": "payment_intent.succeeded"}).data
    assert standin.control("POST", f"webhooks/resend/{event.id}") == {"queued": 1}
    assert hooked.wait_for(3)[-1].id == event.id


def test_a_duplicate_is_the_same_event_twice(
    standin: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    standin.fault("duplicate", event="^payment_intent.created$", options={"copies": 2})

    client.v1.payment_intents.create({"amount": 900, "currency": "usd"})

    events = hooked.wait_for(3)
    assert len({event.id for event in events}) == 1
    bodies = [json.loads(body) for _, body in hooked.received]
    for body in bodies:
        del body["pending_webhooks"]  # how many deliveries are open: it says when it was sent
    assert bodies == [bodies[0]] * 3


def test_a_delayed_webhook_is_overtaken(
    standin: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    standin.fault("delay", event="^payment_intent.created$", options={"seconds": 0.6})

    paid(client)

    types = [event.type for event in hooked.wait_for(3)]
    assert types[-1] == "payment_intent.created"


def test_reordered_webhooks_come_in_reverse(
    standin: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    standin.fault("reorder", event=".*", times=3, options={"batch": 3})

    paid(client)

    assert [event.type for event in hooked.wait_for(3)] == [
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]


def test_while_a_secret_is_rolled_both_are_good(
    standin: StandIn, client: stripe.StripeClient, receiver: Receiver
) -> None:
    endpoint = hook(standin, client, receiver)
    rolled = standin.control("POST", f"webhooks/roll/{endpoint}", keep_older=True)

    client.v1.payment_intents.create({"amount": 900, "currency": "usd"})

    until(lambda: len(receiver.received) == 1)
    assert receiver.events(secret=SECRET)[0].id == receiver.events(secret=rolled["secret"])[0].id


def test_the_command_line_names_an_endpoint_that_outlives_a_reset(
    tmp_path: Path, receiver: Receiver
) -> None:
    standin = StandIn(
        tmp_path / "state", arguments=["--webhook-url", receiver.url, "--webhook-secret", SECRET]
    )
    standin.start()
    try:
        standin.reset()
        client_of(standin).v1.payment_intents.create({"amount": 900, "currency": "usd"})
        (event,) = receiver.wait_for(1)
        assert event.type == "payment_intent.created"
    finally:
        standin.stop()
