"""Meetings to come follow their mentor: the gap behind them, and the date they count under.

Moves none and ends none. Both functions expect the transaction that holds the mentor's schedule,
and take the meetings in the order of time, before the counters of days and of weeks.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from scheduling.diaries import unix
from scheduling.hours import Availability, local_day
from scheduling.models import Meeting


@dataclass(frozen=True, slots=True)
class KeptGap:
    """A meeting to come that keeps another gap behind it than the mentor now asks for."""

    starts_at: datetime
    ends_at: datetime
    gap_minutes: int


# Note [One gap]: a meeting's blocked time begins with the meeting, so a longer gap can only meet
# the start of the next one, and no start moves: each meeting is decided for itself, in one
# statement, and the exclusion constraint never sees two of them in between.
_REGAP = """
    WITH coming AS (
        SELECT id FROM scheduling_meeting
        WHERE mentor_id = %(mentor)s AND live AND lower(during) > %(now)s
            AND gap_minutes <> %(gap)s
        ORDER BY during
        FOR NO KEY UPDATE
    )
    UPDATE scheduling_meeting AS meeting
    SET gap_minutes = %(gap)s,
        blocked = tstzrange(lower(during), upper(during) + make_interval(mins => %(gap)s))
    FROM coming
    WHERE meeting.id = coming.id AND NOT EXISTS (
        SELECT 1 FROM scheduling_meeting AS other
        WHERE other.mentor_id = meeting.mentor_id AND other.live AND other.id <> meeting.id
            AND lower(other.during) >= upper(meeting.during)
            AND lower(other.during) < upper(meeting.during) + make_interval(mins => %(gap)s)
    )
"""


def regap(*, mentor_id: UUID, gap_minutes: int, now: datetime) -> list[KeptGap]:
    """Keep `gap_minutes` free behind each meeting after `now`, unless the next one is in them.

    Returns the meetings that keep another gap, in the order of time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REGAP, {"mentor": mentor_id, "gap": gap_minutes, "now": now})
    kept = (
        Meeting.objects.filter(mentor_id=mentor_id, live=True, during__startswith__gt=now)
        .exclude(gap_minutes=gap_minutes)
        .order_by("during")
        .values_list("during", "gap_minutes")
    )
    return [KeptGap(during.lower, during.upper, gap) for during, gap in kept]


# A limit is that of the latest booking; the next one brings it again.
_FEWER = """
    UPDATE scheduling_{table} SET count = count - %(by)s
    WHERE mentor_id = %(mentor)s AND {column} = %(day)s
"""
_MORE = """
    INSERT INTO scheduling_{table} (mentor_id, {column}, count, maximum)
    VALUES (%(mentor)s, %(day)s, %(by)s, NULL)
    ON CONFLICT (mentor_id, {column}) DO UPDATE
        SET count = scheduling_{table}.count + excluded.count, maximum = NULL
"""
_COUNTERS = (("daycount", "day"), ("weekcount", "monday"))


def redate(*, mentor_id: UUID, availability: Availability, now: datetime) -> int:
    """Count each meeting after `now` under its date by the clock of `availability`.

    Returns how many have another date than before.
    """
    coming = (
        Meeting.objects.select_for_update(no_key=True)
        .filter(mentor_id=mentor_id, live=True, during__startswith__gt=now)
        .order_by("during")
    )
    moved = []
    days: Counter[date] = Counter()
    for meeting in coming:
        day = local_day(availability, unix(meeting.during.lower))
        if day is not None and day != meeting.day.toordinal():
            days[meeting.day] -= 1
            meeting.day = date.fromordinal(day)
            days[meeting.day] += 1
            moved.append(meeting)
    if moved:
        Meeting.objects.bulk_update(moved, ["day"])
        weeks: Counter[date] = Counter()
        for on, change in days.items():
            weeks[on - timedelta(days=on.weekday())] += change
        for (table, column), changes in zip(_COUNTERS, (days, weeks), strict=True):
            _shift(mentor_id, table, column, changes)
    return len(moved)


def _shift(mentor_id: UUID, table: str, column: str, changes: Counter[date]) -> None:
    with connection.cursor() as cursor:
        for day, change in sorted(changes.items()):
            if change:
                sql = (_MORE if change > 0 else _FEWER).format(table=table, column=column)
                cursor.execute(sql, {"mentor": mentor_id, "day": day, "by": abs(change)})
