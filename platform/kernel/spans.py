"""A span of days in one time zone, cut into days or months. Pure; knows no clock and no report.

A day begins when the wall clock first shows midnight; where a change of the clock skips it, at
the instant that takes its place. So neighbouring parts touch, and none is counted twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kernel.errors import Invalid

# A span of so many days at most is cut into days; a longer one into months.
MOST_DAYS = 62
MOST_MONTHS = 60


class BadSpan(Invalid):
    """The days cannot be meant."""

    code = "bad_span"


@dataclass(frozen=True, slots=True)
class Part:
    """A day or a month of a span, [since, until); `whole` unless the span cuts the month."""

    first: date
    last: date
    since: datetime
    until: datetime
    by_day: bool
    whole: bool

    @property
    def name(self) -> str:
        """Return such as `March 2027`, `March 2027 (1–15)`, `15 March 2027`."""
        if self.by_day:
            return f"{self.first.day} {self.first:%B %Y}"
        month = f"{self.first:%B %Y}"
        return month if self.whole else f"{month} ({self.first.day}–{self.last.day})"

    @property
    def key(self) -> str:
        """Return such as `2027-03` or `2027-03-15`, as files and addresses say it."""
        return f"{self.first:%Y-%m-%d}" if self.by_day else f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Span:
    """The days `first` to `last`, both inclusive, on the wall clock of `zone`."""

    first: date
    last: date
    zone: str
    parts: Sequence[Part]

    @property
    def since(self) -> datetime:
        return self.parts[0].since

    @property
    def until(self) -> datetime:
        return self.parts[-1].until

    @property
    def bounds(self) -> list[datetime]:
        """Return where each part begins, and where the last one ends (for `width_bucket`)."""
        return [*(part.since for part in self.parts), self.until]

    @property
    def by_day(self) -> bool:
        return self.parts[0].by_day

    @property
    def cut(self) -> str:
        """Return what the parts are: `day` or `month`."""
        return "day" if self.by_day else "month"

    def labels(self) -> list[str]:
        """Return short names for an axis: `15 Mar`, or `Mar`, the year where it changes."""
        if self.by_day:
            return [f"{part.first.day} {part.first:%b}" for part in self.parts]
        return [
            f"{part.first:%b ’%y}" if number == 0 or part.first.month == 1 else f"{part.first:%b}"
            for number, part in enumerate(self.parts)
        ]


def span(*, first: date, last: date, zone: str, months: bool = False) -> Span:
    """Cut the days into parts: days up to MOST_DAYS unless `months`, else calendar months.

    Raises BadSpan.
    """
    if last < first:
        raise BadSpan(
            f"{last} lies before {first}. Choose a last day that is not before the first."
        )
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count > MOST_MONTHS:
        raise BadSpan(f"{first} to {last} is {count} months. Choose {MOST_MONTHS} months at most.")
    by_day = not months and (last - first).days < MOST_DAYS
    parts, day = [], first
    while day <= last:
        end = day if by_day else min(last, last_of_month(day))
        parts.append(
            Part(
                first=day, last=end, since=midnight(day, zone),
                until=midnight(end + timedelta(days=1), zone), by_day=by_day,
                whole=by_day or (day.day == 1 and (end + timedelta(days=1)).day == 1),
            )
        )  # fmt: skip
        day = end + timedelta(days=1)
    return Span(first, last, zone, parts)


def midnight(day: date, zone: str) -> datetime:
    """Return the instant, in UTC, at which the day begins in the zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def year_until(day: date) -> date:
    """Return the first day of the month eleven months before: a year's months end with `day`."""
    whole = day.year * 12 + day.month - 12
    return date(whole // 12, whole % 12 + 1, 1)


def last_of_month(day: date) -> date:
    return _month_after(day) - timedelta(days=1)


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
