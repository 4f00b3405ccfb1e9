"""How old mentors' debts are: what a mentor owes is the newest that was taken from them.

Earnings are set off against the oldest first, so what is left of a debt is made of the newest
debits. One query for everybody who owes; reading only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

BUCKETS = ("0–30 days", "31–60 days", "61–90 days", "over 90 days")

_DEBTS = """
WITH owing AS (
    SELECT mentor_id, currency, sum(amount_minor) AS minor FROM billing_line
    WHERE account_id LIKE '2120:%%' AND (%(mentor)s::uuid IS NULL OR mentor_id = %(mentor)s)
    GROUP BY mentor_id, currency HAVING sum(amount_minor) > 0
), taken AS (
    SELECT owing.mentor_id, owing.currency, owing.minor AS owed, line.amount_minor,
           extract(epoch FROM %(now)s - entry.occurred_at) / 86400 AS days,
           sum(line.amount_minor) OVER (
               PARTITION BY owing.mentor_id, owing.currency ORDER BY line.id DESC) AS so_far
    FROM owing
    JOIN billing_line line ON line.mentor_id = owing.mentor_id
     AND line.account_id = '2120:' || owing.currency AND line.amount_minor > 0
    JOIN billing_entry entry ON entry.id = line.entry_id
), left_over AS (
    SELECT mentor_id, currency, days,
           least(amount_minor, owed - (so_far - amount_minor)) AS minor
    FROM taken WHERE so_far - amount_minor < owed
)
SELECT mentor_id, currency,
       coalesce(sum(minor) FILTER (WHERE days < 31), 0)::bigint,
       coalesce(sum(minor) FILTER (WHERE days >= 31 AND days < 61), 0)::bigint,
       coalesce(sum(minor) FILTER (WHERE days >= 61 AND days < 91), 0)::bigint,
       coalesce(sum(minor) FILTER (WHERE days >= 91), 0)::bigint
FROM left_over GROUP BY mentor_id, currency ORDER BY currency, mentor_id
"""


@dataclass(frozen=True, slots=True)
class Debt:
    """What one mentor owes in one currency, by age as in BUCKETS."""

    mentor_id: UUID
    currency: str
    by_age: tuple[int, int, int, int]

    @property
    def amount_minor(self) -> int:
        return sum(self.by_age)


def debts(*, now: datetime, mentor_id: UUID | None = None) -> list[Debt]:
    """Return every mentor's debt (or one mentor's) with its age at `now`."""
    with connection.cursor() as cursor:
        cursor.execute(_DEBTS, {"now": now, "mentor": mentor_id})
        return [Debt(row[0], row[1], tuple(row[2:6])) for row in cursor.fetchall()]


def by_currency(found: Sequence[Debt]) -> dict[str, tuple[int, ...]]:
    """Return the sums per currency, by age."""
    sums: dict[str, tuple[int, ...]] = {}
    for debt in found:
        before = sums.get(debt.currency, (0,) * len(BUCKETS))
        sums[debt.currency] = tuple(a + b for a, b in zip(before, debt.by_age, strict=True))
    return sums
