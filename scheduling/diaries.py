"""Read what the slot rules need to know of mentors: hours, rules, and what is taken.

Six queries for any number of mentors and rows. Decides nothing; `scheduling.slots` does.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, Prefetch, Q, Value

from scheduling.hours import Availability, DateHours, Travel, weekly_hours
from scheduling.models import (
    DateOverride,
    ExternalBusy,
    Meeting,
    Schedule,
    Session,
    SessionType,
    TimeOff,
)
from scheduling.slots import Rules, Taken

# A meeting and its gap may last a day each, and a local date is a day from the UTC one.
MARGIN = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Diary:
    """One mentor's hours, booking rules and taken times over the period that was asked for."""

    schedule: Schedule
    availability: Availability
    taken: Taken

    def rules(self, session_type: SessionType) -> Rules:
        """Return the booking rules of a type: its own where set, the schedule's elsewhere."""
        own, default = session_type, self.schedule
        return Rules(
            duration_minutes=own.duration_minutes,
            step_minutes=_first(own.step_minutes, default.step_minutes),
            gap_minutes=default.gap_minutes,
            notice_minutes=_first(own.notice_minutes, default.notice_minutes),
            window_days=_first(own.window_days, default.window_days),
            max_per_day=own.max_per_day or default.max_per_day,
            max_per_week=own.max_per_week or default.max_per_week,
        )


def _first(own: int | None, default: int) -> int:
    return default if own is None else own


def read_diaries(
    *,
    mentor_ids: Iterable[UUID],
    start: datetime,
    end: datetime,
    now: datetime,
    without: UUID | None = None,
) -> dict[UUID, Diary]:
    """Return the diary of each mentor that has a schedule, fit for slots in [start, end).

    A hold whose time is over at `now` counts as free, whether or not it was swept; so does the
    meeting `without`, which is about to move.
    """
    schedules = read_schedules(mentor_ids=mentor_ids, start=start, end=end)
    first, last = (start - MARGIN).date(), (end + MARGIN).date()
    mentors = [schedule.mentor_id for schedule in schedules]
    taken = _taken(mentors, first, last, now, without)
    return {
        schedule.mentor_id: Diary(
            schedule, availability_of(schedule), taken.get(schedule.mentor_id, Taken())
        )
        for schedule in schedules
    }


def read_schedules(*, mentor_ids: Iterable[UUID], start: datetime, end: datetime) -> list[Schedule]:
    """Return the mentors' schedules with the rules that count in [start, end) (five queries)."""
    first, last = (start - MARGIN).date(), (end + MARGIN).date()
    return list(
        Schedule.objects.filter(mentor_id__in=list(mentor_ids)).prefetch_related(
            "weekly_rules",
            "travel_zones",
            Prefetch(
                "date_overrides", DateOverride.objects.filter(date__gte=first, date__lte=last)
            ),
            Prefetch(
                "times_off",
                TimeOff.objects.filter(during__overlap=(start - MARGIN, end + MARGIN)),
            ),
        )
    )


def availability_of(schedule: Schedule) -> Availability:
    """Return what a schedule from `read_schedules` says of the mentor's hours."""
    return Availability(
        time_zone=schedule.time_zone,
        weekly=[
            weekly_hours(
                rule.weekday, rule.start_minute, rule.end_minute, rule.valid_from, rule.valid_to
            )
            for rule in schedule.weekly_rules.all()
        ],
        overrides=[
            DateHours(row.date, row.start_minute, row.end_minute)
            for row in schedule.date_overrides.all()
        ],
        travel=[
            Travel(row.from_date, row.to_date, row.time_zone) for row in schedule.travel_zones.all()
        ],
        time_off=[
            (unix(row.during.lower), unix(row.during.upper)) for row in schedule.times_off.all()
        ],
    )


def _taken(
    mentor_ids: list[UUID], first: date, last: date, now: datetime, without: UUID | None
) -> dict[UUID, Taken]:
    """Return what is taken per mentor, whole weeks of it, because weeks have limits.

    Sessions and the mentors' calendars elsewhere in one query; the latter have no day.
    """
    external = ExternalBusy.objects.filter(
        calendar__schedule__mentor_id__in=mentor_ids,
        during__overlap=(midnight(first), midnight(last + timedelta(days=1))),
    ).values_list("calendar__schedule__mentor_id", "during", Value(None, DateField()))
    lapsed = Session.objects.overdue(now=now).filter(meeting=OuterRef("pk"))
    rows: Iterable[tuple[UUID, Any, date | None]] = (
        Meeting.objects.filter(
            Q(day__gte=first - timedelta(days=first.weekday())),
            Q(day__lte=last + timedelta(days=6 - last.weekday())),
            # A group meeting stands whatever becomes of the seats in it.
            Q(session_type__isnull=False) | ~Exists(lapsed),
            ~Q(pk=without) if without else Q(),
            mentor_id__in=mentor_ids,
            live=True,
        )
        .values_list("mentor_id", "blocked", "day")
        .union(external, all=True)
        .order_by("mentor_id", "blocked")
    )
    blocked: dict[UUID, list[tuple[int, int]]] = {}
    per_day: dict[UUID, Counter[int]] = {}
    elsewhere: dict[UUID, list[tuple[int, int]]] = {}
    for mentor_id, period, day in rows:
        times = elsewhere if day is None else blocked
        times.setdefault(mentor_id, []).append((unix(period.lower), unix(period.upper)))
        if day is not None:
            per_day.setdefault(mentor_id, Counter())[day.toordinal()] += 1
    return {
        mentor_id: Taken(
            blocked.get(mentor_id, ()), per_day.get(mentor_id, {}), elsewhere.get(mentor_id, ())
        )
        for mentor_id in blocked.keys() | elsewhere.keys()
    }


def midnight(day: date) -> datetime:
    """Return when a day begins in UTC."""
    return datetime.combine(day, time.min, UTC)


def unix(at: datetime) -> int:
    """Return whole Unix seconds of an aware instant."""
    return int(at.timestamp())
