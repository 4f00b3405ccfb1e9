"""The grid of starts that a wall clock has, and what a plain week opens of it. Pure.

Making instants of the wall clock is most of what slots cost, and a thousand mentors live in a few
zones: the grid of a zone is made once for all of them. A week is plain where hours come back each
week, stay off midnight and do not meet: then each day stands alone, and what is open of a grid is
known without an instant. `scheduling.slots` reads every other week, and so each day on which the
clock changes or that has hours of its own, by its intervals; `tests/scheduling/test_grids.py`
holds the two ways together.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from scheduling import hours
from scheduling.hours import DAY, MINUTE, Availability, Segment

# A start takes 40 bytes: half hours of so many days are 30 kB, steps of five minutes 184 kB. A
# process keeps so many blocks at the most, 4 to 24 MB; one that was dropped is made anew.
BLOCK_DAYS = 16
BLOCKS_KEPT = 128


# From which second of the day to which it is open, and which piece of the day's grid that is.
type Piece = tuple[int, int, int, int]


class Week(NamedTuple):
    """The pieces of each weekday; `apart` says of days whether they have hours of their own."""

    pieces: Sequence[Sequence[Piece]]
    apart: Mapping[int, bool]


# A day is (ordinal, weekday, index of its first start; None where the clock changes). A block is
# some days, none where one of them does not stand alone, and all their starts.
type Day = tuple[int, int, int | None]
type Block = tuple[Sequence[Day], Sequence[int]]


def plain_week(availability: Availability, *, duration: int, step: int) -> Week | None:
    """Return which starts of a day leave room for `duration` (seconds); None if not plain."""
    if availability.travel:
        return None
    apart: dict[int, bool] = {}
    for override in availability.overrides:
        if override.start_minute == 0 or override.end_minute == DAY // MINUTE:
            return None
        day = override.date.toordinal()
        apart[day] = apart.get(day, False) or override.start_minute is not None
    week: list[list[Piece]] = [[] for _ in range(7)]
    for rule in availability.weekly:
        opens, closes = rule.start_minute * MINUTE, rule.end_minute * MINUTE
        if not opens or closes == DAY or rule.valid_from or rule.valid_to:
            return None
        begin, stop = -(-opens // step), (closes - duration) // step + 1
        week[rule.weekday].append((opens, closes, begin, stop if stop > begin else begin))
    for pieces in week:
        if len(pieces) > 1:
            pieces.sort()
            if any(later[0] <= before[1] for before, later in pairwise(pieces)):
                return None
    return Week(week, apart)


def blocks(zone: str, step: int, first: int, last: int) -> list[Block]:
    """Return the days from `first` to `last`, and the grids of `step` seconds they lie in.

    The lists are everybody's: read them, never write them.
    """
    found = []
    for number in range(first // BLOCK_DAYS, last // BLOCK_DAYS + 1):
        days, starts = block_of(zone, step, number)
        begin = number * BLOCK_DAYS
        found.append((days[max(first - begin, 0) : last + 1 - begin], starts))
    return found


@lru_cache(maxsize=BLOCKS_KEPT)
def block_of(zone: str, step: int, number: int) -> Block:
    """Return the days from `number` times BLOCK_DAYS on, kept for the life of the process."""
    days: list[Day] = []
    starts: list[int] = []
    alone = True
    first = number * BLOCK_DAYS
    midnight = hours.instant(zone, first, 0)
    for day in range(first, first + BLOCK_DAYS):
        following = hours.instant(zone, day + 1, 0)
        even = following - midnight == DAY
        days.append((day, (day - 1) % 7, len(starts) if even else None))
        if not even and hours.instant(zone, day, DAY // MINUTE - 1) >= following:
            alone = False  # as in Nuuk: the clock skips to midnight, and late hours reach beyond it
        starts += grid(hours.segments(zone, day), step)
        midnight = following
    return days if alone else (), starts


def grid(stretches: Iterable[Segment], step: int) -> list[int]:
    """Return every instant of the stretches at which the wall clock is a multiple of `step`."""
    found: list[int] = []
    for segment in stretches:
        first = segment.origin - (segment.origin - segment.start) // step * step
        found.extend(range(first, segment.end, step))
    return found
