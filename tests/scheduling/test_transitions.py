"""Every change of every clock from 2026 to 2028, whatever the server's zone: our slots against a
walk of the UTC minutes.

`Around` is the reference: it imports nothing of the product and asks zoneinfo only from UTC to
the wall clock, the direction that is never ambiguous. Prints the differences of a failure.
"""

import itertools
import os
import time
import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache

import pytest

from scheduling import grids, hours, slots
from scheduling.hours import Availability, WeeklyHours
from scheduling.slots import Rules, Taken

DAY = 1440
FIRST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 60
LAST = int(datetime(2029, 1, 1, tzinfo=UTC).timestamp()) // 60
SERVERS = ("UTC", "America/New_York", "Europe/Berlin")

type Hours = tuple[tuple[int, int], ...]

# (hours of every day in minutes of the wall clock, duration, step); all but the first touch
# the gap and the overlap, the last ones also where the clock changes at midnight.
RULES: tuple[tuple[Hours, int, int], ...] = (
    (((540, 1020),), 60, 30),  # 09:00–17:00
    (((0, 1440),), 60, 60),  # 00:00–24:00
    (((90, 210),), 30, 15),  # 01:30–03:30
    (((0, 45), (120, 180), (1350, 1440)), 45, 45),  # ends and begins inside them
    (((1, 90), (150, 200), (1350, 1439)), 15, 5),  # the same, a plain week
)


class Around:
    """Three days on each side of a change, minute by minute; minutes since 1970 and, for the
    wall clock, since the year 1.
    """

    def __init__(self, zone: str, change: int) -> None:
        info = zoneinfo.ZoneInfo(zone)
        self.change = change
        self.low = change - 3 * DAY - 120
        self.walls = []
        for minute in range(self.low, change + 3 * DAY + 120):
            shown = datetime.fromtimestamp(minute * 60, info)
            self.walls.append(shown.toordinal() * DAY + shown.hour * 60 + shown.minute)
        self.seen: dict[int, int] = {}
        for index, wall in enumerate(self.walls):
            self.seen.setdefault(wall, index)

    def when(self, wall: int) -> int:
        """Return where the clock first shows `wall`; in a gap, go on as before the change."""
        if wall in self.seen:
            return self.seen[wall]
        before = max(shown for shown in self.seen if shown < wall)
        return self.seen[before] + wall - before

    def starts(self, spans: Hours, duration: int, step: int) -> list[int]:
        """Return the starts within a day of the change."""
        middle = self.walls[self.change - self.low] // DAY
        opened = bytearray(len(self.walls))
        for day in range(middle - 2, middle + 3):
            for start, end in spans:
                opens, closes = self.when(day * DAY + start), self.when(day * DAY + end)
                opened[opens:closes] = b"\x01" * (closes - opens)
        found = []
        left = 0
        for index in range(len(opened) - 1, -1, -1):
            left = left + 1 if opened[index] else 0
            minute = self.low + index
            near = self.change - DAY <= minute < self.change + DAY
            if near and left >= duration and self.walls[index] % DAY % step == 0:
                found.append(minute)
        return found[::-1]


def changes(zone: str) -> list[tuple[int, int, int]]:
    """Return every (minute, seconds before, seconds after) at which the offset changes."""
    info = zoneinfo.ZoneInfo(zone)

    def offset(minute: int) -> int:
        shown = datetime.fromtimestamp(minute * 60, info)
        return shown.toordinal() * DAY * 60 + shown.hour * 3600 + shown.minute * 60 - minute * 60

    found = []
    before = offset(FIRST)
    for day in range(FIRST, LAST, DAY):
        if offset(day + DAY) == before:
            continue
        for hour in range(day, day + DAY, 60):
            if offset(hour + 60) == before:
                continue
            for minute in range(hour + 1, hour + 61):
                after = offset(minute)
                if after != before:
                    found.append((minute, before, after))
                    before = after
    return found


@cache
def zones() -> dict[str, list[tuple[int, int, int]]]:
    """Return the changes of every IANA name that has one."""
    every = {zone: changes(zone) for zone in sorted(zoneinfo.available_timezones())}
    return {zone: found for zone, found in every.items() if found}


@cache
def expected(change: tuple[int, int, int], zone: str) -> list[list[int]]:
    around = Around(zone, change[0])
    return [around.starts(*rule) for rule in RULES]


