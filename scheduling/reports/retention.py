"""Which clients come back: cohorts by the month of a client's first session that took place."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from accounts.scopes import EVERYBODY, Scope, of_mentors
from kernel.spans import Span
from scheduling.states import HELD


@dataclass(frozen=True, slots=True)
class Cohort:
    """The clients whose first session was in part `number` (from 0) of the span.

    `back` counts, by how many months later, those who had another session in that month.
    """

    number: int
    clients: int
    back: Mapping[int, int]


# Part 0 is before the span: whose first session was there is in none of its cohorts.
_READ = f"""
    WITH held AS (
        SELECT DISTINCT client_id, width_bucket(starts_at, %(bounds)s::timestamptz[]) AS part
        FROM scheduling_session
        WHERE state = ANY(%(held)s) AND starts_at < %(until)s AND {of_mentors("mentor_id")}
    ), newcomer AS (
        SELECT client_id, min(part) AS part FROM held GROUP BY client_id
    )
    SELECT newcomer.part - 1, held.part - newcomer.part, count(*)
    FROM newcomer JOIN held USING (client_id)
    WHERE newcomer.part >= 1
    GROUP BY 1, 2
"""  # noqa: S608 - constants


def cohorts(*, span: Span, scope: Scope = EVERYBODY) -> list[Cohort]:
    """Return a cohort of each month of the span, empty ones too; one query.

    With a scope it is the first session with these mentors, and coming back to them.
    """
    values = {
        "bounds": span.bounds,
        "until": span.until,
        "held": [str(state) for state in HELD],
        **scope.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        rows = cursor.fetchall()
    counts: list[dict[int, int]] = [{} for _ in span.parts]
    for number, later, clients in rows:
        counts[number][later] = clients
    return [
        Cohort(number, of_month.get(0, 0), {n: c for n, c in of_month.items() if n})
        for number, of_month in enumerate(counts)
    ]
