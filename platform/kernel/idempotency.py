"""Answer a repeated request once: what was asked under a key, how far it got, what was said.

In phases, each a short transaction of its own. *Started* is committed first, so that a twin in
flight meets it. Each effect commits together with its recovery point (`reach`), so that a retry
after a crash resumes behind it. The answer is stored last. Knows nothing of HTTP beyond the
bytes it keeps.

# Note [Fencing]
A slow worker may outlive its lease and meet its own successor. Every write therefore names the
lease it was made under (`lease_until` is unique per take-over); when that is gone, `reach`
raises inside the effect's transaction and the effect is rolled back. The successor's `begin`
waits for the row lock of a `reach` that has not committed yet, and then sees its recovery point.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import transaction

from kernel.errors import Kind, Refusal
from kernel.models import IdempotencyRecord

LEASE = timedelta(seconds=30)
KEPT = timedelta(days=30)
RETRY_AFTER_SECONDS = 1


class RequestInFlight(Refusal):
    """A request with the same Idempotency-Key is being worked on; repeat after Retry-After."""

    code = "request_in_flight"
    kind = Kind.CONFLICT


class KeyReused(Refusal):
    """The Idempotency-Key was used before with another body; use a fresh key for a new request."""

    code = "idempotency_key_reused"
    kind = Kind.INVALID


class LeaseLost(Refusal):
    """Another try of the same request took over meanwhile; this one was rolled back."""

    code = "idempotency_lease_lost"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a status, bytes, and their media type."""

    status: int
    body: bytes
    content_type: str


@dataclass(slots=True)
class Attempt:
    """One try that holds the lease. `recovery` is how far an earlier try got."""

    record_id: Any
    lease_until: datetime
    recovery: dict[str, Any] = field(default_factory=dict)


def fingerprint(*, route: str, body: Any) -> str:
    """Return the digest of a request: its route and its JSON body whatever the member order."""
    text = json.dumps([route, body], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def begin(
    *, principal: str, route: str, key: str, fingerprint: str, now: datetime
) -> Attempt | Answer:
    """Take the lease on a key, or return the answer that was given under it.

    Commits before it returns; must not be called inside a transaction.
    Raises KeyReused for another body and RequestInFlight while a twin holds the lease.
    """
    lease_until = now + LEASE
    with transaction.atomic(durable=True):
        _insert_if_new(principal, route, key, fingerprint, now)
        record = IdempotencyRecord.objects.select_for_update().get(
            principal=principal, route=route, key=key
        )
        if record.fingerprint != fingerprint:
            raise KeyReused(
                f"Idempotency-Key {key} was used before with another body. "
                "Repeat the first body, or use a fresh key."
            )
        if record.status is not None:
            body = bytes(cast("bytes", record.body))
            return Answer(record.status, body, record.content_type)
        if record.lease_until > now:
            raise RequestInFlight(
                f"A request with Idempotency-Key {key} is being worked on; repeat it.",
                retry_after=RETRY_AFTER_SECONDS,
            )
        record.lease_until = lease_until
        record.save(update_fields=["lease_until"])
    return Attempt(record.pk, lease_until, dict(record.recovery))


def _insert_if_new(principal: str, route: str, key: str, fingerprint: str, now: datetime) -> None:
    # A new row's lease is over: the lines after the row lock take it, in one place for all.
    fresh = IdempotencyRecord(
        principal=principal,
        route=route,
        key=key,
        fingerprint=fingerprint,
        created_at=now,
        lease_until=now,
    )
    IdempotencyRecord.objects.bulk_create([fresh], ignore_conflicts=True)


def reach(attempt: Attempt, **point: Any) -> None:
    """Write a recovery point (JSON values) in the transaction of the effect that it names.

    Raises LeaseLost where another try took over (see Note [Fencing]), which rolls that back.
    """
    recovery = {**attempt.recovery, **point}
    written = IdempotencyRecord.objects.filter(
        pk=attempt.record_id, lease_until=attempt.lease_until, status=None
    ).update(recovery=recovery)
    if not written:
        raise LeaseLost(
            "Another try of this request took over; repeat the call to read its answer.",
            retry_after=RETRY_AFTER_SECONDS,
        )
    attempt.recovery = recovery


def finish(attempt: Attempt, answer: Answer) -> None:
    """Store the answer, to be given to every repetition; a successor's answer stands."""
    IdempotencyRecord.objects.filter(
        pk=attempt.record_id, lease_until=attempt.lease_until, status=None
    ).update(status=answer.status, body=answer.body, content_type=answer.content_type)


def abandon(attempt: Attempt, *, now: datetime) -> None:
    """Give the lease back without an answer: the next try begins at the recovery point."""
    IdempotencyRecord.objects.filter(
        pk=attempt.record_id, lease_until=attempt.lease_until, status=None
    ).update(lease_until=now)


def purge(*, now: datetime) -> int:
    """Forget the keys that are older than 30 days; return how many."""
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=now - KEPT).delete()
    return deleted
