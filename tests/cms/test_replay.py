"""A gateway's event is replayed: first what it would change and post, then that or nothing."""

from typing import Any

import pytest
from django.urls import reverse

from accounts import roles
from billing import webhooks
from billing.backoffice.gateway_events import redacted
from billing.models import Entry, GatewayEvent, Payment
from kernel.models import AuditEntry
from tests.billing.gateway.conftest import stage  # noqa: F401 - rates, clock, and books that balance
from tests.billing.gateway.journey import NOW, paid, receive
from tests.cms.conftest import SignIn
from tests.cms.dialogs import press, shown
from tests.standin import StandIn

pytestmark = pytest.mark.django_db


def told(standin: StandIn) -> GatewayEvent:
    """A payment's success, stored and not worked on."""
    event: dict[str, Any] = next(
        one for one in standin.events() if one["type"] == "payment_intent.succeeded"
    )
    receive(event)
    return GatewayEvent.objects.get()


def url_of(event: GatewayEvent) -> str:
    return reverse("replay_event", args=[event.pk])


def test_a_failed_event_shows_what_it_would_change_and_then_does(
    standin: StandIn, sign_in: SignIn
) -> None:
    payment = paid(standin)
    event = told(standin)
    GatewayEvent.objects.filter(pk=event.pk).update(
        state="failed", processed_at=NOW, error="ValueError: planted", attempts=20
    )
    browser = sign_in(roles.FINANCE_PREPARER)
    inspect = reverse("gateway-events:inspect", args=[event.pk])
    assert url_of(event) in shown(browser, inspect)

    page = shown(browser, url_of(event))

    for said in (
        f"Payment {payment.public_id}",
        f"Session {payment.purchase.booked.public_id}",
        f"Event {event.event_id}",
        "1100 Gateway clearing (stripe)",
        "$100.00 USD",
        "$81.80 USD",
        "Apply 4 changes",  # payment, session, charge, event
    ):
        assert said in page, said
    assert Entry.objects.count() == 0
    payment.refresh_from_db()
    assert payment.state != "succeeded"

    answer = press(browser, url_of(event), "replay", page=page)

    assert answer.headers["Location"] == inspect
    payment.refresh_from_db()
    event.refresh_from_db()
    assert (payment.state, event.state, event.outcome) == ("succeeded", "done", "confirmed")
    note = AuditEntry.objects.get(action="gateway_event.replayed")
    assert ["Event " + event.event_id, "failed", "done"] in note.data["changes"]


def test_what_was_settled_meanwhile_is_not_applied_as_it_was_shown(
    standin: StandIn, sign_in: SignIn
) -> None:
    paid(standin)
    event = told(standin)
    browser = sign_in("admin")
    page = shown(browser, url_of(event))
    webhooks.process(event_id=event.pk, now=NOW)
    entries = Entry.objects.count()

    answer = press(browser, url_of(event), "replay", page=page)

    assert answer.status_code == 409
    assert "The gateway says what we know already" in answer.content.decode()
    assert Entry.objects.count() == entries
    assert not AuditEntry.objects.filter(action="gateway_event.replayed").exists()


def test_while_the_gateway_is_silent_the_dialog_says_so(standin: StandIn, sign_in: SignIn) -> None:
    paid(standin)
    event = told(standin)
    standin.fault("error_before", path="/v1/payment_intents", times=None)

    page = shown(sign_in("admin"), url_of(event))

    assert "disabled" in page.partition(">Replay</button>")[0].rpartition("<button")[2]
    assert Payment.objects.get().state != "succeeded"


def test_what_only_the_payers_browser_may_know_is_not_shown(
    standin: StandIn, sign_in: SignIn
) -> None:
    paid(standin)
    event = told(standin)
    secret = event.payload["data"]["object"]["client_secret"]

    page = shown(sign_in(roles.AUDITOR), reverse("gateway-events:inspect", args=[event.pk]))

    assert secret
    assert secret not in page
    assert "(not shown)" in page
    assert redacted({"a": [{"client_secret": "x"}], "secret": None}) == {
        "a": [{"client_secret": "(not shown)"}],
        "secret": None,
    }
