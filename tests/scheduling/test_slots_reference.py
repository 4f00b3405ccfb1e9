"""Slots against an independent reading (`reference.py`): on the transitions of the world's
zones from 2026 to 2028, and on random mentors. Prints the seed of a failure.
"""

import itertools
import random
import zoneinfo
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling import hours, slots
from scheduling.hours import Availability, DateHours, Travel, WeeklyHours
from scheduling.slots import Rules, Taken
from tests.scheduling import reference
from tests.scheduling.reference import Mentor, Reading, Terms

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LAST = datetime(2029, 1, 1, tzinfo=UTC)
DAY_HOURS = [(0, 150), (170, 430), (540, 1020), (1290, 1440)]
SAMPLE = [
    "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun", "America/Asuncion",
    "America/Chicago", "America/Havana", "America/Los_Angeles", "America/Miquelon",
    "America/New_York", "America/Nuuk", "America/Santiago", "America/Scoresbysund",
    "America/St_Johns", "Antarctica/Troll", "Asia/Beirut",
    "Asia/Gaza", "Asia/Hebron", "Asia/Jerusalem", "Asia/Kathmandu", "Asia/Kolkata",
    "Asia/Tokyo", "Atlantic/Azores", "Australia/Adelaide", "Australia/Lord_Howe",
    "Australia/Sydney", "Europe/Chisinau", "Europe/Dublin", "Europe/Lisbon", "Europe/London",
    "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter", "Pacific/Kiritimati",
    "Pacific/Norfolk", "UTC",
]  # fmt: skip


