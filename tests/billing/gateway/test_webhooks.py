"""The inbox: what is signed is stored once and worked on, everything else changes nothing."""

import hashlib
import hmac
import json
import random
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from billing import payments, webhooks
from billing.gateways.base import BadSignature, UnknownGateway
from billing.models import Entry, GatewayEvent, Payment
from billing.states import GATEWAY_EVENT
from kernel import tasks
from kernel.models import Job
from scheduling.models import Session
from tests.billing.gateway.journey import (
    HOUR,
    NOW,
    JobFailed,
    deliver_all,
    held,
    intent_of,
    paid,
    receive,
    signed,
    start,
    together,
    work,
)
from tests.standin import WEBHOOK_SECRET, StandIn

OLDER_SECRET = "whsec_older"


def success(standin: StandIn) -> dict[str, Any]:
    """The event that tells of a paid intent."""
    return next(e for e in standin.events() if e["type"] == "payment_intent.succeeded")


def test_a_webhook_is_stored_and_worked_on_afterwards(standin: StandIn) -> None:
    payment = paid(standin)
    event = success(standin)

    receipt = receive(event)

    stored = GatewayEvent.objects.get()
    assert (receipt.event, receipt.duplicate) == (stored.public_id, False)
    assert (stored.state, stored.event_id, stored.type) == (
        "received", event["id"], "payment_intent.succeeded",
    )  # fmt: skip
    assert stored.payload == event
    assert stored.payment_hint == payment.pk
    assert Session.objects.get().state == "pending"

    work()

    stored.refresh_from_db()
    assert (stored.state, stored.outcome, stored.payment) == ("done", "confirmed", payment)
    assert Session.objects.get().state == "confirmed"


def test_a_duplicate_is_answered_alike_and_starts_nothing(standin: StandIn) -> None:
    paid(standin)
    event = success(standin)
    first = receive(event)
    jobs = Job.objects.count()

    second = receive(event)

    assert (second.event, second.duplicate) == (first.event, True)
    assert GatewayEvent.objects.count() == 1
    assert Job.objects.count() == jobs


@pytest.mark.django_db(transaction=True)
def test_the_same_event_on_eight_connections_is_stored_once(standin: StandIn) -> None:
    paid(standin)
    event = success(standin)

    receipts = together(*[lambda: receive(event)] * 8)

    assert sorted(receipt.duplicate for receipt in receipts) == [False] + [True] * 7
    assert GatewayEvent.objects.count() == 1


def test_objects_that_are_not_ours_are_ignored(standin: StandIn) -> None:
    foreign = standin.stripe.v1.payment_intents.create({"amount": 700, "currency": "usd"})
    standin.pay(foreign.id)
    standin.stripe.v1.customers.create({"name": "Somebody"})

    deliver_all(standin)

    states = set(GatewayEvent.objects.values_list("state", "outcome"))
    assert GatewayEvent.objects.count() >= 4
    assert states == {("ignored", "not_ours")}
    assert Entry.objects.count() == 0


def test_a_payment_id_on_another_intent_settles_our_own_intent_only(standin: StandIn) -> None:
    """Somebody copied our metadata: the money there is not this payment's."""
    payment = start(held()).payment
    copy = standin.stripe.v1.payment_intents.create(
        {"amount": 10_000, "currency": "usd", "metadata": {"payment_id": payment.public_id}}
    )
    standin.pay(copy.id)

    deliver_all(standin)

    payment.refresh_from_db()
    assert payment.state == "pending"
    assert intent_of(payment) != copy.id
    assert Entry.objects.count() == 0


def test_a_signature_by_the_older_secret_counts_while_both_are_set(
    standin: StandIn, settings: Any
) -> None:
    paid(standin)
    body, headers = signed(success(standin), secret=OLDER_SECRET)
    with pytest.raises(BadSignature):
        webhooks.receive(gateway="stripe", body=body, headers=headers, now=NOW)

    settings.STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET, OLDER_SECRET]
    receipt = webhooks.receive(gateway="stripe", body=body, headers=headers, now=NOW)

    assert receipt.duplicate is False


