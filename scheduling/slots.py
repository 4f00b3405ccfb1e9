"""Which starts a mentor's rules offer. Pure; knows no table, no clock and no price.

Listing and booking ask the same functions, so they cannot disagree. Instants are Unix seconds,
days are ordinals, as in `scheduling.hours`, which makes the mentor's wall clock into instants.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scheduling import grids
from scheduling.hours import (
    DAY,
    EPOCH,
    MINUTE,
    Availability,
    Interval,
    days,
    merged,
    open_intervals,
    subtract,
)


class Reason(StrEnum):
    """Why a start is not offered; the first that applies, in this order."""

    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    CLOSED = "closed"
    AWAY = "away"
    OFF_GRID = "off_grid"
    TAKEN = "taken"
    EXTERNAL = "external_calendar"
    DAY_FULL = "day_full"
    WEEK_FULL = "week_full"


@dataclass(frozen=True, slots=True)
class Rules:
    """The booking rules of one session type, the mentor's defaults filled in."""

    duration_minutes: int
    step_minutes: int
    gap_minutes: int = 0
    notice_minutes: int = 0
    window_days: int = 400
    max_per_day: int | None = None
    max_per_week: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What is sold: the blocked times (gap included) and the number of meetings per day.

    `external` is when the mentor's calendars elsewhere are busy; it counts for no day's limit.
    """

    blocked: Sequence[Interval] = ()
    per_day: Mapping[int, int] = field(default_factory=dict)
    external: Sequence[Interval] = ()


def slots(
    *,
    availability: Availability,
    rules: Rules,
    taken: Taken,
    start: int,
    end: int,
    now: int,
) -> list[int]:
    """Return every start in [start, end) that may be booked at `now`, sorted.

    A start is offered when the whole duration is open, the duration and the gap behind it meet
    nothing blocked, notice and window are kept (both inclusive), the wall clock is a multiple
    of the step, and neither its day nor its week is full.
    """
    low = max(start, now + rules.notice_minutes * MINUTE)
    high = min(end - 1, now + rules.window_days * DAY)
    if high < low:
        return []
    starts = _open_starts(availability, rules, low, high)
    # A start is lost to a time when the duration, for what is sold the gap too, reaches into it.
    duration = rules.duration_minutes * MINUTE
    if availability.time_off:
        starts = _without(starts, availability.time_off, duration)
    sold = [*taken.blocked, *taken.external] if taken.external else taken.blocked
    starts = _without(starts, sold, duration + rules.gap_minutes * MINUTE)
    if starts and (rules.max_per_day is not None or rules.max_per_week is not None):
        full = (
            (segment.start, segment.end)
            for day, segment in days(availability, starts[0], starts[-1] + 1)
            if _full(rules, taken, day)
        )
        starts = _without(starts, full, 1)
    return starts


def first_slot(
    *, availability: Availability, rules: Rules, taken: Taken, now: int, chunk_days: int = 14
) -> int | None:
    """Return the earliest start that may be booked, or None; looks no further than it must."""
    begin = now
    while begin <= now + rules.window_days * DAY:
        end = begin + chunk_days * DAY
        found = slots(
            availability=availability, rules=rules, taken=taken, start=begin, end=end, now=now
        )
        if found:
            return found[0]
        begin, chunk_days = end, chunk_days * 2
    return None


def why_not(
    *, availability: Availability, rules: Rules, taken: Taken, at: int, now: int
) -> Reason | None:
    """Return why `at` is not offered; None exactly where `slots` lists it."""
    if at < now + rules.notice_minutes * MINUTE:
        return Reason.TOO_SOON
    if at > now + rules.window_days * DAY:
        return Reason.TOO_FAR
    end = at + rules.duration_minutes * MINUTE
    opened = _opened(availability, at, end)
    if not _covered(opened, at, end):
        return Reason.CLOSED
    if not _covered(subtract(opened, merged(availability.time_off)), at, end):
        return Reason.AWAY
    owner = next((s for s in days(availability, at, at + 1) if s[1].start <= at < s[1].end), None)
    if owner is None or (at - owner[1].origin) % (rules.step_minutes * MINUTE):
        return Reason.OFF_GRID
    guard = end + rules.gap_minutes * MINUTE
    if any(start < guard and at < stop for start, stop in taken.blocked):
        return Reason.TAKEN
    if any(start < guard and at < stop for start, stop in taken.external):
        return Reason.EXTERNAL
    return _full(rules, taken, owner[0])


def _opened(availability: Availability, start: int, end: int) -> list[Interval]:
    first = start // DAY + EPOCH - 1
    return open_intervals(availability=availability, first=first, last=end // DAY + EPOCH + 1)


def _covered(intervals: Iterable[Interval], start: int, end: int) -> bool:
    return any(opens <= start and end <= closes for opens, closes in intervals)


def _open_starts(availability: Availability, rules: Rules, low: int, high: int) -> list[int]:
    """Return the starts of the grid in [low, high] whose whole duration is open."""
    duration, step = rules.duration_minutes * MINUTE, rules.step_minutes * MINUTE
    first, last = low // DAY + EPOCH - 1, (high + duration) // DAY + EPOCH + 1
    week = grids.plain_week(availability, duration=duration, step=step)
    if availability.travel:
        own = grids.grid((segment for _, segment in days(availability, low, high + 1)), step)
        blocks: list[grids.Block] = [((), own)]
    else:
        blocks = grids.blocks(availability.time_zone, step, first, last)
    starts: list[int] = []
    if week is None or not all(ordinals for ordinals, _ in blocks):
        opened = open_intervals(availability=availability, first=first, last=last)
        for _, grid in blocks:
            starts += _within(grid, opened, duration)
    else:
        pieces, apart = week
        for ordinals, grid in blocks:
            for day, weekday, index in ordinals:
                if index is not None and day not in apart:
                    for _, _, begin, stop in pieces[weekday]:
                        starts += grid[index + begin : index + stop]
                elif apart.get(day, pieces[weekday]):
                    opened = open_intervals(availability=availability, first=day, last=day)
                    starts += _within(grid, opened, duration)
    del starts[bisect_right(starts, high) :], starts[: bisect_left(starts, low)]
    return starts


def _within(grid: Sequence[int], opened: Iterable[Interval], duration: int) -> list[int]:
    """Return the starts of a grid at which the duration lies in an open interval."""
    starts: list[int] = []
    for opens, closes in opened:
        starts += grid[bisect_left(grid, opens) : bisect_right(grid, closes - duration)]
    return starts


def _without(starts: list[int], periods: Iterable[Interval], reach: int) -> list[int]:
    """Return the starts, sorted as they are, that are `reach` seconds before no period or more.

    A start inside a period is lost, and so is one less than `reach` before it.
    """
    left: list[int] = []
    at = 0
    for begin, stop in sorted(periods):
        lost = bisect_right(starts, begin - reach, at)
        if lost > at:
            left += starts[at:lost]
        at = bisect_left(starts, stop, lost)
    left += starts[at:]
    return left


def _full(rules: Rules, taken: Taken, day: int) -> Reason | None:
    if rules.max_per_day is not None and taken.per_day.get(day, 0) >= rules.max_per_day:
        return Reason.DAY_FULL
    if rules.max_per_week is not None:
        monday = day - (day - 1) % 7
        held = sum(taken.per_day.get(monday + offset, 0) for offset in range(7))
        if held >= rules.max_per_week:
            return Reason.WEEK_FULL
    return None
