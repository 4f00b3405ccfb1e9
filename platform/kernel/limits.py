"""Count calls in a window, atomically, for every process at once. Knows nothing of who calls.

One upsert per call: a per-process cache would multiply every limit by the number of workers.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

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
    key = hashlib.sha256(f"{limit.name}:{subject}".encode()).hexdigest()
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
    left = max(1, -int((now - until).total_seconds() // 1))
    return Count(used <= limit.quota, max(0, limit.quota - used), left)


def purge(*, now: datetime) -> int:
    """Forget the windows that are over; return how many."""
    deleted, _ = RateCount.objects.filter(until__lt=now).delete()
    return deleted