def check_around(zone: str, minute: int) -> int:
    """Compare two days on each side of a minute; return how many starts were compared."""
    first_day = datetime.fromtimestamp(minute * 60, UTC).date() - timedelta(days=1)
    mentor = Mentor(
        zone,
        weekly=[(day, start, end, None, None) for day in range(7) for start, end in DAY_HOURS],
    )
    availability = Availability(
        zone, weekly=[WeeklyHours(day, *span) for day in range(7) for span in DAY_HOURS]
    )
    reading = Reading(mentor, first_day, 3)
    start = minute - 1440
    compared = 0
    for duration, step in ((30, 30), (60, 15), (45, 45)):
        expected = reading.slots(
            Terms(duration, step), start=start, end=start + 2880, now=start - 60
        )
        found = slots.slots(
            availability=availability,
            rules=Rules(duration, step),
            taken=Taken(),
            start=start * 60,
            end=(start + 2880) * 60,
            now=(start - 60) * 60,
        )
        assert [at // 60 for at in found] == expected, (zone, minute, duration, step)
        compared += len(expected)
    return compared


def check_zones(zones: list[str]) -> int:
    compared = 0
    for zone in zones:
        minutes = reference.transitions(zone, FIRST, LAST)
        for minute in minutes or [int(FIRST.timestamp()) // 60 + 100_000]:
            compared += check_around(zone, minute)
    return compared


def test_every_transition_of_a_sample_of_zones_is_read_alike() -> None:
    assert check_zones(SAMPLE) > 20_000


@pytest.mark.slow
def test_every_transition_of_every_zone_is_read_alike() -> None:
    """All IANA names; those that only repeat another zone's clock are walked once."""
    clocks: dict[tuple[object, ...], str] = {}
    for zone in sorted(zoneinfo.available_timezones()):
        info = zoneinfo.ZoneInfo(zone)
        minutes = reference.transitions(zone, FIRST, LAST)
        around = [reference.offset(info, minute + side) for minute in minutes for side in (-1, 0)]
        start = reference.offset(info, int(FIRST.timestamp()) // 60)
        clocks.setdefault((start, *minutes, *around), zone)

    assert len(clocks) > 60
    assert check_zones(sorted(set(clocks.values()) - set(SAMPLE))) > 20_000


def test_the_comparison_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same code with the second of two equal wall clocks, as PostgreSQL converts."""

    def second_occurrence(zone: str, day: int, minute: int) -> int:
        on = date.fromordinal(day + minute // 1440)
        wall = datetime(
            on.year, on.month, on.day, minute // 60 % 24, minute % 60,
            tzinfo=zoneinfo.ZoneInfo(zone), fold=1,
        )  # fmt: skip
        return int(wall.timestamp())

    monkeypatch.setattr(hours, "instant", second_occurrence)
    hours.segments.cache_clear()

    with pytest.raises(AssertionError):
        check_zones(["America/New_York"])
    hours.segments.cache_clear()


def random_mentor(rng: random.Random, first_day: date) -> Mentor:
    mentor = Mentor(rng.choice(SAMPLE))
    for weekday in range(7):
        for _ in range(rng.randrange(3)):
            start = rng.randrange(0, 1380)
            end = rng.randrange(start + 1, 1441)
            since = rng.choice([None, first_day + timedelta(days=rng.randrange(6))])
            until = None if since else rng.choice([None, first_day + timedelta(days=4)])
            mentor.weekly.append((weekday, start, end, since, until))
    for _ in range(rng.randrange(3)):
        day = first_day + timedelta(days=rng.randrange(8))
        mentor.overrides[day] = rng.choice([[], [(0, 1440)], [(600, 720), (700, 900)]])
    if rng.random() < 0.5:
        day = first_day + timedelta(days=rng.randrange(5))
        mentor.travel.append((day, day + timedelta(days=rng.randrange(3)), rng.choice(SAMPLE)))
    start = int(datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC).timestamp())
    for _ in range(rng.randrange(3)):
        low = start // 60 + rng.randrange(9 * 1440)
        mentor.time_off.append((low, low + rng.randrange(1, 900)))
    for _ in range(rng.randrange(12)):
        low = start // 60 + rng.randrange(9 * 1440)
        mentor.blocked.append((low, low + rng.choice([30, 45, 75])))
        day = first_day + timedelta(days=rng.randrange(9))
        mentor.per_day[day] = mentor.per_day.get(day, 0) + 1
    return mentor


def as_availability(mentor: Mentor) -> Availability:
    overrides: list[DateHours] = []
    for day, spans in mentor.overrides.items():
        overrides += [DateHours(day, *span) for span in spans] or [DateHours(day)]
    return Availability(
        mentor.zone,
        weekly=[WeeklyHours(*rule) for rule in mentor.weekly],
        overrides=overrides,
        travel=[Travel(*journey) for journey in mentor.travel],
        time_off=[(low * 60, high * 60) for low, high in mentor.time_off],
    )


@pytest.mark.parametrize("seed", range(40))
def test_random_mentors_are_read_alike_and_refused_with_a_reason(seed: int) -> None:
    rng = random.Random(seed)
    turning = reference.transitions(rng.choice(SAMPLE), FIRST, LAST) or [29_700_000]
    first_day = datetime.fromtimestamp(rng.choice(turning) * 60, UTC).date() - timedelta(days=3)
    mentor = random_mentor(rng, first_day)
    terms = Terms(
        duration=rng.choice([15, 30, 50, 60, 90, 240]),
        step=rng.choice([5, 15, 20, 30, 60, 120]),
        gap=rng.choice([0, 0, 10, 15, 60]),
        notice=rng.choice([0, 120, 2880]),
        window_days=rng.choice([3, 60]),
        max_per_day=rng.choice([None, 1, 2]),
        max_per_week=rng.choice([None, 3]),
    )
    rules = Rules(
        terms.duration,
        terms.step,
        terms.gap,
        terms.notice,
        terms.window_days,
        terms.max_per_day,
        terms.max_per_week,
    )
    start = int(datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC).timestamp())
    start = start // 60 + rng.randrange(1440)
    end, now = start + 6 * 1440, start - rng.randrange(-2000, 2000)
    taken = Taken(
        [(low * 60, high * 60) for low, high in mentor.blocked],
        {day.toordinal(): count for day, count in mentor.per_day.items()},
    )
    availability = as_availability(mentor)

    expected = Reading(mentor, first_day, 9).slots(terms, start=start, end=end, now=now)
    found = slots.slots(
        availability=availability,
        rules=rules,
        taken=taken,
        start=start * 60,
        end=end * 60,
        now=now * 60,
    )

    assert [at // 60 for at in found] == expected
    reasons = {
        minute: slots.why_not(
            availability=availability, rules=rules, taken=taken, at=minute * 60, now=now * 60
        )
        for minute in [*expected[:40], *rng.sample(range(start, end), 60)]
    }
    assert {minute for minute, reason in reasons.items() if reason is None} == {
        minute for minute in reasons if minute in set(expected)
    }


def test_a_day_has_at_most_one_transition_in_these_years() -> None:
    """`hours.segments` assumes it; tzdata that breaks it must be noticed."""
    close = []
    for zone in SAMPLE:
        minutes = reference.transitions(zone, FIRST, LAST)
        close += [zone for a, b in itertools.pairwise(minutes) if b - a < 2 * 1440]

    assert close == []
    assert hours.segments("Europe/London", date(2027, 3, 28).toordinal())[0].end == (
        int(datetime(2027, 3, 28, 1, tzinfo=UTC).timestamp())
    )