def reference(zone: str, change: tuple[int, int, int], shared: dict) -> list[list[int]]:
    """Return the right starts by rule; one walk for all names whose clock changes alike."""
    near = [one for one in zones()[zone] if abs(one[0] - change[0]) < 4 * DAY]
    return expected(change, shared.setdefault(tuple(near), zone))


def ours(zone: str, change: int) -> list[list[int]]:
    found = []
    for spans, duration, step in RULES:
        weekly = [WeeklyHours(weekday, *span) for weekday in range(7) for span in spans]
        starts = slots.slots(
            availability=Availability(zone, weekly=weekly),
            rules=Rules(duration, step),
            taken=Taken(),
            start=(change - DAY) * 60,
            end=(change + DAY) * 60,
            now=(change - 2 * DAY) * 60,
        )
        found.append([start // 60 for start in starts])
    return found


def differences(names: Sequence[str]) -> list[str]:
    """Return each (zone, change, rule) on which we and the walk disagree."""
    shared: dict = {}
    found = []
    for zone in names:
        for change in zones()[zone]:
            right = reference(zone, change, shared)
            for rule, was, should in zip(RULES, ours(zone, change[0]), right, strict=True):
                if was != should:
                    at = datetime.fromtimestamp(change[0] * 60, UTC)
                    found.append(f"{zone} {at:%Y-%m-%d %H:%M} UTC {rule}")
    return found


@contextmanager
def server_in(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    forget()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
        forget()


def forget() -> None:
    for cached in (hours.instant, hours.segments, grids.block_of):
        getattr(cached, "cache_clear", lambda: None)()


def test_slots_are_right_on_every_change_of_every_clock_wherever_the_server_stands() -> None:
    wrong = {}
    for server in SERVERS:
        with server_in(server):
            wrong[server] = differences(list(zones()))

    assert wrong == {"UTC": [], "America/New_York": [], "Europe/Berlin": []}
    # What was compared: the IANA names with a change, and their changes in the three years, of
    # an hour, of half an hour (Lord Howe) and of two (Troll).
    assert len(zones()) > 150
    assert sum(len(found) for found in zones().values()) > 900
    steps = {abs(after - before) for found in zones().values() for _, before, after in found}
    assert steps == {1800, 3600, 7200}


def test_a_day_has_at_most_one_change_in_these_years() -> None:
    """`hours.segments` assumes it; tzdata that breaks it must be noticed."""
    minutes = {zone: [change[0] for change in found] for zone, found in zones().items()}
    close = [
        zone
        for zone, found in minutes.items()
        if any(later - earlier < 4 * DAY for earlier, later in itertools.pairwise(found))
    ]

    assert close == []


def second_occurrence(zone: str, day: int, minute: int) -> int:
    """The later of two equal wall clocks, as PostgreSQL's AT TIME ZONE converts."""
    return int(_wall(day, minute).replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=1).timestamp())


def minutes_since_midnight(zone: str, day: int, minute: int) -> int:
    """Time that passed since midnight, as calendars are off by an hour."""
    midnight = _wall(day, 0).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return int(midnight.timestamp()) + minute * 60


def offset_of_the_server(zone: str, day: int, minute: int) -> int:
    """The wall clock of wherever the server stands: right at home, and wrong elsewhere."""
    return int(time.mktime(_wall(day, minute).timetuple()))


def _wall(day: int, minute: int) -> datetime:
    on = date.fromordinal(day + minute // DAY)
    return datetime(on.year, on.month, on.day, minute // 60 % 24, minute % 60)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("converter", "zone", "server"),
    [
        (second_occurrence, "America/New_York", "UTC"),
        (second_occurrence, "Australia/Lord_Howe", "UTC"),
        (minutes_since_midnight, "Europe/Berlin", "UTC"),
        (minutes_since_midnight, "America/Santiago", "UTC"),
        (offset_of_the_server, "Europe/London", "Europe/Berlin"),
    ],
)
def test_a_wrong_converter_is_caught(
    monkeypatch: pytest.MonkeyPatch, converter: Callable[..., int], zone: str, server: str
) -> None:
    with server_in(server):
        right = differences([zone])
        monkeypatch.setattr(hours, "instant", converter)
        forget()
        wrong = differences([zone])
        monkeypatch.undo()

    assert right == []
    assert len(wrong) >= 3
