"""Keep what a run found: open what is new, update what is known, close what is gone. SQL alone.

Set-based like the matching: what is found never passes through Python, however much it is.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

# A break resolved by a person stays so while both sides still say what they said then.
_SETTLED = (
    "(b.state = 'resolved' AND (b.ours_minor, b.theirs_minor)"
    " IS NOT DISTINCT FROM (EXCLUDED.ours_minor, EXCLUDED.theirs_minor))"
)

# In a table, because both cores may look for what an INSERT of its own would find on one.
_FIND = "CREATE TEMP TABLE found ON COMMIT DROP AS {found}"

_KEEP = f"""
WITH kept AS (
    INSERT INTO billing_break AS b (id, leg, gateway, key, type, state, payment_id, payout_id,
        ours_minor, theirs_minor, currency, detail, occurred_at, first_run_id, last_run_id,
        opened_at, resolved_by, resolution)
    SELECT DISTINCT ON (key, type) gen_random_uuid(), %(leg)s, %(gateway)s, key, type, 'open',
        payment, payout, ours, theirs, currency, left(detail, 300), occurred_at, %(run)s, %(run)s,
        %(as_of)s, '', ''
    FROM found WHERE due_at < %(as_of)s ORDER BY key, type
    ON CONFLICT (leg, gateway, key, type) DO UPDATE SET
        last_run_id = EXCLUDED.last_run_id, payment_id = EXCLUDED.payment_id,
        payout_id = EXCLUDED.payout_id, detail = EXCLUDED.detail,
        ours_minor = EXCLUDED.ours_minor, theirs_minor = EXCLUDED.theirs_minor,
        currency = EXCLUDED.currency,
        state = CASE WHEN {_SETTLED} THEN 'resolved' ELSE 'open' END,
        closed_at = CASE WHEN {_SETTLED} THEN b.closed_at END,
        resolved_by = CASE WHEN {_SETTLED} THEN b.resolved_by ELSE '' END,
        resolution = CASE WHEN {_SETTLED} THEN b.resolution ELSE '' END
    RETURNING b.type, b.state, b.first_run_id = %(run)s AS new
)
SELECT type, state, new, count(*) FROM kept GROUP BY type, state, new
UNION ALL
SELECT type, 'timing', false, count(DISTINCT key) FROM found
WHERE due_at >= %(as_of)s GROUP BY type
"""  # noqa: S608 - constants

_CLOSE = """
UPDATE billing_break SET state = 'closed', closed_at = %(as_of)s
WHERE state = 'open' AND leg = %(leg)s AND gateway = %(gateway)s AND last_run_id <> %(run)s
  AND {inside}
"""


@dataclass(slots=True)
class Kept:
    """What a run found: open breaks by type, how many are new, how many closed themselves.

    `timing` counts by type what is still expected and becomes a break where it stays.
    """

    by_type: Counter[str] = field(default_factory=Counter)
    timing: Counter[str] = field(default_factory=Counter)
    new: int = 0
    closed: int = 0
    resolved: int = 0

    def add(self, other: "Kept") -> None:
        """Count another leg's breaks with these."""
        self.by_type.update(other.by_type)
        self.timing.update(other.timing)
        self.new += other.new
        self.closed += other.closed
        self.resolved += other.resolved


def keep(*, found: str, inside: str, values: dict[str, Any]) -> Kept:
    """Keep the differences that the query `found` gives, close the open ones `inside` it lacks.

    `values` are the query's, with `leg`, `gateway`, `run` and `as_of`. In the caller's
    transaction.
    """
    kept = Kept()
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(found=found), values)
        cursor.execute(_KEEP, values)
        for kind, state, new, count in cursor.fetchall():
            match state:
                case "timing":
                    kept.timing[kind] += count
                case "resolved":
                    kept.resolved += count
                case _:
                    kept.by_type[kind] += count
                    kept.new += count if new else 0
        cursor.execute("DROP TABLE found")
        cursor.execute(_CLOSE.format(inside=inside), values)
        kept.closed = cursor.rowcount
    return kept
