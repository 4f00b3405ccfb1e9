"""The steps of a booking that is paid through PayPal, as tests take them."""

from datetime import datetime
from typing import Any

from billing import checkout, webhooks
from billing.models import Payment
from scheduling.models import Session
from tests.billing.gateway.journey import NOW, held, intent_of, work
from tests.standin import StandIn

# 100.00: fee 3.98 (3.49 % + 0.49), commission 15.00, mentor 81.02; PayPal took its 3.98.
BOOKED = {"1100": 9_602, "2110": -8_102, "2200": -1_500, "4020": -398, "5010": 398}


def start(session: Session, *, now: datetime = NOW) -> checkout.Started:
    """What `POST /api/payments/create-intent` does."""
    return checkout.start(session_id=session.pk, client=session.client, gateway="paypal", now=now)


def approved(
    standin: StandIn, session: Session | None = None, *, funding: str = "balance"
) -> Payment:
    """A payment whose payer has said yes at PayPal; no money has moved."""
    payment = start(session or held()).payment
    standin.paypal.approve(intent_of(payment), funding=funding)
    return payment


def receive(standin: StandIn, event: dict[str, Any], *, at: datetime = NOW) -> webhooks.Receipt:
    """What `POST /api/payments/webhook/paypal` does."""
    body, headers = standin.paypal.signed(event, at=at)
    return webhooks.receive(gateway="paypal", body=body, headers=headers, now=at)


def deliver_all(standin: StandIn) -> None:
    """Receive every event that PayPal has emitted, then do the jobs."""
    for event in standin.paypal.events():
        receive(standin, event)
    work()
