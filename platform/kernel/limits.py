"""Count calls in a window, atomically, for every process at once. Knows nothing of who calls.

One upsert per call, or per batch of calls (`take`, spent by `kernel.leases`): a count that each
process keeps for itself would multiply every limit by the number of workers.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F

from kernel import prepared
from kernel.models import RateCount


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `quota` calls in each `window`, counted under `name`."""

    name: str
    quota: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Count:
    """What a call left of its limit: `reset_seconds` until the window ends."""

    allowed: bool
    remaining: int
    reset_seconds: int


def count(limit: Limit, *, subject: str, now: datetime) -> Count:
    """Count one call by `subject` and say whether it is within the limit.

    Commits at once outside a transaction. The key is a digest, so the table names nobody.
    """
    key = _key(limit, subject)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kernel_ratecount AS old (key, count, until)
            VALUES (%(key)s, 1, %(until)s)
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN old.until <= %(now)s THEN 1 ELSE old.count + 1 END,
                until = CASE WHEN old.until <= %(now)s THEN excluded.until ELSE old.until END
            RETURNING count, until
            """,
            {"key": key, "now": now, "until": now + limit.window},
        )
        used, until = cursor.fetchone()
    return Count(used <= limit.quota, max(0, limit.quota - used), seconds_until(until, now))


@dataclass(frozen=True, slots=True)
class Batch:
    """`calls` counted ahead in the window that ends at `until`; `remaining` are left of it."""

    calls: int
    remaining: int
    until: datetime


def take(limit: Limit, *, subject: str, now: datetime, calls: int) -> Batch:
    """Count up to `calls` calls ahead: as many as are left, none where the limit is reached.

    The row may stand above the quota by what the last batch was cut short; nobody gets that.
    """
    row = prepared.execute(
        """
        WITH taken AS (
            INSERT INTO kernel_ratecount AS old (key, count, until) VALUES ($1, $2, $3)
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN old.until <= $4 THEN $2 ELSE old.count + $2 END,
                until = CASE WHEN old.until <= $4 THEN excluded.until ELSE old.until END
            WHERE old.until <= $4 OR old.count < $5
            RETURNING count, until
        )
        SELECT count, until, $2 FROM taken
        UNION ALL
        SELECT count, until, 0 FROM kernel_ratecount
        WHERE key = $1 AND NOT EXISTS (SELECT FROM taken)
        """,
        [_key(limit, subject), calls, now + limit.window, now, limit.quota],
    )
    if row is None:  # made and filled by others while we looked
        return Batch(0, 0, now)
    used, until, asked = row
    return Batch(max(0, asked - max(0, used - limit.quota)), max(0, limit.quota - used), until)


@dataclass(frozen=True, slots=True)
class Reservation:
    """One call counted ahead of its outcome, in the window that ends at `until`."""

    key: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Full:
    """The limit is reached; `reset_seconds` until the window ends."""

    reset_seconds: int


def reserve(limit: Limit, *, subject: str, now: datetime) -> Reservation | Full:
    """Count one call *before* its outcome is known, unless the limit is reached already.

    The count never passes the quota, so of any number of calls at one instant no more than
    the quota go on; `give_back` uncounts one that turned out not to matter.
    """
    key = _key(limit, subject)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kernel_ratecount AS old (key, count, until)
            VALUES (%(key)s, 1, %(until)s)
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN old.until <= %(now)s THEN 1 ELSE old.count + 1 END,
                until = CASE WHEN old.until <= %(now)s THEN excluded.until ELSE old.until END
            WHERE old.until <= %(now)s OR old.count < %(quota)s
            RETURNING until
            """,
            {"key": key, "now": now, "until": now + limit.window, "quota": limit.quota},
        )
        row = cursor.fetchone()
    if row is not None:
        return Reservation(key, row[0])
    until = RateCount.objects.filter(key=key).values_list("until", flat=True).first() or now
    return Full(seconds_until(until, now))


def give_back(reservation: Reservation) -> None:
    """Uncount a reservation, but never from a window that has begun since."""
    RateCount.objects.filter(key=reservation.key, until=reservation.until, count__gt=0).update(
        count=F("count") - 1
    )


def purge(*, now: datetime) -> int:
    """Forget the windows that are over; return how many."""
    deleted, _ = RateCount.objects.filter(until__lt=now).delete()
    return deleted


def seconds_until(until: datetime, now: datetime) -> int:
    """Return the whole seconds to wait, one at the least."""
    return max(1, -int((now - until).total_seconds() // 1))


def _key(limit: Limit, subject: str) -> str:
    return hashlib.sha256(f"{limit.name}:{subject}".encode(errors="surrogatepass")).hexdigest()
