"""Slots: the written cases, one by one, with the instants a person can check."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling import grids, hours, slots
from scheduling.hours import Availability, BadHours, DateHours, Travel, WeeklyHours
from scheduling.slots import Reason, Rules, Taken

EVERY_DAY = range(7)


def unix(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def shown(starts: list[int]) -> list[str]:
    return [f"{datetime.fromtimestamp(start, UTC):%m-%d %H:%M}" for start in starts]


def weekly(start: str, end: str) -> list[WeeklyHours]:
    return [WeeklyHours(weekday, minute(start), minute(end)) for weekday in EVERY_DAY]


def minute(clock: str) -> int:
    hour, part = clock.split(":")
    return int(hour) * 60 + int(part)


def opened(zone: str, day: str, start: str, end: str) -> list[str]:
    """Return the instants at which hours on one local day open and close."""
    ordinal = date.fromisoformat(day).toordinal()
    availability = Availability(zone, weekly=weekly(start, end))
    intervals = hours.open_intervals(availability=availability, first=ordinal, last=ordinal)
    return shown([at for interval in intervals for at in interval])


def listed(availability: Availability, rules: Rules, start: str, end: str, **more: object) -> list:
    return shown(
        slots.slots(
            availability=availability,
            rules=rules,
            taken=more.get("taken", Taken()),  # type: ignore[arg-type]
            start=unix(start),
            end=unix(end),
            now=unix(str(more.get("now", "2027-01-01T00:00"))),
        )
    )


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "instants"),
    [
        # 02:00 does not exist on this day: 02:30 EST is what the clock calls 03:30 EDT.
        ("America/New_York", "2027-03-14", "02:30", "05:00", ["03-14 07:30", "03-14 09:00"]),
        ("Europe/London", "2027-03-28", "01:30", "03:00", ["03-28 01:30", "03-28 02:00"]),
        # 01:30 happens twice: the first one counts, and the hours last an hour longer.
        ("America/New_York", "2027-11-07", "01:30", "03:00", ["11-07 05:30", "11-07 08:00"]),
        ("America/New_York", "2027-11-07", "00:00", "01:30", ["11-07 04:00", "11-07 05:30"]),
        # Lord Howe moves by half an hour: 02:00 becomes 02:30 in spring, 01:30 in autumn.
        ("Australia/Lord_Howe", "2027-10-03", "02:00", "03:00", ["10-02 15:30", "10-02 16:00"]),
        ("Australia/Lord_Howe", "2027-04-04", "01:30", "02:30", ["04-03 14:30", "04-03 16:00"]),
        # Midnight does not exist: the day begins at 01:00.
        ("Africa/Cairo", "2027-04-30", "00:00", "02:00", ["04-29 22:00", "04-29 23:00"]),
        ("Asia/Beirut", "2027-03-28", "00:00", "09:00", ["03-27 22:00", "03-28 06:00"]),
        # The last hour of the day happens twice; 24:00 comes after both.
        ("Asia/Beirut", "2027-10-30", "22:00", "24:00", ["10-30 19:00", "10-30 22:00"]),
        ("America/Nuuk", "2027-03-27", "22:00", "24:00", ["03-28 00:00", "03-28 01:00"]),
        # Hours inside the gap of a clock that jumps over them all are none.
        ("America/New_York", "2027-03-14", "02:00", "03:00", []),
        ("Asia/Kathmandu", "2027-03-14", "09:00", "17:00", ["03-14 03:15", "03-14 11:15"]),
        ("Pacific/Apia", "2027-03-14", "00:00", "24:00", ["03-13 11:00", "03-14 11:00"]),
    ],
)
def test_a_wall_clock_becomes_the_right_instants(
    zone: str, day: str, start: str, end: str, instants: list[str]
) -> None:
    assert opened(zone, day, start, end) == instants


def test_hours_to_midnight_and_from_midnight_are_one() -> None:
    availability = Availability("UTC", weekly=[WeeklyHours(0, 1380, 1440), WeeklyHours(1, 0, 60)])
    monday = date(2027, 3, 1).toordinal()

    intervals = hours.open_intervals(availability=availability, first=monday, last=monday + 1)

    assert intervals == [(unix("2027-03-01T23:00"), unix("2027-03-02T01:00"))]


@pytest.mark.parametrize(("start", "end"), [(600, 600), (600, 540), (-1, 60), (0, 1441)])
def test_hours_that_leave_the_day_or_end_before_they_start_are_refused(
    start: int, end: int
) -> None:
    with pytest.raises(BadHours):
        WeeklyHours(0, start, end)
    with pytest.raises(BadHours):
        DateHours(date(2027, 3, 1), start, end)


def test_starts_follow_the_wall_clock_over_the_gap() -> None:
    availability = Availability("America/New_York", weekly=weekly("00:00", "06:00"))

    found = listed(availability, Rules(60, 60), "2027-03-14T00:00", "2027-03-15T00:00")

    # 00:00 and 01:00 EST, then 03:00, 04:00 and 05:00 EDT.
    assert found == ["03-14 05:00", "03-14 06:00", "03-14 07:00", "03-14 08:00", "03-14 09:00"]


def test_starts_follow_the_wall_clock_over_the_overlap() -> None:
    availability = Availability("Australia/Lord_Howe", weekly=weekly("01:00", "03:00"))

    found = listed(availability, Rules(60, 60), "2027-04-03T12:00", "2027-04-04T12:00")

    # 01:00 at +11:00; then half an hour again, and 02:00 at +10:30.
    assert found == ["04-03 14:00", "04-03 15:30"]


def test_the_grid_is_the_mentors_and_not_the_hours() -> None:
    availability = Availability("Asia/Kathmandu", weekly=weekly("09:10", "11:00"))

    found = listed(availability, Rules(30, 30), "2027-03-01T00:00", "2027-03-02T00:00")

    # 09:30, 10:00 and 10:30 at +05:45.
    assert found == ["03-01 03:45", "03-01 04:15", "03-01 04:45"]


def test_an_override_replaces_the_weekly_hours_of_its_date() -> None:
    availability = Availability(
        "UTC",
        weekly=weekly("09:00", "11:00"),
        overrides=[DateHours(date(2027, 3, 2)), DateHours(date(2027, 3, 3), 1200, 1260)],
    )

    found = listed(availability, Rules(60, 60), "2027-03-01T00:00", "2027-03-04T00:00")

    assert found == ["03-01 09:00", "03-01 10:00", "03-03 20:00"]


def test_weekly_hours_count_only_between_their_dates() -> None:
    availability = Availability(
        "UTC",
        weekly=[WeeklyHours(day, 540, 600, date(2027, 3, 2), date(2027, 3, 3)) for day in range(7)],
    )

    found = listed(availability, Rules(60, 60), "2027-02-25T00:00", "2027-03-10T00:00")

    assert found == ["03-02 09:00", "03-03 09:00"]


def test_travel_moves_the_wall_clock_for_its_dates() -> None:
    availability = Availability(
        "Europe/London",
        weekly=weekly("09:00", "10:00"),
        travel=[Travel(date(2027, 3, 2), date(2027, 3, 3), "America/New_York")],
    )

    found = listed(availability, Rules(60, 60), "2027-03-01T00:00", "2027-03-05T00:00")

    assert found == ["03-01 09:00", "03-02 14:00", "03-03 14:00", "03-04 09:00"]


def test_time_off_removes_what_it_touches() -> None:
    availability = Availability(
        "UTC",
        weekly=weekly("09:00", "13:00"),
        time_off=[(unix("2027-03-01T10:30"), unix("2027-03-01T11:00"))],
    )

    found = listed(availability, Rules(60, 30), "2027-03-01T00:00", "2027-03-02T00:00")

    assert found == ["03-01 09:00", "03-01 09:30", "03-01 11:00", "03-01 11:30", "03-01 12:00"]


def test_a_blocked_time_takes_the_gap_before_it_and_behind_it() -> None:
    availability = Availability("UTC", weekly=weekly("08:00", "14:00"))
    blocked = [(unix("2027-03-01T10:00"), unix("2027-03-01T11:15"))]  # an hour and its gap

    found = listed(
        availability,
        Rules(60, 15, gap_minutes=15),
        "2027-03-01T00:00",
        "2027-03-02T00:00",
        taken=Taken(blocked),
    )

    assert found[:4] == ["03-01 08:00", "03-01 08:15", "03-01 08:30", "03-01 08:45"]
    assert found[4] == "03-01 11:15"


def test_notice_and_window_are_kept_to_the_minute() -> None:
    availability = Availability("UTC", weekly=weekly("00:00", "24:00"))
    rules = Rules(60, 60, notice_minutes=120, window_days=1)

    found = listed(
        availability, rules, "2027-03-01T00:00", "2027-03-05T00:00", now="2027-03-01T08:00"
    )

    assert found[0] == "03-01 10:00"
    assert found[-1] == "03-02 08:00"


def test_full_days_and_weeks_offer_nothing() -> None:
    availability = Availability("UTC", weekly=weekly("09:00", "10:00"))
    monday = date(2027, 3, 1).toordinal()
    period = ("2027-03-01T00:00", "2027-03-10T00:00")
    sold = Taken(per_day={monday: 1, monday + 2: 2})

    by_day = listed(availability, Rules(60, 60, max_per_day=2), *period, taken=sold)
    by_week = listed(availability, Rules(60, 60, max_per_week=3), *period, taken=sold)

    assert by_day == [f"03-0{day} 09:00" for day in (1, 2, 4, 5, 6, 7, 8, 9)]
    assert by_week == ["03-08 09:00", "03-09 09:00"]


def test_each_reason_is_given() -> None:
    availability = Availability(
        "UTC",
        weekly=weekly("09:00", "17:00"),
        time_off=[(unix("2027-03-02T12:00"), unix("2027-03-02T13:00"))],
    )
    rules = Rules(60, 30, notice_minutes=60, window_days=10, max_per_day=3, max_per_week=4)
    tuesday = date(2027, 3, 2).toordinal()
    taken = Taken(
        [(unix("2027-03-02T10:00"), unix("2027-03-02T11:00"))],
        {tuesday: 1, tuesday + 1: 3, tuesday + 7: 4},
    )

    def why(text: str) -> Reason | None:
        return slots.why_not(
            availability=availability,
            rules=rules,
            taken=taken,
            at=unix(text),
            now=unix("2027-03-01T12:00"),
        )

    assert why("2027-03-01T12:30") is Reason.TOO_SOON
    assert why("2027-03-20T10:00") is Reason.TOO_FAR
    assert why("2027-03-02T16:30") is Reason.CLOSED
    assert why("2027-03-02T12:30") is Reason.AWAY
    assert why("2027-03-02T14:10") is Reason.OFF_GRID
    assert why("2027-03-02T10:30") is Reason.TAKEN
    assert why("2027-03-10T10:00") is Reason.WEEK_FULL
    taken = Taken((), {tuesday: 3})
    assert why("2027-03-02T14:00") is Reason.DAY_FULL
    taken = Taken()
    assert why("2027-03-02T14:00") is None


def test_the_first_slot_is_the_first_of_the_list() -> None:
    availability = Availability("Europe/London", weekly=[WeeklyHours(2, 540, 600)])
    rules = Rules(60, 30, window_days=60)
    now = unix("2027-03-04T00:00")  # a Thursday

    assert shown(
        [slots.first_slot(availability=availability, rules=rules, taken=Taken(), now=now) or 0]
    ) == ["03-10 09:00"]
    closed = Availability("Europe/London")
    assert slots.first_slot(availability=closed, rules=rules, taken=Taken(), now=now) is None


@pytest.fixture
def server_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    hours.instant.cache_clear()
    hours.segments.cache_clear()
    grids.block_of.cache_clear()
    yield request.param
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.parametrize(
    "server_zone", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"], indirect=True
)
def test_the_servers_zone_changes_nothing(server_zone: str) -> None:
    availability = Availability("Europe/London", weekly=weekly("09:00", "11:00"))

    found = listed(availability, Rules(60, 60), "2027-03-27T00:00", "2027-03-29T00:00")

    assert found == ["03-27 09:00", "03-27 10:00", "03-28 08:00", "03-28 09:00"]


def test_four_weeks_of_slots_cost_less_than_two_milliseconds() -> None:
    """A generous wall for any machine; the benchmark measures the true cost (a tenth of it)."""
    availability = Availability("Europe/London", weekly=weekly("09:00", "17:00"))
    start = unix("2027-03-15T00:00")
    blocked = [
        (start + day * hours.DAY + 3600 * (9 + day % 7), start + day * hours.DAY + 3600 * 17)
        for day in range(28)
    ]
    call = {
        "availability": availability,
        "rules": Rules(60, 30, gap_minutes=15),
        "taken": Taken(blocked),
        "start": start,
        "end": start + int(timedelta(days=28).total_seconds()),
        "now": start,
    }

    best = min(_cpu_seconds(call) for _ in range(5))

    assert best < 0.002


def _cpu_seconds(call: dict) -> float:
    begun = time.process_time()
    for _ in range(20):
        slots.slots(**call)
    return (time.process_time() - begun) / 20
