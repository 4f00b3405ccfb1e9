"""Write down what came of an attempt, and what follows from it for delivery and endpoint.

Locks: the endpoint, then the delivery (docs/locking.md). Each function opens its own transaction.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from webhooks import letters, retries
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.states import DELIVERY, Move, State

GONE = 410
ERROR_LENGTH = 300
UNREADABLE = "The secret cannot be read, so nothing can be signed; rotate it."
FOUND = [
    "failures",
    "failing_since",
    "rest_until",
    "busy_until",
    "disabled_at",
    "disabled_reason",
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to; without a `status` nothing came back. No `error`: it succeeded."""

    duration_ms: int
    error: str
    status: int | None = None
    body: bytes = b""
    retry_after: str = ""


def trouble_with(status: int) -> str:
    """Return why an answer is no success, nothing for a 2xx."""
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It redirects ({status}), and redirects are not followed."
    if status == GONE:
        return "It answered that it is gone (410)."
    return f"It answered {status}."


def record(
    *,
    endpoint_id: UUID,
    delivery_id: UUID,
    url: str,
    lease: datetime | None,
    at: datetime,
    outcome: Outcome,
    now: datetime,
) -> Delivery:
    """Append the attempt that began `at`, and move delivery and endpoint on.

    Of a delivery that ended meanwhile (a twin brought it, or its endpoint was disabled) the
    attempt alone is kept. What came from an address that is changed since, or under a lease that
    is over, says nothing about the endpoint as it is now.
    """
    with transaction.atomic(durable=True):
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        delivery = Delivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
        ours = endpoint.busy_until == lease
        meant = ours and endpoint.url == url
        delivery.attempts += 1
        Attempt.objects.create(
            delivery=delivery,
            number=delivery.attempts,
            at=at,
            succeeded=not outcome.error,
            status_code=outcome.status,
            body=outcome.body.decode(errors="replace").replace("\x00", "\ufffd"),
            duration_ms=outcome.duration_ms,
            error=outcome.error[:ERROR_LENGTH],
        )
        if outcome.error:
            wish = retries.wish_of(outcome.retry_after, now=now) if meant else timedelta(0)
            _try_again(delivery, wish, now, final=meant and outcome.status == GONE)
            if meant:
                _trouble(endpoint, outcome, wish, now)
        else:
            if delivery.state == State.WAITING:
                _end(delivery, Move.DELIVER, now)
            if meant:
                endpoint.failures, endpoint.failing_since, endpoint.rest_until = 0, None, None
        if ours:
            endpoint.busy_until = None
        delivery.save(update_fields=["state", "attempts", "tries", "due_at", "ended_at"])
        if endpoint.removed_at is None:
            endpoint.save(update_fields=FOUND)
    return delivery


def _try_again(delivery: Delivery, wish: timedelta, now: datetime, *, final: bool) -> None:
    if delivery.state != State.WAITING:
        return
    delivery.tries += 1
    pause = retries.pause_after(delivery.tries, chance=secrets.randbelow(1001) / 1000)
    if pause is None or final:
        _end(delivery, Move.GIVE_UP, now)
    else:
        delivery.due_at = now + max(pause, wish)


def _trouble(endpoint: Endpoint, outcome: Outcome, wish: timedelta, now: datetime) -> None:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.rest_until = now + max(wish, retries.rest_after(endpoint.failures))
    if outcome.status == GONE:
        _disable(endpoint, Endpoint.Reason.GONE, now)
    elif outcome.error == UNREADABLE:
        _disable(endpoint, Endpoint.Reason.UNREADABLE, now)
    elif now - endpoint.failing_since >= retries.DISABLED_AFTER:
        _disable(endpoint, Endpoint.Reason.FAILING, now)


def _disable(endpoint: Endpoint, reason: Endpoint.Reason, now: datetime) -> None:
    if endpoint.disabled_at is None:
        endpoint.disabled_at, endpoint.disabled_reason = now, reason.value
        letters.disabled(endpoint, now=now)


def _end(delivery: Delivery, move: Move, now: datetime) -> None:
    delivery.state = DELIVERY.target(State(delivery.state), move).value
    delivery.ended_at = now


def miss_unreachable(*, now: datetime) -> int:
    """End what waits for an endpoint that is disabled or whose owner is; return how many."""
    nobody = Q(endpoint__disabled_at__isnull=False) | Q(endpoint__owner__is_active=False)
    waiting = Delivery.objects.filter(nobody, state=State.WAITING)
    return Delivery.objects.filter(pk__in=waiting.values("pk"), state=State.WAITING).update(
        state=State.MISSED, ended_at=now
    )
