"""The steps of a paid booking as tests take them, through the product's own operations."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import stripe
from django.db import connection

from accounts.models import Client
from billing import checkout, webhooks
from billing.ledger import balances
from billing.models import Entry, Payment, Refund
from kernel import clock, tasks
from kernel.models import Job
from notifications.models import Email
from scheduling.models import Session, SessionType
from tests.factories.people import ClientFactory
from tests.factories.scheduling import hold, open_mentor
from tests.standin import WEBHOOK_SECRET, StandIn

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
EXPIRED = NOW + timedelta(minutes=16)  # a hold of NOW is over


class JobFailed(AssertionError):
    """A job raised; the message is its error."""


def held(
    *,
    starts_at: datetime = NOW + 30 * HOUR,
    session_type: SessionType | None = None,
    client: Client | None = None,
    now: datetime = NOW,
) -> Session:
    """A pending session of USD 100.00, held at NOW."""
    return hold(
        session_type=session_type or open_mentor(), starts_at=starts_at, now=now, client=client
    )


def start(session: Session, *, now: datetime = NOW, discount_code: str = "") -> checkout.Started:
    """What `POST /api/payments/create-intent` does."""
    return checkout.start(
        session_id=session.pk,
        client=session.client,
        gateway="stripe",
        now=now,
        discount_code=discount_code,
    )


def intent_of(payment: Payment) -> str:
    """The payment's id at the gateway."""
    payment.refresh_from_db()
    assert payment.gateway_intent_id is not None
    return payment.gateway_intent_id


def paid(standin: StandIn, session: Session | None = None) -> Payment:
    """A payment that the gateway holds and we have not heard of yet."""
    payment = start(session or held()).payment
    standin.pay(intent_of(payment))
    return payment


def confirmed(standin: StandIn, *, starts_at: datetime = NOW + 30 * HOUR) -> Payment:
    """A paid payment with its session confirmed, by webhooks alone."""
    payment = paid(standin, held(starts_at=starts_at))
    deliver_all(standin)
    payment.refresh_from_db()
    return payment


def signed(
    event: dict[str, Any], *, at: datetime = NOW, secret: str = WEBHOOK_SECRET
) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a webhook, signed by Stripe's own SDK."""
    body = json.dumps(event, indent=2)
    header = stripe.WebhookSignature.generate_signature_header(
        body, secret, timestamp=int(at.timestamp())
    )
    return body.encode(), {"Stripe-Signature": header}


def receive(event: dict[str, Any], *, at: datetime = NOW) -> webhooks.Receipt:
    """What `POST /api/payments/webhook/stripe` does."""
    body, headers = signed(event, at=at)
    return webhooks.receive(gateway="stripe", body=body, headers=headers, now=at)


def deliver_all(standin: StandIn) -> None:
    """Receive every event that the gateway has emitted, then do the jobs."""
    for event in standin.events():
        receive(event)
    work()


def work() -> None:
    """Do every waiting job, as the cluster does; a job that failed fails the test."""
    tasks.drain()
    failed = Job.objects.filter(done_at=None).exclude(last_error="")
    if failed.exists():
        raise JobFailed("; ".join(f"{job.name}: {job.last_error}" for job in failed))


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Make the calls at the same instant, each on its own connection; raise what they raise."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            with clock.travel(NOW):  # a new thread begins without the test's clock
                return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def books(purchase_id: UUID) -> dict[str, int]:
    """The balances of a purchase as docs/money.md writes them: code → minor units."""
    found = balances.purchase_balances(purchase_id=purchase_id)
    return {str(code): amount for code, amount in found.items()}


def state_of_the_world() -> dict[str, Any]:
    """Everything that happened, without the ids and the times of our own doing.

    Two runs of one history are the same where these are equal.
    """
    return {
        "sessions": sorted(Session.objects.values_list("state", "starts_at", "refund_bps")),
        "payments": sorted(
            Payment.objects.values_list(
                "state",
                "amount_minor",
                "currency",
                "actual_fee_minor",
                "late",
                "refunded_minor",
                "pending_refund_minor",
                "failure_code",
            ),
            key=str,
        ),
        "refunds": sorted(
            Refund.objects.values_list("state", "amount_minor", "cause", "bearer", "mentor_minor")
        ),
        "entries": sorted(
            (entry.kind, *sorted((line.account_id, line.amount_minor) for line in lines))
            for entry in Entry.objects.prefetch_related("lines")
            for lines in [list(entry.lines.all())]
        ),
        "letters": sorted(Email.objects.values_list("template", flat=True)),
    }


def other_client() -> Client:
    """Somebody else."""
    return ClientFactory()