@pytest.mark.parametrize(
    ("age", "accepted"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_a_signature_counts_for_five_minutes_around_now(
    standin: StandIn, age: int, accepted: bool
) -> None:
    paid(standin)
    body, headers = signed(success(standin), at=NOW - timedelta(seconds=age))

    if accepted:
        webhooks.receive(gateway="stripe", body=body, headers=headers, now=NOW)
    else:
        with pytest.raises(BadSignature):
            webhooks.receive(gateway="stripe", body=body, headers=headers, now=NOW)

    assert GatewayEvent.objects.count() == int(accepted)


def test_header_names_are_read_in_any_case(standin: StandIn) -> None:
    paid(standin)
    body, headers = signed(success(standin))

    receipt = webhooks.receive(
        gateway="stripe",
        body=body,
        headers={"STRIPE-SIGNATURE": headers["Stripe-Signature"]},
        now=NOW,
    )

    assert receipt.duplicate is False


def mutated(seed: int, body: bytes, header: str) -> tuple[bytes, str]:
    """Change body or signature in one of the ways that forgers and broken proxies find."""
    chance = random.Random(seed)
    at = chance.randrange(len(body))
    stamp, _, signature = header.partition(",v1=")
    ways: list[Callable[[], tuple[bytes, str]]] = [
        lambda: (
            body[:at] + bytes([body[at] ^ (1 << chance.randrange(8))]) + body[at + 1 :],
            header,
        ),
        lambda: (body[:at] + body[at + 1 :], header),
        lambda: (body[:at] + b" " + body[at:], header),
        lambda: (body[:at], header),
        lambda: (body + body, header),
        lambda: (b"", header),
        lambda: (chance.randbytes(200), header),
        lambda: (body.replace(b"10000", b"1000000"), header),
        lambda: (body, ""),
        lambda: (body, f"{stamp},v1={signature[::-1]}"),
        lambda: (body, f"{stamp},v1={signature[: at % 63]}"),
        lambda: (body, f"{stamp},v0={signature}"),
        lambda: (body, f"t={int(stamp[2:]) + 1 + at},v1={signature}"),
        lambda: (body, f"{stamp},{stamp},v1={signature}"),
        lambda: (body, f"t=٣{stamp[2:]},v1={signature}"),
        lambda: (body, f"v1={signature}"),
        lambda: (body, stamp),
        lambda: (body, f"{stamp},v1=\udcff{signature}"),
        lambda: (body, "," * at),
        lambda: (body, signed(json.loads(body), secret=f"whsec_{seed}")[1]["Stripe-Signature"]),
        lambda: (body, f"t={'9' * 400},v1={signature}"),
    ]
    return chance.choice(ways)()


def test_forged_webhooks_write_nothing_and_ask_nobody(standin: StandIn) -> None:
    paid(standin)
    body, headers = signed(success(standin))
    header = headers["Stripe-Signature"]
    standin.fault("error_before", path="^/v1/", times=None)  # a call would be answered by 500
    before = GatewayEvent.objects.count(), Job.objects.count(), Entry.objects.count()

    for seed in range(600):
        forged_body, forged_header = mutated(seed, body, header)
        assert (forged_body, forged_header) != (body, header)
        with pytest.raises(BadSignature):
            webhooks.receive(
                gateway="stripe",
                body=forged_body,
                headers={"Stripe-Signature": forged_header},
                now=NOW,
            )

    assert (GatewayEvent.objects.count(), Job.objects.count(), Entry.objects.count()) == before
    assert standin.control("GET", "faults")[0]["fired"] == 0
    # The control: the same body with its own signature is taken.
    receipt = webhooks.receive(gateway="stripe", body=body, headers=headers, now=NOW)
    assert receipt.duplicate is False


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"{}", b'{"id": 1}', b'{"data": {"object": []}}', b"\xff\xfe", b"{"]
)
def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    stamp = str(int(NOW.timestamp()))
    digest = hmac.new(WEBHOOK_SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256)

    with pytest.raises(BadSignature):
        webhooks.receive(
            gateway="stripe",
            body=body,
            headers={"Stripe-Signature": f"t={stamp},v1={digest.hexdigest()}"},
            now=NOW,
        )

    assert GatewayEvent.objects.count() == 0


