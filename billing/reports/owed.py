"""What the platform owes mentors and what they owe it: how much, and for how long.

Money leaves an account in the order in which it came: what is left of a balance is its newest
lines, and their age is its age. So a debt that is half paid off keeps the age of its newer half.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from billing.ledger.chart import Code
from kernel.ids import public_id

PAYABLE = (
    Code.MENTOR_PENDING, Code.MENTOR_AVAILABLE, Code.MENTOR_RESERVE,
    Code.MENTOR_PAYOUTS_IN_TRANSIT, Code.MENTOR_PAYOUTS_RETURNED,
)  # fmt: skip
# Days since the money came; the last bucket has no end.
BUCKETS = ("0–7", "8–30", "31–60", "61–90", "over 90")
_LIMITS = (8, 31, 61, 91)


@dataclass(frozen=True, slots=True)
class Owed:
    """What one mentor is owed in one account (negative where the mentor owes), by age."""

    mentor_id: UUID
    code: str
    currency: str
    minor: int
    by_age: tuple[int, ...]

    @property
    def mentor(self) -> str:
        return public_id("mtr", self.mentor_id)


_SUMS = ", ".join(
    f"coalesce(sum(part) FILTER (WHERE bucket = {number}), 0)::bigint"
    for number in range(len(BUCKETS))
)
# `days` counts whole days until the instant; a line booked later than it has none.
_AGED = f"""
    WITH moved AS (
        SELECT line.id, line.account_id, line.mentor_id, line.currency, line.amount_minor,
               entry.booked_at
        FROM billing_line line JOIN billing_entry entry ON entry.id = line.entry_id
        WHERE left(line.account_id, 4) = ANY(%(codes)s) AND entry.posted_at < %(at)s
    ), balance AS (
        SELECT account_id, mentor_id, sum(amount_minor) AS minor
        FROM moved GROUP BY account_id, mentor_id
        HAVING sum(amount_minor) <> 0 AND (NOT %(debts)s OR sum(amount_minor) > 0)
    ), newest AS (
        SELECT moved.*, balance.minor, abs(amount_minor) AS size,
               sum(abs(amount_minor)) OVER (
                   PARTITION BY moved.account_id, moved.mentor_id
                   ORDER BY booked_at DESC, moved.id DESC) AS upto
        FROM moved JOIN balance ON balance.account_id = moved.account_id
             AND balance.mentor_id = moved.mentor_id
             AND sign(moved.amount_minor) = sign(balance.minor)
    ), aged AS (
        SELECT account_id, mentor_id, currency, minor,
               least(size, abs(minor) - (upto - size)) * -sign(minor) AS part,
               width_bucket(extract(day FROM greatest(%(at)s - booked_at, interval '0')),
                            ARRAY[{", ".join(f"{limit}::numeric" for limit in _LIMITS)}]) AS bucket
        FROM newest WHERE upto - size < abs(minor)
    )
    SELECT mentor_id, left(account_id, 4), currency, -minor::bigint, {_SUMS}
    FROM aged GROUP BY mentor_id, account_id, currency, minor
    ORDER BY account_id, mentor_id
"""  # noqa: S608 - constants


def payables(*, at: datetime) -> list[Owed]:
    """Return every balance of a mentor that is not zero, as of an instant; one query."""
    return _read([str(code) for code in PAYABLE], at=at, debts=False)


def debts(*, at: datetime) -> list[Owed]:
    """Return what mentors owe: available balances below zero, as of an instant."""
    return _read([str(Code.MENTOR_AVAILABLE)], at=at, debts=True)


def _read(codes: list[str], *, at: datetime, debts: bool) -> list[Owed]:
    with connection.cursor() as cursor:
        cursor.execute(_AGED, {"codes": codes, "at": at, "debts": debts})
        return [
            Owed(mentor_id, code, currency, minor, tuple(by_age))
            for mentor_id, code, currency, minor, *by_age in cursor.fetchall()
        ]
