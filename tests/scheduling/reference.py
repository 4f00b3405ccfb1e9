"""An independent reading of the slot rules: it walks the UTC minutes one by one.

It imports nothing of the product, and asks zoneinfo only in the direction that is never
ambiguous, from UTC to the wall clock. Slow on purpose; unit: minutes since 1970.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass
class Mentor:
    zone: str
    weekly: list[tuple[int, int, int, date | None, date | None]] = field(default_factory=list)
    overrides: dict[date, list[tuple[int, int]]] = field(default_factory=dict)
    travel: list[tuple[date, date, str]] = field(default_factory=list)
    time_off: list[tuple[int, int]] = field(default_factory=list)
    blocked: list[tuple[int, int]] = field(default_factory=list)
    per_day: dict[date, int] = field(default_factory=dict)


@dataclass
class Terms:
    duration: int
    step: int
    gap: int = 0
    notice: int = 0
    window_days: int = 400
    max_per_day: int | None = None
    max_per_week: int | None = None


def wall(zone: ZoneInfo, minute: int) -> datetime:
    """Return what the wall clock shows at a UTC minute, without its zone."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(zone).replace(tzinfo=None)


class Walk:
    """Every minute of a period with the wall clock that it shows in one zone."""

    def __init__(self, zone: str, first: int, last: int) -> None:
        info = ZoneInfo(zone)
        self.first = first
        self.walls = [wall(info, minute) for minute in range(first, last)]
        self.seen: dict[datetime, int] = {}
        for index, shown in enumerate(self.walls):
            self.seen.setdefault(shown, first + index)

    def when(self, shown: datetime) -> int:
        """Return the first minute that shows `shown`; in a gap, go on as before the change."""
        if shown in self.seen:
            return self.seen[shown]
        for index in range(1, len(self.walls)):
            before = self.walls[index - 1]
            if before < shown < self.walls[index]:
                return self.first + index - 1 + int((shown - before) / MINUTE)
        raise LookupError(f"{shown} is outside the walk")

    def at(self, minute: int) -> datetime:
        return self.walls[minute - self.first]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock


class Reading:
    """The open minutes of a mentor, and the day that each minute belongs to."""

    def __init__(self, mentor: Mentor, first_day: date, days: int) -> None:
        self.mentor = mentor
        start = int(midnight(first_day).replace(tzinfo=UTC).timestamp()) // 60
        self.low, self.high = start - 4 * 1440, start + (days + 4) * 1440
        zones = {mentor.zone, *(zone for _, _, zone in mentor.travel)}
        self.walks = {zone: Walk(zone, self.low, self.high) for zone in zones}
        self.open: set[int] = set()
        self.owner: dict[int, tuple[date, str]] = {}
        for offset in range(-2, days + 2):
            self._read(first_day + offset * DAY)

    def _zone(self, day: date) -> str:
        for first, last, zone in self.mentor.travel:
            if first <= day <= last:
                return zone
        return self.mentor.zone

    def _read(self, day: date) -> None:
        zone = self._zone(day)
        walk = self.walks[zone]
        for minute in range(walk.when(midnight(day)), walk.when(midnight(day + DAY))):
            self.owner.setdefault(minute, (day, zone))
        for start, end in self._hours(day):
            opens = walk.when(midnight(day) + start * MINUTE)
            closes = walk.when(midnight(day) + end * MINUTE)
            self.open.update(range(opens, closes))

    def _hours(self, day: date) -> list[tuple[int, int]]:
        if day in self.mentor.overrides:
            return self.mentor.overrides[day]
        return [
            (start, end)
            for weekday, start, end, valid_from, valid_to in self.mentor.weekly
            if weekday == day.weekday()
            and (valid_from is None or valid_from <= day)
            and (valid_to is None or day <= valid_to)
        ]

    def slots(self, terms: Terms, *, start: int, end: int, now: int) -> list[int]:
        """Return the starts in [start, end) that may be booked, in minutes since 1970."""
        shut = {minute for low, high in self.mentor.time_off for minute in range(low, high)}
        sold = {minute for low, high in self.mentor.blocked for minute in range(low, high)}
        return [
            minute
            for minute in range(start, end)
            if now + terms.notice <= minute <= now + terms.window_days * 1440
            and self._on_grid(minute, terms)
            and all(
                m in self.open and m not in shut for m in range(minute, minute + terms.duration)
            )
            and not any(m in sold for m in range(minute, minute + terms.duration + terms.gap))
            and not self._full(minute, terms)
        ]

    def _on_grid(self, minute: int, terms: Terms) -> bool:
        if minute not in self.owner:
            return False
        shown = self.walks[self.owner[minute][1]].at(minute)
        return (shown.hour * 60 + shown.minute) % terms.step == 0

    def _full(self, minute: int, terms: Terms) -> bool:
        day = self.owner[minute][0]
        held = self.mentor.per_day
        if terms.max_per_day is not None and held.get(day, 0) >= terms.max_per_day:
            return True
        monday = day - day.weekday() * DAY
        week = sum(held.get(monday + offset * DAY, 0) for offset in range(7))
        return terms.max_per_week is not None and week >= terms.max_per_week


def transitions(zone: str, first: datetime, last: datetime) -> list[int]:
    """Return the minutes at which the offset of `zone` changes, found by walking."""
    info = ZoneInfo(zone)
    found = []
    minute, end = int(first.timestamp()) // 60, int(last.timestamp()) // 60
    while minute < end:
        ahead = min(minute + 1440, end)
        if offset(info, minute) != offset(info, ahead):
            low = minute
            while offset(info, low) == offset(info, low + 1):
                low += 1
            found.append(low + 1)
        minute = ahead
    return found


def offset(info: ZoneInfo, minute: int) -> timedelta:
    instant = datetime.fromtimestamp(minute * 60, UTC)
    return wall(info, minute) - instant.replace(tzinfo=None)
