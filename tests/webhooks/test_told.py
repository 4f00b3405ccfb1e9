"""Each kind of event, brought about by the product's own operations: who hears of it, and what.

What is sent is held to the committed document's `webhooks`.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.db import transaction

from accounts.models import User
from api.management.commands.openapi import SNAPSHOT
from api.schemas.webhook_events import EVENTS
from billing import payouts
from billing.refunds import orders
from kernel import clock
from scheduling import lifecycle
from tests.api.market import open_market
from tests.billing.ledger import books
from tests.billing.payouts import world
from tests.factories import sessions
from tests.factories.billing import paid_session
from tests.factories.people import ClientFactory, UserFactory
from tests.standin import StandIn
from tests.webhooks.world import made
from webhooks.kinds import TEST, Kind
from webhooks.messages import body_of
from webhooks.models import Event

pytestmark = pytest.mark.django_db
DOCUMENT = json.loads(Path(SNAPSHOT).read_text())


def listening(*people: User) -> None:
    """Give the site, these people and a stranger an endpoint each."""
    made("https://site.example/")
    everybody: list[User] = [*people, UserFactory()]
    for person in everybody:
        made(f"https://{person.pk.hex}.example/", owner=person)


def heard(kind: Kind) -> dict[str, Any]:
    """Return the data of the one event of a kind, which its people and the site hear of."""
    event = Event.objects.get(kind=kind)
    message = json.loads(body_of(event))
    schema = {
        "$ref": DOCUMENT["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"][
            "schema"
        ]["$ref"],
        "components": DOCUMENT["components"],
    }
    jsonschema.validate(message, schema)
    owners = set(event.deliveries.values_list("endpoint__owner", flat=True))
    assert owners == {None, *event.people}
    data: dict[str, Any] = message["data"]
    return data


def test_the_document_describes_each_kind_and_no_other() -> None:
    assert set(DOCUMENT["webhooks"]) == {*Kind, TEST} == set(EVENTS)


def test_an_example_that_is_none_is_refused_by_the_document() -> None:
    """The control: what is held to the document can fail."""
    reference = DOCUMENT["components"]["schemas"]["SessionConfirmedEvent"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"type": "session.held", "timestamp": "x"}, reference)


def test_a_booking_its_payment_its_move_and_its_messages(standin: StandIn) -> None:
    market = open_market()
    people = (market.ann.user, market.ada.user)
    assert all(people)
    listening(*[one for one in people if one])

    session = market.held()
    assert heard(Kind.SESSION_HELD)["status"] == "pending"
    begun = market.ann.post(
        "/api/payments/create-intent", {"session_id": session, "gateway": "stripe"}
    ).json()
    standin.pay(begun["client_secret"].partition("_secret_")[0])
    market.ann.post("/api/payments/confirm", {"payment_id": begun["payment_id"]})
    paid = heard(Kind.PAYMENT_SUCCEEDED)
    assert paid == {
        "id": begun["payment_id"],
        "status": "succeeded",
        "amount": {"amount": 10_000, "currency": "USD"},
        "gateway": "stripe",
        "session_id": session,
        "package_id": None,
    }
    assert heard(Kind.SESSION_CONFIRMED)["id"] == session

    at, token = market.slot(hours=72)
    market.ann.post(f"/api/sessions/{session}/reschedule", {"slot_token": token})
    moved = heard(Kind.SESSION_RESCHEDULED)
    assert (moved["id"], moved["starts_at"]) == (session, at.isoformat().replace("+00:00", "Z"))

    sent = market.ann.post("/api/conversations", {"mentor": "ada", "text": "A secret."}).json()
    told = heard(Kind.MESSAGE_CREATED)
    assert told == {
        "id": sent["id"],
        "status": "sent",
        "conversation_id": sent["conversation_id"],
        "number": 1,
        "author": "client",
    }
    assert "A secret." not in str(list(Event.objects.values()))

    answer = market.ann.post(f"/api/sessions/{session}/cancel", {"reason": "I am ill."})
    assert answer.status_code == 200
    cancelled = heard(Kind.SESSION_CANCELLED)
    assert (cancelled["status"], cancelled["cancelled_by"]) == ("cancelled", "client")
    orders.sweep(now=clock.now(), older_than=timedelta(0))
    refunded = heard(Kind.PAYMENT_REFUNDED)
    assert refunded["id"] == begun["payment_id"]
    assert refunded["refund"]["amount"] == {"amount": 10_000, "currency": "USD"}
    assert refunded["refund"]["id"].startswith("rfd_")


def test_a_hold_that_is_not_paid_expires() -> None:
    session = sessions.pending_session()
    listening(session.client.user, session.mentor.user)
    assert session.expires_at is not None

    lifecycle.expire_due(now=session.expires_at + timedelta(seconds=1))

    assert heard(Kind.SESSION_EXPIRED)["status"] == "expired"


def test_a_session_that_is_over_and_its_review() -> None:
    session, _ = paid_session()
    listening(session.client.user, session.mentor.user)

    over = session.ends_at + timedelta(hours=1)
    lifecycle.advance_due(now=session.starts_at)
    lifecycle.advance_due(now=over)
    assert heard(Kind.SESSION_COMPLETED)["status"] == "completed"
    with transaction.atomic():
        lifecycle.review(session_id=session.pk, actor=session.client.user.public_id, now=over)

    assert heard(Kind.SESSION_REVIEWED)["id"] == session.public_id


def test_a_refund_that_is_only_promised_is_not_told_and_told_once_it_is_made() -> None:
    session, payment = paid_session()
    listening(session.client.user, session.mentor.user)
    refund = books.refund(payment, 2_000, bearer="platform", at=books.EARLY)
    assert not Event.objects.exists()

    for _ in range(2):
        books.gateway_says(refund, "succeeded", at=books.EARLY)

    assert heard(Kind.PAYMENT_REFUNDED)["refund"]["amount"]["amount"] == refund.amount_minor


def test_a_payout_is_told_to_its_mentor_alone(standin: StandIn) -> None:
    standin.control("POST", "clock", set=world.NOW.isoformat(), frozen=True)
    standin.fund()
    with clock.travel(world.NOW):
        mentor = world.payable(standin)
        made("https://site.example/")
        made("https://mentor.example/", owner=mentor.user)
        made("https://client.example/", owner=ClientFactory().user)
        payout = world.payout_to(mentor, world.sent())
        payout = payouts.settle(payout_id=payout.pk, now=world.NOW)

    data = heard(Kind.PAYOUT_PAID)
    assert data == {
        "id": payout.public_id,
        "status": "paid",
        "amount": {"amount": payout.amount_minor, "currency": "USD"},
    }


def test_what_is_rolled_back_with_its_fact_is_not_told() -> None:
    session = sessions.pending_session()
    listening(session.client.user, session.mentor.user)
    assert session.expires_at is not None

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert lifecycle.expire_due(now=session.expires_at) == 1
        assert Event.objects.count() == 1
        _ = 1 / 0

    assert not Event.objects.exists()
