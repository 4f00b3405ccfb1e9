"""The time zones that other programs' calendars name, as clocks. Pure.

IANA names, those of Windows, names with a vendor's prefix, and the VTIMEZONE that the file
brings; what none of them explains is the mentor's own zone, like a floating time.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from scheduling import recurrence
from scheduling.recurrence import Budget, Rule

type Clock = Callable[[datetime], int]
"""Return the instant (Unix seconds) at which the wall clock shows a time."""


@dataclass(frozen=True, slots=True)
class Observance:
    """Standard or summer time of a VTIMEZONE: from each onset the offset is `after`."""

    start: datetime
    before: timedelta
    after: timedelta
    rule: Rule | None = None
    more: Sequence[datetime] = ()


def iana_clock(zone: str) -> Clock:
    """Return the clock of an IANA zone: the first of two, and in a gap the offset before it."""
    info = ZoneInfo(zone)
    return lambda wall: int(wall.replace(tzinfo=info, fold=0).timestamp())


def known(name: str) -> str | None:
    """Return the IANA zone that a TZID means, or None where only a VTIMEZONE can tell."""
    name = name.strip().strip('"')
    if name.upper() in {"UTC", "Z", "GMT", "ETC/UTC"}:
        return "UTC"
    parts = [part for part in name.split("/") if part]
    for begin in range(len(parts)):
        candidate = "/".join(parts[begin:]).casefold()
        if candidate in _zones():
            return _zones()[candidate]
    return _windows().get(name.casefold())


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _windows() -> dict[str, str]:
    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}


def clock_of(
    observances: Sequence[Observance], *, low: datetime, high: datetime, budget: Budget
) -> Clock:
    """Return the clock that a VTIMEZONE describes, right for wall clocks in [low, high].

    Like the IANA clocks: an onset counts once the clock shows it *and* has jumped past it.
    """
    changes: list[tuple[datetime, timedelta]] = []
    for part in observances:
        onsets = {part.start, *part.more}
        if part.rule is not None:
            # The last onset before the stretch decides at its begin; a rule may skip years.
            begin = low - timedelta(days=800)
            onsets.update(
                recurrence.occurrences(
                    rule=part.rule, start=part.start, low=begin, high=high, budget=budget
                )
            )
        jump = max(part.after - part.before, timedelta())
        for onset in onsets:
            at = int((onset - part.before).replace(tzinfo=UTC).timestamp())
            if part.rule is None or not recurrence.is_over(part.rule, at):
                changes.append((onset + jump, part.after))
    changes.sort()
    onsets_only = [onset for onset, _ in changes]
    first = min(observances, key=lambda part: part.start).before

    def read(wall: datetime) -> int:
        index = bisect_right(onsets_only, wall)
        offset = changes[index - 1][1] if index else first
        return int((wall - offset).replace(tzinfo=UTC).timestamp())

    return read
