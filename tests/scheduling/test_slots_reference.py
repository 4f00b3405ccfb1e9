"""Slots of random mentors around changes of the clock, against an independent reading
(`reference.py`). Prints the seed of a failure; `test_transitions.py` has every change.
"""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling import slots
from scheduling.hours import Availability, DateHours, Travel, WeeklyHours
from scheduling.slots import Rules, Taken
from tests.scheduling import reference
from tests.scheduling.reference import Mentor, Reading, Terms

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LAST = datetime(2029, 1, 1, tzinfo=UTC)
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
