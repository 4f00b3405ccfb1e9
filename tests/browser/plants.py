"""What finance has to answer, made in the demo's own database by `tests.browser.money`.

Everything goes through the product's operations; an event that failed is one that the gateway
really told, whose work is left undone. Imported once Django is set up.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings
from django.db import transaction

from accounts.models import Mentor, User
from billing import (
    checkout,
    costs,
    payments,
    payout_accounts,
    payouts,
    reconciliation,
    refunds,
    treasury,
)
from billing.models import (
    Break,
    Dispute,
    GatewayEvent,
    MentorBalance,
    Payment,
    PayoutAccount,
    PayoutMinimum,
    PayoutRun,
)
from demo.busy_day import make_busy_day
from demo.people import People
from kernel import clock
from tests.billing.ledger.books import gateway_says, refund
from tests.billing.payouts import world
from tests.browser.money import sell
from tests.browser.staff import APPROVER, PREPARER
from tests.cms.test_forged_posts import returned
from tests.cms.test_settling import failed_refund
from tests.factories.billing import covered_session
from tests.factories.packages import paid_package
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
    payment, intent = _confirmed()
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
        payment=payment,
        payload=event,
        created_at=now,
        received_at=now,
    )
    failed = {"state": "failed", "attempts": 20, "error": "OperationalError: the line went dead"}
    GatewayEvent.objects.filter(pk=row.pk).update(**failed, processed_at=now)
    return {"event": str(row.pk), "event_payment": str(payment.pk)}


def short() -> dict[str, Any]:
    """A charge of $99.99, for which $100.00 was asked."""
    rule = {
        "match": {"method": "POST", "path": "/confirm$"},
        "fault": {"kind": "wrong_amount", "delta": -1},
    }
    httpx.post(f"{LEVERS}/faults", json=rule, timeout=20).raise_for_status()
    payment, _ = _confirmed()
    payments.settle(payment_id=payment.pk, now=clock.now())
    return {"short": str(payment.pk)}


def _confirmed() -> tuple[Payment, str]:
    """A payment that the client has just made at the gateway, and its name there."""
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
    return started.payment, intent


def _paid() -> Payment:
    make_busy_day(People.at(clock.now()), bookings=1)
    return Payment.objects.filter(state="succeeded").latest("pk")


def refunds_failed() -> dict[str, Any]:
    """Two refunds that banks refused: one of $33.33, and one of $25.00 of a card that works."""
    payment = _paid()
    with transaction.atomic():
        refused = failed_refund()
        bounced = refunds.create(
            payment_id=payment.pk,
            share_minor=2_500,
            cause="goodwill",
            bearer="platform",
            requested_by=User.objects.get(email=PREPARER).public_id,
            key=f"planted:{payment.pk}",
            now=clock.now(),
        )
    sent = refunds.send(refund_id=bounced.pk, now=clock.now())
    lever = f"{LEVERS}/stripe/refunds/{sent.gateway_refund_id}/finish"
    httpx.post(lever, json={"outcome": "failed"}, timeout=20).raise_for_status()
    payments.settle(payment_id=payment.pk, now=clock.now())
    return {"refused": str(refused.pk), "bounced": str(bounced.pk)}


def covered() -> dict[str, Any]:
    """A session whose $100.00 the client's credit paid."""
    return {"covered": str(covered_session().session_id)}


def waiting_run() -> dict[str, Any]:
    """A run of €81.80 that waits, because the gateway has no euros of ours."""
    mentor = MentorFactory(user__name="Wanda Waiting")
    world.earned(mentor=mentor, currency="EUR")
    verified(mentor, currency="EUR", country="DE")
    preparer, approver = (User.objects.get(email=email) for email in (PREPARER, APPROVER))
    run = payouts.build(currency="EUR", built_by=preparer, now=clock.now())
    payouts.freeze(run_id=run.pk, by=preparer, now=clock.now())
    payouts.approve(run_id=run.pk, by=approver, now=clock.now())
    while not (found := PayoutRun.objects.get(pk=run.pk)).waits_for:
        assert found.state != "done", "the gateway had the money"
        payouts.send(run_id=run.pk, now=clock.now())  # beside the demo's own job
    return {"run": str(run.pk)}


