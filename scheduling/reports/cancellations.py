"""How long before its start a paid session is cancelled, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from accounts.scopes import EVERYBODY, Scope, of_mentors
from kernel.spans import Span

# Hours before the start; the first group is after it.
GROUPS = (
    "After the start", "Under 2 hours", "2 to 24 hours", "1 to 3 days", "3 to 7 days",
    "7 days or more",
)  # fmt: skip
_LIMITS = (0, 2, 24, 72, 168)
BY = ("client", "mentor", "platform")


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The cancellations of one part: `by_lead` has a row for each of GROUPS, its columns are BY.

    `median_minutes` is the lead time that half of them have at most; negative after the start,
    None where there are none. The platform's are its own doing and the system's.
    """

    by_lead: Sequence[Sequence[int]]
    median_minutes: int | None

    @property
    def count(self) -> int:
        return sum(map(sum, self.by_lead))

    def within(self, hours: int) -> int:
        """Count what came less than so many hours (of _LIMITS) before the start, or after it."""
        return sum(map(sum, self.by_lead[: _LIMITS.index(hours) + 1]))

    def by(self, who: str) -> int:
        return sum(row[BY.index(who)] for row in self.by_lead)


# Counts of each part, group and person; medians of each part (`level` 3) and of all (7).
_READ = f"""
    WITH cancelled AS (
        SELECT width_bucket(cancelled_at, %(bounds)s::timestamptz[]) AS part,
            extract(epoch FROM starts_at - cancelled_at) / 60 AS lead,
            width_bucket(extract(epoch FROM starts_at - cancelled_at) / 3600,
                %(limits)s::numeric[]) AS lead_group,
            CASE WHEN cancelled_by IN ('client', 'mentor') THEN cancelled_by ELSE 'platform' END
                AS who
        FROM scheduling_session
        WHERE state = 'cancelled' AND confirmed_at IS NOT NULL
          AND cancelled_at >= %(since)s AND cancelled_at < %(until)s
          AND {of_mentors("mentor_id")}
    )
    SELECT GROUPING(part, lead_group, who), part, lead_group, who, count(*),
        floor(percentile_disc(0.5) WITHIN GROUP (ORDER BY lead))::bigint
    FROM cancelled GROUP BY GROUPING SETS ((part, lead_group, who), (part), ())
"""  # noqa: S608 - constants
_OF_A_PART, _OF_ALL = 3, 7


def cancellations(*, span: Span, scope: Scope = EVERYBODY) -> tuple[list[Cancelled], Cancelled]:
    """Return the cancellations of each part, and of the whole span; one query.

    Only sessions that were paid: a hold that is given up is no cancellation. A part has what was
    cancelled in it, whenever the session would have been.
    """
    values = {
        "bounds": span.bounds,
        "since": span.since,
        "until": span.until,
        "limits": list(_LIMITS),
        **scope.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        rows = cursor.fetchall()
    counts = [[[0] * len(BY) for _ in GROUPS] for _ in span.parts]
    medians: dict[int, int | None] = {}
    for level, part, group, who, count, median in rows:
        if level == _OF_ALL:
            medians[0] = median
        elif level == _OF_A_PART:
            medians[part] = median
        else:
            counts[part - 1][group][BY.index(who)] += count
    parts = [
        Cancelled(of_part, medians.get(number)) for number, of_part in enumerate(counts, start=1)
    ]
    sums = [
        [sum(of_part[group][who] for of_part in counts) for who in range(len(BY))]
        for group in range(len(GROUPS))
    ]
    return parts, Cancelled(sums, medians.get(0))
