"""A mentor's timetable as one value: read it, and replace it whole.

Knows its rows; the meetings to come follow in `scheduling.adjustments`. Which instants it opens
is `scheduling.hours`; who may write it is decided elsewhere.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise
from operator import attrgetter

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from accounts.models import Mentor, validate_time_zone
from kernel.errors import Invalid
from scheduling import adjustments
from scheduling.adjustments import KeptGap
from scheduling.hours import Availability, DateHours, Travel, WeeklyHours
from scheduling.models import (
    DateOverride,
    Schedule,
    TimeOff,
    TravelZone,
    WeeklyRule,
)

RULES = (
    "step_minutes",
    "gap_minutes",
    "notice_minutes",
    "window_days",
    "max_per_day",
    "max_per_week",
)


class UnknownZone(Invalid):
    """The name is no IANA time zone."""

    code = "unknown_time_zone"


class TravelOverlaps(Invalid):
    """Two journeys claim the same date, or one ends before it begins: a date has one zone."""

    code = "travel_overlaps"


class DateContradicts(Invalid):
    """The same date is both closed and given hours."""

    code = "date_contradicts"


class EmptyTimeOff(Invalid):
    """A time off ends before it begins."""

    code = "empty_time_off"


@dataclass(frozen=True, slots=True)
class BookingRules:
    """The mentor's booking rules; a session type may override all but the gap."""

    step_minutes: int
    gap_minutes: int
    notice_minutes: int
    window_days: int
    max_per_day: int | None = None
    max_per_week: int | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Instants in which the mentor is away, and why."""

    starts_at: datetime
    ends_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Timetable:
    """All that a mentor says about when he may be booked; the parts in the order of time."""

    time_zone: str
    rules: BookingRules
    weekly: Sequence[WeeklyHours] = ()
    overrides: Sequence[DateHours] = ()
    time_off: Sequence[Away] = ()
    travel: Sequence[Travel] = ()


def timetable_of(*, mentor: Mentor) -> Timetable:
    """Return the mentor's timetable (five queries); nothing open for one who never wrote it."""
    schedule = _schedules(mentor).first()
    return read(schedule=schedule or _unwritten(mentor))


def locked(*, mentor: Mentor) -> Schedule:
    """Return the mentor's schedule, made where it is missing, locked until the commit."""
    rows = _schedules(mentor).select_for_update(no_key=True, of=("self",))
    schedule = rows.first()
    if schedule is None:
        rows.bulk_create([_unwritten(mentor)], ignore_conflicts=True)
        schedule = rows.get()
    return schedule


def read(*, schedule: Schedule) -> Timetable:
    """Return what the rows of a schedule say; asks nothing where they came with it."""
    unsaved = schedule._state.adding  # noqa: SLF001 - Django's own word for it
    weekly = [] if unsaved else schedule.weekly_rules.all()
    overrides = [] if unsaved else schedule.date_overrides.all()
    times_off = [] if unsaved else schedule.times_off.all()
    travel = [] if unsaved else schedule.travel_zones.all()
    return Timetable(
        time_zone=schedule.time_zone,
        rules=BookingRules(**{name: getattr(schedule, name) for name in RULES}),
        weekly=sorted((WeeklyHours(*_weekly_key(row)) for row in weekly), key=_by_weekday),
        overrides=sorted((DateHours(*_date_key(row)) for row in overrides), key=_by_date),
        time_off=sorted(
            (Away(row.during.lower, row.during.upper, row.reason) for row in times_off),
            key=attrgetter("starts_at", "ends_at", "reason"),
        ),
        travel=sorted((Travel(*_travel_key(row)) for row in travel), key=_by_departure),
    )


def replace(*, schedule: Schedule, timetable: Timetable, now: datetime) -> list[KeptGap]:
    """Make a locked schedule say `timetable`; return the meetings to come that keep their gap.

    What is the same stays; the rest costs a DELETE and an INSERT a table at most. The gap behind
    a meeting that begins after `now` becomes the new one, unless that would reach into the
    next meeting; by another clock it may count under another date. Expects a transaction.

    Raises UnknownZone, TravelOverlaps, DateContradicts or EmptyTimeOff.
    """
    check(timetable)
    values = {"time_zone": timetable.time_zone} | {
        name: getattr(timetable.rules, name) for name in RULES
    }
    changed = [name for name, value in values.items() if getattr(schedule, name) != value]
    for name in changed:
        setattr(schedule, name, values[name])
    if changed:
        schedule.save(update_fields=changed)
    _exchange(
        schedule.weekly_rules.all(),
        [WeeklyRule(schedule=schedule, **asdict(hours)) for hours in timetable.weekly],
        key=_weekly_key,
    )
    _exchange(
        schedule.date_overrides.all(),
        [DateOverride(schedule=schedule, **asdict(hours)) for hours in timetable.overrides],
        key=_date_key,
    )
    _exchange(
        schedule.times_off.all(),
        [
            TimeOff(
                schedule=schedule,
                during=DateTimeTZRange(away.starts_at, away.ends_at),
                reason=away.reason,
            )
            for away in timetable.time_off
        ],
        key=attrgetter("during", "reason"),
    )
    travels = _exchange(
        schedule.travel_zones.all(),
        [TravelZone(schedule=schedule, **asdict(travel)) for travel in timetable.travel],
        key=_travel_key,
    )
    if travels or "time_zone" in changed:
        by_clock = Availability(timetable.time_zone, travel=timetable.travel)
        adjustments.redate(mentor_id=schedule.mentor_id, availability=by_clock, now=now)
    return adjustments.regap(
        mentor_id=schedule.mentor_id, gap_minutes=schedule.gap_minutes, now=now
    )


