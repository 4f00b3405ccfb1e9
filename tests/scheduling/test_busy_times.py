"""Calendars in: more than 180 odd and hostile files, each read right or refused, at no length."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from scheduling import busy_times, recurrence
from scheduling.ics_lines import BadCalendar
from scheduling.recurrence import Budget
from tests.scheduling.odd_calendars import Case, at, every_case

START, END = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
CASES = every_case()
SECONDS_A_FILE = 20
WORK = 150_000


def read(data: bytes, time_zone: str = "Europe/Berlin") -> busy_times.Reading:
    start, end = int(START.timestamp()), int(END.timestamp())
    return busy_times.read(data, time_zone=time_zone, start=start, end=end, work=WORK)


def shown(reading: busy_times.Reading) -> tuple[str, ...]:
    def text(start: int, end: int) -> str:
        begin, stop = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        same = begin.date() == stop.date()
        return (
            f"{begin:%m-%d %H:%M}/{stop:%H:%M}"
            if same
            else f"{begin:%m-%d %H:%M}/{stop:%m-%d %H:%M}"
        )

    return tuple(text(*interval) for interval in reading.busy)


def test_there_are_enough_and_no_name_twice() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 180


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_odd_file(case: Case) -> None:
    started = time.process_time()
    if case.busy is None:
        with pytest.raises(BadCalendar, match=case.reason):
            read(case.data)
    else:
        reading = read(case.data)
        assert shown(reading) == case.busy
        assert len(reading.skipped) == case.skipped
    assert time.process_time() - started < SECONDS_A_FILE


def test_floating_and_whole_days_follow_the_mentor() -> None:
    data = at("0308T0900", "0308T1000").replace(b"00Z", b"00")
    assert shown(read(data, "America/New_York")) == ("03-08 14:00/15:00",)
    assert shown(read(data, "Asia/Tokyo")) == ("03-08 00:00/01:00",)


def test_random_damage_is_read_or_refused() -> None:
    """300 files with a few bytes changed, dropped or doubled: nothing but BadCalendar comes out."""
    chance = random.Random(7)
    small = [case.data for case in CASES if len(case.data) < 2000 and "bomb" not in case.name]
    refused = 0
    for _ in range(300):
        data = bytearray(chance.choice(small))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data)) if data else 0
            piece = chance.choice([b"", b";", b":", b"\r\n", b"9", b"-", b"\xff", b"Z", b","])
            data[place : place + chance.randint(0, 3)] = piece
        try:
            read(bytes(data))
        except BadCalendar:
            refused += 1
    assert 0 < refused < 300


RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3;BYDAY=MO,WE,FR",
    "FREQ=DAILY;BYMONTH=1,6;BYMONTHDAY=-1,15",
    "FREQ=DAILY;BYHOUR=6,18;BYMINUTE=0,30;BYSETPOS=1,-1",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
    "FREQ=WEEKLY;COUNT=40;BYDAY=MO,FR",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31,-2",
    "FREQ=MONTHLY;BYDAY=1MO,-1FR",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
    "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=2,8;BYDAY=2TU,-1SU",
    "FREQ=YEARLY;BYDAY=20MO,-3WE",
    "FREQ=YEARLY;BYYEARDAY=1,100,-1",
    "FREQ=YEARLY;BYWEEKNO=20,-1;BYDAY=MO",
    "FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=5",
    "FREQ=HOURLY;INTERVAL=7",
    "FREQ=HOURLY;BYHOUR=9,17;BYDAY=TU",
    "FREQ=MINUTELY;INTERVAL=95;BYHOUR=8,9",
    "FREQ=SECONDLY;INTERVAL=5000",
]


@pytest.mark.parametrize("text", RULES)
@pytest.mark.parametrize("start", [datetime(2024, 2, 29, 9, 15), datetime(2023, 10, 31, 23, 45)])  # noqa: DTZ001
def test_rules_agree_with_dateutil(text: str, start: datetime) -> None:
    """Where dateutil comes to an end, it says the same; any stretch of the series gives its own."""
    low, high = start + timedelta(days=300), start + timedelta(days=1100)
    expected = rrulestr(text, dtstart=start).between(low, high, inc=True)
    found = recurrence.occurrences(
        rule=recurrence.parse(text), start=start, low=low, high=high, budget=Budget(10**6)
    )
    assert list(found) == expected
