"""What finance has to answer, made in the demo's own database by `tests.browser.money`.

Everything goes through the product's operations; an event that failed is one that the gateway
really told, whose work is left undone. Imported once Django is set up.
"""

from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction

from accounts.models import User
from billing import checkout, costs, payments
from billing.models import Dispute, GatewayEvent, MentorBalance, Payment
from demo.busy_day import make_busy_day
from demo.people import People
from kernel import clock
from tests.billing.ledger.books import gateway_says, refund
from tests.billing.payouts import world
from tests.browser.staff import PREPARER
from tests.factories.people import MentorFactory
from tests.factories.sessions import pending_session

STRIPE = f"{settings.STRIPE_API_BASE}/v1"
LEVERS = f"{settings.STRIPE_API_BASE}/_sandbox"
KEY = {"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"}


def held() -> dict[str, Any]:
    """A mentor with $81.80, whose payouts nobody holds yet."""
    mentor = MentorFactory(user__name="Hanna Held")
    world.earned(mentor=mentor)
    return {"balance": MentorBalance.objects.get(mentor=mentor).pk}


def owing() -> dict[str, Any]:
    """A mentor who bears the fee of a refund in full: $3.20 are owed."""
    mentor = MentorFactory(user__name="Olga Owing")
    payment = world.earned(mentor=mentor)
    with transaction.atomic():  # nobody sends it: this gateway has never heard of the payment
        given = refund(payment, 10_000, bearer="mentor", at=world.NOW)
        gateway_says(given, "succeeded", at=world.NOW)
    return {"debt": MentorBalance.objects.get(mentor=mentor).pk}


def last_month() -> dict[str, Any]:
    """A cost in the month before the last one, which can be closed whatever day it is."""
    now = clock.now()
    day = (now.replace(day=1) - timedelta(days=40)).date().replace(day=15)
    costs.enter(
        day=day,
        account="5100",
        amount_minor=4_840,
        currency="USD",
        supplier="Hetzner",
        by=User.objects.get(email=PREPARER),
        now=now,
    )
    return {"month": f"{day:%B %Y}"}


def disputed() -> dict[str, Any]:
    """A payment that the client's bank disputes at the gateway, and that we have heard of."""
    payment = _paid()
    lever = f"{LEVERS}/stripe/disputes"
    given = {"payment_intent": payment.gateway_intent_id, "reason": "product_not_received"}
    httpx.post(lever, json=given, timeout=20).raise_for_status()
    payments.settle(payment_id=payment.pk, now=clock.now())
    row = Dispute.objects.get(payment=payment)
    return {"dispute": str(row.pk), "dispute_there": row.gateway_dispute_id}


def failed_event() -> dict[str, Any]:
    """A payment's success that the gateway told while our work on it failed; the rest is held."""
    httpx.post(f"{LEVERS}/webhooks/hold", json={}, timeout=20).raise_for_status()
    session = pending_session()
    started = checkout.start(
        session_id=session.pk, client=session.client, gateway="stripe", now=clock.now()
    )
    intent = started.client_secret.partition("_secret_")[0]
    httpx.post(
        f"{STRIPE}/payment_intents/{intent}/confirm",
        data={"payment_method": "pm_card_visa"},
        headers=KEY,
        timeout=20,
    ).raise_for_status()
    told = httpx.get(
        f"{STRIPE}/events",
        params={"type": "payment_intent.succeeded", "limit": 1},
        headers=KEY,
        timeout=20,
    ).raise_for_status()
    (event,) = told.json()["data"]
    now = clock.now()
    row = GatewayEvent.objects.create(
        gateway="stripe",
        event_id=event["id"],
        type=event["type"],
        object_type="payment_intent",
        object_id=intent,
        intent_id=intent,
        payment=started.payment,
        payload=event,
        created_at=now,
        received_at=now,
    )
    failed = {"state": "failed", "attempts": 20, "error": "OperationalError: the line went dead"}
    GatewayEvent.objects.filter(pk=row.pk).update(**failed, processed_at=now)
    return {"event": str(row.pk), "event_payment": str(started.payment.pk)}


def _paid() -> Payment:
    make_busy_day(People.at(clock.now()), bookings=1)
    return Payment.objects.filter(state="succeeded").latest("pk")


ALL = {
    "held": held,
    "owing": owing,
    "last_month": last_month,
    "disputed": disputed,
    "failed_event": failed_event,
}