def check(timetable: Timetable) -> None:
    """Refuse what cannot be meant; `pointer` in the facts names the very item."""
    _check_zone(timetable.time_zone, "/time_zone")
    for index, travel in enumerate(timetable.travel):
        _check_zone(travel.time_zone, f"/travel/{index}/time_zone")
    _check_travel(timetable.travel)
    closed = {hours.date for hours in timetable.overrides if hours.start_minute is None}
    for index, hours in enumerate(timetable.overrides):
        if hours.start_minute is not None and hours.date in closed:
            raise DateContradicts(
                f"{hours.date} is closed in one place and has hours in another. Leave one out.",
                pointer=f"/overrides/{index}",
            )
    for index, away in enumerate(timetable.time_off):
        if away.ends_at <= away.starts_at:
            raise EmptyTimeOff(
                f"The time off from {away.starts_at:%Y-%m-%d %H:%M} UTC does not end after it "
                "begins. Swap the two, or leave it out.",
                pointer=f"/time_off/{index}",
            )


def _check_zone(name: str, pointer: str) -> None:
    try:
        validate_time_zone(name)
    except ValidationError as error:
        raise UnknownZone(" ".join(error.messages), pointer=pointer) from None


def _check_travel(journeys: Sequence[Travel]) -> None:
    for index, travel in enumerate(journeys):
        if travel.to_date < travel.from_date:
            raise TravelOverlaps(
                f"The journey from {travel.from_date} ends on {travel.to_date}, before it begins.",
                pointer=f"/travel/{index}",
            )
    in_order = sorted(enumerate(journeys), key=lambda pair: _by_departure(pair[1]))
    for (_, before), (index, after) in pairwise(in_order):
        if after.from_date <= before.to_date:
            raise TravelOverlaps(
                f"The journey to {after.time_zone} begins on {after.from_date}, while the one to "
                f"{before.time_zone} lasts until {before.to_date}. A date has one time zone: end "
                "the first one a day before the second begins.",
                pointer=f"/travel/{index}",
            )


def _schedules(mentor: Mentor) -> QuerySet[Schedule]:
    return (
        Schedule.objects.filter(mentor=mentor)
        .order_by("pk")
        .prefetch_related("weekly_rules", "date_overrides", "times_off", "travel_zones")
    )


def _unwritten(mentor: Mentor) -> Schedule:
    return Schedule(mentor=mentor, time_zone=mentor.user.time_zone)


def _exchange[Row: models.Model](
    present: QuerySet[Row], wanted: Iterable[Row], *, key: Callable[[Row], Hashable]
) -> bool:
    """Delete the rows that nobody wants, insert those that are missing; say whether any was."""
    missing = {key(row): row for row in wanted}
    gone = [row.pk for row in present if missing.pop(key(row), None) is None]
    if gone:
        present.model._default_manager.filter(pk__in=gone).delete()  # noqa: SLF001 - Django's API
    if missing:
        present.model._default_manager.bulk_create(missing.values())  # noqa: SLF001
    return bool(gone or missing)


_weekly_key = attrgetter("weekday", "start_minute", "end_minute", "valid_from", "valid_to")
_date_key = attrgetter("date", "start_minute", "end_minute")
_travel_key = attrgetter("from_date", "to_date", "time_zone")
_by_departure = _travel_key


def _by_weekday(hours: WeeklyHours) -> tuple[int, int, int, date, date]:
    return (
        hours.weekday,
        hours.start_minute,
        hours.end_minute,
        hours.valid_from or date.min,
        hours.valid_to or date.max,
    )


def _by_date(hours: DateHours) -> tuple[date, int, int]:
    return hours.date, hours.start_minute or 0, hours.end_minute or 0