def test_text_that_jsonb_cannot_hold_does_not_stop_the_event(standin: StandIn) -> None:
    paid(standin)
    event = success(standin)
    event["data"]["object"]["description"] = "a\x00b\ud800c – é 🙂"

    receive(event)
    work()

    stored = GatewayEvent.objects.get()
    assert stored.state == "done"
    assert stored.payload["data"]["object"]["description"] == "a\ufffdb?c – é 🙂"


def test_an_unknown_gateway_has_no_webhooks() -> None:
    with pytest.raises(UnknownGateway):
        webhooks.receive(gateway="cash", body=b"{}", headers={}, now=NOW)


def test_a_silent_gateway_leaves_the_event_waiting_and_the_sweep_does_it(standin: StandIn) -> None:
    paid(standin)
    receive(success(standin))
    standin.fault("error_before", method="GET", path="^/v1/payment_intents", times=3)

    with pytest.raises(JobFailed, match="GatewayUnavailable"):
        work()

    event = GatewayEvent.objects.get()
    assert (event.state, event.attempts) == ("received", 1)
    assert event.error.startswith("GatewayUnavailable: Stripe gave no usable answer")

    assert webhooks.sweep(now=NOW + HOUR / 6) == 1

    event.refresh_from_db()
    assert (event.state, event.attempts, event.error) == ("done", 2, "")
    assert Session.objects.get().state == "confirmed"


def test_the_sweep_finds_an_event_whose_job_was_lost(standin: StandIn) -> None:
    paid(standin)
    receive(success(standin))
    Job.objects.all().delete()

    assert webhooks.sweep(now=NOW) == 0  # the youngest still have their job
    assert webhooks.sweep(now=NOW + HOUR / 6) == 1

    assert GatewayEvent.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_row_that_others_hold_is_queued_again_and_not_dropped(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.settlement.LOCK_TIMEOUT_MS", 100)
    payment = paid(standin)
    receive(success(standin))

    with transaction.atomic():
        Payment.objects.select_for_update().get(pk=payment.pk)
        together(tasks.drain)  # on another connection

    event = GatewayEvent.objects.get()
    assert event.state == "received"
    assert event.error.startswith("RowBusy")
    job = Job.objects.get(name="billing.webhooks.process_event")
    assert job.done_at is None
    assert job.failed_at is None

    webhooks.sweep(now=NOW + HOUR / 6)

    event.refresh_from_db()
    assert event.state == "done"


def test_an_event_that_never_works_is_left_to_a_person(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(standin)
    receive(success(standin))
    event = GatewayEvent.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(payments, "settle", lambda **_: 1 / 0)
        for _ in range(webhooks.MAX_ATTEMPTS):
            with pytest.raises(ZeroDivisionError):
                webhooks.process(event_id=event.pk, now=NOW)

    event.refresh_from_db()
    assert (event.state, event.attempts) == ("failed", 20)
    assert webhooks.sweep(now=NOW + HOUR) == 0

    # A replay by hand, after the defect was mended.
    assert webhooks.process(event_id=event.pk, now=NOW).state == "done"


@pytest.mark.parametrize("change", ["payload = '{}'", "event_id = 'evt_x'", "type = 'x'"])
def test_what_was_received_is_evidence(standin: StandIn, change: str) -> None:
    paid(standin)
    receive(success(standin))

    for statement in (
        f"UPDATE billing_gatewayevent SET {change}",
        "DELETE FROM billing_gatewayevent",
    ):
        with (
            pytest.raises(DatabaseError, match=r"evidence|history"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert GatewayEvent.objects.get().event_id.startswith("evt_")


def test_the_trigger_follows_the_table_of_states() -> None:
    migration = import_module("billing.migrations.0005_gateway_inbox")

    assert sorted(migration.EVENT_PAIRS) == sorted(
        (source.value, target.value) for source, target in GATEWAY_EVENT.pairs()
    )
