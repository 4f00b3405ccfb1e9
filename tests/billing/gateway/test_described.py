"""What the payer reads at the gateway: which session, with whom, when; never one of our ids."""

from datetime import UTC, datetime

import httpx
import pytest

from billing import checkout, payments
from billing.models import Payment
from scheduling.models import Session
from tests.billing.gateway.journey import NOW, held, intent_of
from tests.factories.people import ClientFactory, MentorFactory
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn

READS = "Career review with Grace Hopper, 2 Mar 2027, 15:00 CET"


def session(*, kind: str = "Career review", mentor: str = "Grace Hopper") -> Session:
    """A session at 14:00 UTC, held by somebody in Berlin."""
    session_type = open_mentor(mentor=MentorFactory(user__name=mentor))
    session_type.name = kind
    session_type.save(update_fields=["name"])
    return held(
        session_type=session_type,
        client=ClientFactory(user__time_zone="Europe/Berlin"),
        starts_at=datetime(2027, 3, 2, 14, 0, tzinfo=UTC),
    )


def begun(session: Session, *, gateway: str) -> Payment:
    started = checkout.start(session_id=session.pk, client=session.client, gateway=gateway, now=NOW)
    return started.payment


def test_paypals_page_names_the_session_its_mentor_and_the_clients_time(standin: StandIn) -> None:
    order = intent_of(begun(session(), gateway="paypal"))

    page = httpx.get(f"{standin.paypal.url}/checkoutnow", params={"token": order}, trust_env=False)

    assert f"<dt>For</dt><dd>{READS}</dd>" in page.text
    assert "ses_" not in page.text


def test_stripe_is_told_the_same(standin: StandIn) -> None:
    intent = intent_of(begun(session(), gateway="stripe"))

    assert standin.stripe.v1.payment_intents.retrieve(intent).description == READS


def test_what_is_too_long_is_cut_and_the_time_stays(standin: StandIn) -> None:
    payment = begun(session(kind="Ä" * 120), gateway="paypal")

    assert payment.description == "Ä" * 103 + "…, 2 Mar 2027, 15:00 CET"
    assert len(payment.description) == 127
    assert standin.paypal.order(intent_of(payment))["purchase_units"][0]["description"] == (
        payment.description
    )


@pytest.mark.parametrize("gateway", ["stripe", "paypal"])
def test_it_is_frozen_so_that_a_repeated_order_is_the_same(standin: StandIn, gateway: str) -> None:
    one = session()
    payment = begun(one, gateway=gateway)
    Payment.objects.update(gateway_intent_id=None)  # our answer was lost
    one.session_type.name = "Something else"
    one.session_type.save(update_fields=["name"])

    _, seen = payments.open_intent(payment_id=payment.pk)

    assert seen.id == payment.gateway_intent_id
