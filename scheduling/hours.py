"""A mentor's hours as instants. Pure; knows no booking, no table and no clock.

Instants are Unix seconds, days are ordinals (`date.toordinal`), periods are half-open. A wall
clock becomes an instant in one place, `instant`, with zoneinfo: inside the gap of a transition
the offset before it counts (02:30 becomes 03:30), in an overlap the first occurrence does, as
in RFC 5545.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from kernel.errors import Invalid

MINUTE = 60
DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()

type Interval = tuple[int, int]


class BadHours(Invalid):
    """Opening hours that end before they start, or leave the day."""

    code = "bad_hours"


def check_hours(start_minute: int, end_minute: int) -> None:
    """Raise BadHours unless 0 ≤ start < end ≤ 1440 (24:00 is an end, not a start)."""
    if not 0 <= start_minute < end_minute <= DAY // MINUTE:
        raise BadHours(
            f"Hours from minute {start_minute} to minute {end_minute} do not lie in one day with "
            "the end after the start. End at 1440 (24:00) and start the rest on the next day."
        )


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Open each `weekday` (0 is Monday) between two minutes of the wall clock."""

    weekday: int
    start_minute: int
    end_minute: int
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        check_hours(self.start_minute, self.end_minute)


@lru_cache(maxsize=1 << 12)
def weekly_hours(
    weekday: int,
    start_minute: int,
    end_minute: int,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> WeeklyHours:
    """Return the hours as a value that all mentors who keep them share; raises BadHours."""
    return WeeklyHours(weekday, start_minute, end_minute, valid_from, valid_to)


@dataclass(frozen=True, slots=True)
class DateHours:
    """The hours of one date in place of the weekly ones; without minutes it is closed."""

    date: date
    start_minute: int | None = None
    end_minute: int | None = None

    def __post_init__(self) -> None:
        if self.start_minute is not None and self.end_minute is not None:
            check_hours(self.start_minute, self.end_minute)


@dataclass(frozen=True, slots=True)
class Travel:
    """Between two dates, both inclusive, the wall clock is that of another zone."""

    from_date: date
    to_date: date
    time_zone: str


@dataclass(frozen=True, slots=True)
class Availability:
    """When a mentor is open, as he wrote it."""

    time_zone: str
    weekly: Sequence[WeeklyHours] = ()
    overrides: Sequence[DateHours] = ()
    travel: Sequence[Travel] = ()
    time_off: Sequence[Interval] = ()


@lru_cache(maxsize=1 << 16)
def instant(zone: str, day: int, minute: int) -> int:
    """Return when the wall clock of `zone` shows `minute` (0–1440) on `day`. The one place."""
    beyond, minute = divmod(minute, 1440)
    on = date.fromordinal(day + beyond)
    wall = datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
    return int(wall.timestamp())


def zone_on(availability: Availability, day: int) -> str:
    """Return the zone whose wall clock counts on `day`."""
    for travel in availability.travel:
        if travel.from_date.toordinal() <= day <= travel.to_date.toordinal():
            return travel.time_zone
    return availability.time_zone


def open_intervals(*, availability: Availability, first: int, last: int) -> list[Interval]:
    """Return the open times of the days `first` to `last`, merged and sorted, time off kept in.

    Hours that a gap of the clock swallows (02:00–03:00 on the day without them) are left out.
    """
    weekly: list[list[WeeklyHours]] = [[] for _ in range(7)]
    for hours in availability.weekly:
        weekly[hours.weekday].append(hours)
    overridden: dict[int, list[DateHours]] = {}
    for override in availability.overrides:
        overridden.setdefault(override.date.toordinal(), []).append(override)
    home = None if availability.travel else availability.time_zone

    found: list[Interval] = []
    for day in range(first, last + 1):
        spans: Iterable[WeeklyHours | DateHours] = overridden.get(day) or weekly[(day - 1) % 7]
        if not spans:
            continue
        zone = home or zone_on(availability, day)
        midnight = instant(zone, day, 0)
        even = instant(zone, day + 1, 0) - midnight == DAY
        for span in spans:
            if span.start_minute is None or span.end_minute is None:
                continue
            if isinstance(span, WeeklyHours) and not _valid(span, day):
                continue
            if even:
                start = midnight + span.start_minute * MINUTE
                end = midnight + span.end_minute * MINUTE
            else:
                start = instant(zone, day, span.start_minute)
                end = instant(zone, day, span.end_minute)
            if start < end:
                found.append((start, end))
    return merged(found)


def _valid(hours: WeeklyHours, day: int) -> bool:
    after = hours.valid_from is None or hours.valid_from.toordinal() <= day
    return after and (hours.valid_to is None or day <= hours.valid_to.toordinal())


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same times without overlaps; intervals that touch become one."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def subtract(intervals: Iterable[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """Return `intervals` without `holes`; both merged and sorted."""
    result: list[Interval] = []
    index = 0
    for interval in intervals:
        start, end = interval
        while index < len(holes) and holes[index][1] <= start:
            index += 1
        ahead = index
        while ahead < len(holes) and holes[ahead][0] < end:
            if holes[ahead][0] > start:
                result.append((start, holes[ahead][0]))
            start = max(start, holes[ahead][1])
            ahead += 1
        if start < end:
            result.append((start, end))
    return result


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one local day under one offset; the grid counts from `origin`.

    `origin` is the local midnight by that offset, so the grid is the wall clock's: after a
    change of the clock it goes on with the clock.
    """

    start: int
    end: int
    origin: int


@lru_cache(maxsize=1 << 16)
def segments(zone: str, day: int) -> tuple[Segment, ...]:
    """Return the stretches of a local day; more than one where the clock changes in it."""
    start, end = instant(zone, day, 0), instant(zone, day + 1, 0)
    if end - start == DAY:
        return (Segment(start, end, start),)
    info = ZoneInfo(zone)
    result = []
    while start < end:
        offset = _offset(info, start)
        stop = _first_change(info, start, end)
        local = start + offset
        result.append(Segment(start, stop, local - local % DAY - offset))
        start = stop
    return tuple(result)


def _offset(info: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, info).utcoffset()
    assert offset is not None  # noqa: S101 - an aware datetime has one
    return int(offset.total_seconds())


def _first_change(info: ZoneInfo, start: int, end: int) -> int:
    """Return where the offset of `start` ends, at most `end` (one change a day is assumed)."""
    offset = _offset(info, start)
    if _offset(info, end - 1) == offset:
        return end
    low, high = start, end - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(info, middle) == offset else (low, middle)
    return high


def days(availability: Availability, start: int, end: int) -> Iterator[tuple[int, Segment]]:
    """Yield (day, segment) that make up [start, end), each instant in at most one of them.

    When travel makes two local days overlap, the earlier day keeps the time.
    """
    margin = 3 if availability.travel else 1
    home = None if availability.travel else availability.time_zone
    reached = 0
    for day in range(start // DAY + EPOCH - margin, (end - 1) // DAY + EPOCH + 2):
        for segment in segments(home or zone_on(availability, day), day):
            if segment.start < reached:
                if segment.end <= reached:
                    continue
                yield day, Segment(reached, segment.end, segment.origin)
            else:
                yield day, segment
            reached = segment.end


def local_day(availability: Availability, at: int) -> int | None:
    """Return the mentor's own day of an instant; None in the hole that travel may leave."""
    for day, segment in days(availability, at, at + 1):
        if segment.start <= at < segment.end:
            return day
    return None
