"""Bring what is due to the endpoints: many at once, one attempt at a time for each.

A lease on the endpoint (`busy_until`) keeps others away while a call is under way, and is all
that a killed courier leaves behind: what it had in hand is sent again, under the same id. Threads
call out and touch no table; this one thread claims and writes, each in a short transaction that
no call is made in. Whoever was served last comes last, so a slow endpoint delays itself alone.
"""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from kernel import clock, sending
from kernel.outbound import FetchRefused
from kernel.sending import Answer
from kernel.tasks import enqueue, task
from kernel.turns import sole_turn
from webhooks import outcomes, sealed, signing
from webhooks.messages import body_of
from webhooks.models import Delivery
from webhooks.outcomes import Outcome
from webhooks.states import State

logger = logging.getLogger(__name__)

CALLS = 16  # at once, each to another endpoint
LEASE = timedelta(seconds=40)
# With the longest call it ends before the lease of its job does (45 s).
SECONDS = 25
LINGER = timedelta(seconds=6)  # long enough to see the first retry
BEAT = 0.2
USER_AGENT = "Counterfoil-Webhooks/1.0"

_CLAIM = """
UPDATE webhooks_endpoint SET busy_until = %(lease)s, served_at = %(now)s
WHERE id IN (
    SELECT e.id FROM webhooks_endpoint AS e
    WHERE e.disabled_at IS NULL
      AND (e.owner_id IS NULL
           OR EXISTS (SELECT FROM accounts_user AS u WHERE u.id = e.owner_id AND u.is_active))
      AND (e.busy_until IS NULL OR e.busy_until <= %(now)s)
      AND (e.rest_until IS NULL OR e.rest_until <= %(now)s)
      AND EXISTS (SELECT FROM webhooks_delivery AS d
                  WHERE d.endpoint_id = e.id AND d.state = 'waiting' AND d.due_at <= %(now)s)
    ORDER BY e.served_at NULLS FIRST, e.id
    LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""


class Post(Protocol):
    """How a body leaves: `kernel.sending`, or what a test puts in its place."""

    def post(self, url: str, *, body: bytes, headers: dict[str, str]) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Letter:
    """One attempt, ready to leave."""

    delivery_id: UUID
    endpoint_id: UUID
    url: str
    lease: datetime | None
    body: bytes
    headers: dict[str, str]
    at: datetime


def wake() -> None:
    """Have a courier look, once the surrounding transaction has committed.

    Not within it: of the jobs of one key one waits, so the second transaction that promised it
    would wait for the first one's commit, with all its locks. Who is killed in between leaves
    deliveries that are due, and the look of every minute finds them; so a failure is logged only.
    """
    transaction.on_commit(partial(enqueue, deliver_due, dedupe_key="due"), robust=True)


@task
def deliver_due() -> None:
    """Deliver what is due, for half a minute at most; what is left then gets a job of its own."""
    until = time.monotonic() + SECONDS
    while _deliver(until) and _is_any_due(clock.now()):
        if time.monotonic() >= until:
            enqueue(deliver_due, dedupe_key="due")
            return


def _deliver(until: float) -> bool:
    """Return whether it was our turn. One courier at a time: the other workers have other jobs.

    What is promised while one has the turn is found by it, or by its next look.
    """
    with sole_turn("webhooks: courier") as mine:
        if mine:
            outcomes.miss_unreachable(now=clock.now())
            Courier(sending.sender()).work(until=until)
    return mine


@dataclass(slots=True)
class Courier:
    """A number of threads that call, and the one that knows for whom."""

    sender: Post
    calls: int = CALLS
    linger: timedelta = LINGER
    flying: "dict[Future[Outcome], Letter]" = field(default_factory=dict)

    def work(self, *, until: float) -> int:
        """Deliver until nothing is due, or soon will be, or the time is over; return how many."""
        done = 0
        with ThreadPoolExecutor(self.calls, thread_name_prefix="courier") as pool:
            while True:
                goes_on = time.monotonic() < until
                if goes_on:
                    for letter in claim(limit=self.calls - len(self.flying), now=clock.now()):
                        self.flying[pool.submit(call, self.sender, letter)] = letter
                if self.flying:
                    done += self._land()
                elif goes_on and _is_any_due(clock.now() + self.linger):
                    time.sleep(BEAT)
                else:
                    return done

    def _land(self) -> int:
        landed, _ = wait(self.flying, timeout=BEAT, return_when=FIRST_COMPLETED)
        for future in landed:
            letter, outcome = self.flying.pop(future), future.result()
            try:
                _write_down(letter, outcome)
            except Exception as error:
                logger.exception("delivery %s: its answer was not written down", letter.delivery_id)
                said = f"Its answer could not be written down: {type(error).__name__}."
                _write_down(letter, Outcome(duration_ms=outcome.duration_ms, error=said))
        return len(landed)


def _write_down(letter: Letter, outcome: Outcome) -> None:
    outcomes.record(
        endpoint_id=letter.endpoint_id,
        delivery_id=letter.delivery_id,
        url=letter.url,
        lease=letter.lease,
        at=letter.at,
        outcome=outcome,
        now=clock.now(),
    )


def claim(*, limit: int, now: datetime) -> list[Letter]:
    """Take the lease of up to `limit` endpoints, and return for each what is due first."""
    if limit <= 0:
        return []
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "lease": now + LEASE, "limit": limit})
        mine = [row[0] for row in cursor.fetchall()]
        due = (
            Delivery.objects.filter(endpoint__in=mine, state=State.WAITING, due_at__lte=now)
            .select_related("event", "endpoint")
            .order_by("endpoint", "due_at", "pk")
            .distinct("endpoint")
        )
        taken = list(due)
    return [letter for delivery in taken if (letter := _written(delivery, now)) is not None]


def _written(delivery: Delivery, now: datetime) -> Letter | None:
    """Return the letter of a delivery; one that cannot be signed is a failed attempt, for good."""
    try:
        return _letter(delivery, now)
    except sealed.SecretUnreadable:
        logger.exception("the secret of %s cannot be read", delivery.endpoint.public_id)
    outcomes.record(
        endpoint_id=delivery.endpoint_id,
        delivery_id=delivery.pk,
        url=delivery.endpoint.url,
        lease=delivery.endpoint.busy_until,
        at=now,
        outcome=Outcome(duration_ms=0, error=outcomes.UNREADABLE),
        now=now,
    )
    return None


def _letter(delivery: Delivery, now: datetime) -> Letter:
    body = body_of(delivery.event)
    signed = signing.headers(
        message_id=delivery.event.public_id,
        at=now,
        body=body,
        secrets=sealed.secrets_of(delivery.endpoint, now=now),
    )
    return Letter(
        delivery_id=delivery.pk,
        endpoint_id=delivery.endpoint_id,
        url=delivery.endpoint.url,
        lease=delivery.endpoint.busy_until,
        body=body,
        headers={"Content-Type": "application/json", "User-Agent": USER_AGENT, **signed},
        at=now,
    )


def call(sender: Post, letter: Letter) -> Outcome:
    """Make the call; whatever happens is an outcome. Runs in a thread and touches no table."""
    began = time.monotonic()
    found: dict[str, Any]
    try:
        answer = sender.post(letter.url, body=letter.body, headers=letter.headers)
    except FetchRefused as refused:
        found = {"error": str(refused)}
    except Exception as error:
        found = {"error": f"The call failed: {type(error).__name__}."}
    else:
        found = {
            "status": answer.status,
            "body": answer.body,
            "retry_after": answer.retry_after,
            "error": outcomes.trouble_with(answer.status),
        }
    return Outcome(duration_ms=int((time.monotonic() - began) * 1000), **found)


def _is_any_due(by: datetime) -> bool:
    """Say whether somebody may be called by then."""
    free = Q(endpoint__busy_until=None) | Q(endpoint__busy_until__lte=by)
    rested = Q(endpoint__rest_until=None) | Q(endpoint__rest_until__lte=by)
    waiting = Delivery.objects.filter(state=State.WAITING, due_at__lte=by)
    heard = Q(endpoint__owner=None) | Q(endpoint__owner__is_active=True)
    return waiting.filter(free, rested, heard, endpoint__disabled_at=None).exists()