def explored() -> dict[str, Any]:
    """One of each that the lists of finance have a row for, where no other test makes it."""
    lena = MentorFactory(user__name="Lena Ledger")
    earned = world.earned(mentor=lena)
    verified(lena)
    paid_package()
    _sent_to_our_bank("gbp")
    return {"lena": lena.public_id, "earned": earned.public_id}


def unheard() -> dict[str, Any]:
    """A payout of SEK 968.50 to our bank that failed there, which only reconciliation has seen."""
    httpx.post(f"{LEVERS}/webhooks/hold", json={}, timeout=20).raise_for_status()
    out = _sent_to_our_bank("sek")
    lever = f"{LEVERS}/stripe/payouts/{out}/finish"
    httpx.post(lever, json={"outcome": "failed"}, timeout=20).raise_for_status()
    now = clock.now()
    reconciliation.run(gateway="stripe", since=now - timedelta(minutes=5), until=now, now=now)
    return {"unheard": str(Break.objects.get(key=out).pk), "payout_there": out}


def _sent_to_our_bank(currency: str) -> str:
    """The gateway's name of a payout of 1,000.00, less the fee, that our books know as sent."""
    sell(settings.STRIPE_API_BASE, currency=currency)
    swept = httpx.post(f"{LEVERS}/stripe/payouts", json={"currency": currency}, timeout=20)
    out = str(swept.raise_for_status().json()["id"])
    treasury.settle(gateway="stripe", gateway_payout_id=out, now=clock.now())
    return out


def verified(mentor: Mentor, *, currency: str = "USD", country: str = "") -> PayoutAccount:
    """The mentor's account, as after the gateway's form."""
    account = payout_accounts.open_account(
        mentor_id=mentor.pk, currency=currency, country=country, now=clock.now()
    )
    verify = f"{LEVERS}/stripe/accounts/{account.gateway_account_id}/verify"
    httpx.post(verify, json={"state": "verified"}, timeout=20).raise_for_status()
    return payout_accounts.refresh(account_id=account.pk, now=clock.now())


def came_back() -> dict[str, Any]:
    """A payout of £81.80 that the mentor's bank sent back; no run in dollars meets it."""
    with transaction.atomic():  # nobody sends it in between
        payout = returned(currency="GBP")
    payouts.send(run_id=payout.run_id, now=world.NOW)  # nothing waits: the run is done
    return {"payout": str(payout.pk)}


def unreserved() -> dict[str, Any]:
    """A mentor with $81.80, of whom nobody keeps anything back."""
    mentor = MentorFactory(user__name="Rita Reserve")
    world.earned(mentor=mentor)
    return {"unreserved": MentorBalance.objects.get(mentor=mentor).pk}


def stated() -> dict[str, Any]:
    """A payout of CHF 81.80 that was sent; no run in another currency meets it."""
    with transaction.atomic():
        PayoutMinimum.objects.create(
            currency="CHF", minimum_minor=5_000, effective_from=world.NOW - timedelta(days=400)
        )
        payout = returned(currency="CHF")
    payouts.send(run_id=payout.run_id, now=world.NOW)
    return {"stated": str(payout.pk)}


ALL: dict[str, Callable[[], dict[str, Any]]] = {
    "held": held,
    "owing": owing,
    "last_month": last_month,
    "disputed": disputed,
    "failed_event": failed_event,
    "refunds_failed": refunds_failed,
    "short": short,
    "covered": covered,
    "waiting_run": waiting_run,
    "came_back": came_back,
    "explored": explored,
    "unheard": unheard,
    "unreserved": unreserved,
    "stated": stated,
}
