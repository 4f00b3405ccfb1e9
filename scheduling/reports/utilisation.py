"""How much of the time that mentors offered was used by sessions."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.scopes import EVERYBODY, Scope, of_mentors
from kernel.spans import Span
from scheduling.states import HELD, State

USED = (State.CONFIRMED, State.IN_PROGRESS, *HELD)


@dataclass(frozen=True, slots=True)
class Used:
    """One part of a span: minutes that were offered and used, on `days` whose hours are kept."""

    offered_minutes: int = 0
    used_minutes: int = 0
    sessions: int = 0
    days: int = 0


# A meeting is used once, however many seats of it are taken, and counts on the day it begins.
# Only days whose hours were kept count, on both sides.
_READ = f"""
    WITH kept AS (
        SELECT day, width_bucket(day, %(days)s::date[]) AS part FROM (
            SELECT DISTINCT day FROM scheduling_offeredday
            WHERE day >= %(first)s AND day <= %(last)s
        ) AS day_of
    ), offered AS (
        SELECT part, sum(minutes)::bigint AS minutes
        FROM scheduling_offeredday JOIN kept USING (day)
        WHERE {of_mentors("mentor_id")} GROUP BY part
    ), used AS (
        SELECT kept.part, count(*) AS sessions,
            sum(extract(epoch FROM upper(meeting.during) - lower(meeting.during)) / 60)::bigint
                AS minutes
        FROM scheduling_meeting AS meeting
            JOIN kept ON kept.day = (lower(meeting.during) AT TIME ZONE %(zone)s)::date
        WHERE meeting.during && tstzrange(%(since)s, %(until)s)
          AND EXISTS (SELECT 1 FROM scheduling_session AS session
              WHERE session.meeting_id = meeting.id AND session.state = ANY(%(used)s))
          AND {of_mentors("meeting.mentor_id")}
        GROUP BY kept.part
    )
    SELECT part, coalesce(offered.minutes, 0), coalesce(used.minutes, 0),
        coalesce(used.sessions, 0), days
    FROM (SELECT part, count(*) AS days FROM kept GROUP BY part) AS of_part
        LEFT JOIN offered USING (part) LEFT JOIN used USING (part)
"""  # noqa: S608 - constants


def utilisation(*, span: Span, scope: Scope = EVERYBODY) -> list[Used]:
    """Return each part's minutes, empty ones too; one query."""
    values = {
        "days": [part.first for part in span.parts],
        "first": span.first,
        "last": span.last,
        "since": span.since,
        "until": span.until,
        "zone": span.zone,
        "used": [str(state) for state in USED],
        **scope.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        found = {part: Used(*figures) for part, *figures in cursor.fetchall()}
    return [found.get(number, Used()) for number in range(1, len(span.parts) + 1)]


def kept_since() -> date | None:
    """Return the first day whose hours are kept; one look at an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(day) FROM scheduling_offeredday")
        found: date | None = cursor.fetchone()[0]
    return found
