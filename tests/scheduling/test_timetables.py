"""A timetable is replaced whole: what is refused, what it costs, and where a new gap goes."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor
from kernel.errors import Invalid
from scheduling import queries, seats, timetables
from scheduling.adjustments import KeptGap
from scheduling.hours import DateHours, Travel, WeeklyHours
from scheduling.models import DayCount, Meeting, Schedule, WeekCount, WeeklyRule
from scheduling.timetables import Away, BookingRules, Timetable
from tests.factories.people import MentorFactory
from tests.factories.scheduling import SessionTypeFactory, hold, open_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = BookingRules(
    step_minutes=30, gap_minutes=0, notice_minutes=0, window_days=400, max_per_day=4
)
FULL = Timetable(
    time_zone="Europe/London",
    rules=RULES,
    weekly=[WeeklyHours(0, 540, 1020), WeeklyHours(2, 1200, 1440, date(2027, 3, 1))],
    overrides=[DateHours(date(2027, 3, 4), 600, 720), DateHours(date(2027, 3, 5))],
    time_off=[Away(TEN, TEN + HOUR, "dentist")],
    travel=[Travel(date(2027, 4, 1), date(2027, 4, 3), "Asia/Tokyo")],
)


def write(mentor: Mentor, timetable: Timetable) -> list[KeptGap]:
    with transaction.atomic():
        schedule = timetables.locked(mentor=mentor)
        return timetables.replace(schedule=schedule, timetable=timetable, now=NOW)


def test_what_was_written_is_read_in_the_order_of_time() -> None:
    mentor = MentorFactory()
    backwards = replace(FULL, weekly=FULL.weekly[::-1], overrides=FULL.overrides[::-1])

    kept = write(mentor, backwards)

    assert kept == []
    assert timetables.timetable_of(mentor=mentor) == FULL


def test_who_never_wrote_one_has_a_closed_one_in_his_own_zone() -> None:
    mentor = MentorFactory(user__time_zone="Asia/Tokyo")

    found = timetables.timetable_of(mentor=mentor)

    assert (found.time_zone, found.weekly, found.rules.window_days) == ("Asia/Tokyo", [], 60)
    assert not Schedule.objects.exists()


def test_a_new_timetable_takes_the_place_of_the_old_one() -> None:
    mentor = MentorFactory()
    write(mentor, FULL)
    evening = Timetable(
        time_zone="America/Nuuk",
        rules=replace(RULES, max_per_day=None),
        weekly=[WeeklyHours(4, 0, 1440)],
        overrides=[],
        time_off=[],
        travel=[],
    )

    write(mentor, evening)

    assert timetables.timetable_of(mentor=mentor) == evening


def test_what_is_the_same_stays_and_nothing_is_written_for_nothing() -> None:
    mentor = MentorFactory()
    write(mentor, FULL)
    rows = list(WeeklyRule.objects.order_by("pk").values_list("pk", flat=True))
    version = Schedule.objects.get().version

    write(mentor, FULL)
    write(mentor, replace(FULL, weekly=[*FULL.weekly, FULL.weekly[0]]))  # said twice is said once

    assert list(WeeklyRule.objects.order_by("pk").values_list("pk", flat=True)) == rows
    assert Schedule.objects.get().version == version


@pytest.mark.parametrize("days", [1, 3, 60])
def test_a_replacement_costs_the_same_whatever_its_size(days: int) -> None:
    mentor = MentorFactory()
    first = date(2027, 6, 1)
    dates = [first + timedelta(days=number) for number in range(days)]

    def large(minute: int) -> Timetable:
        return replace(
            FULL,
            weekly=[WeeklyHours(day, minute, 600) for day in range(7)],
            overrides=[DateHours(day, minute, 600) for day in dates],
            time_off=[
                Away(TEN + number * HOUR, TEN + number * HOUR + timedelta(minutes=minute))
                for number in range(days)
            ],
            travel=[Travel(day, day, ["Asia/Tokyo", "UTC"][minute % 2]) for day in dates],
        )

    write(mentor, large(58))
    with transaction.atomic():
        schedule = timetables.locked(mentor=mentor)
        with CaptureQueriesContext(connection) as captured:
            timetables.replace(schedule=schedule, timetable=large(59), now=NOW)

    # A DELETE and an INSERT for each of four tables; the meetings to come, whose dates another
    # clock may change; the gap, and what keeps another.
    assert len(captured) == 11


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"time_zone": "Mars/Olympus"}, "unknown_time_zone", "/time_zone"),
        (
            {"travel": [Travel(date(2027, 4, 1), date(2027, 4, 3), "Europe/Atlantis")]},
            "unknown_time_zone",
            "/travel/0/time_zone",
        ),
        (
            {"travel": [*FULL.travel, Travel(date(2027, 4, 3), date(2027, 4, 9), "UTC")]},
            "travel_overlaps",
            "/travel/1",
        ),
        (
            {"travel": [*FULL.travel, Travel(date(2027, 3, 20), date(2027, 4, 1), "UTC")]},
            "travel_overlaps",
            "/travel/0",  # the later journey begins too soon
        ),
        (
            {"travel": [Travel(date(2027, 4, 3), date(2027, 4, 2), "UTC")]},
            "travel_overlaps",
            "/travel/0",
        ),
        (
            {"overrides": [*FULL.overrides, DateHours(date(2027, 3, 4))]},
            "date_contradicts",
            "/overrides/0",
        ),
        ({"time_off": [Away(TEN, TEN)]}, "empty_time_off", "/time_off/0"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_changes(
    change: dict, code: str, pointer: str
) -> None:
    mentor = MentorFactory()
    write(mentor, FULL)

    with pytest.raises(Invalid) as caught:
        write(mentor, replace(FULL, **change))

    assert (caught.value.code, caught.value.facts["pointer"]) == (code, pointer)
    assert timetables.timetable_of(mentor=mentor) == FULL


def test_journeys_may_follow_each_other_day_by_day() -> None:
    mentor = MentorFactory()
    onward = [*FULL.travel, Travel(date(2027, 4, 4), date(2027, 4, 4), "Australia/Sydney")]

    write(mentor, replace(FULL, travel=onward))

    assert timetables.timetable_of(mentor=mentor).travel == onward


def blocked(mentor: Mentor) -> list[tuple[str, int, str]]:
    """Return (start, gap, end of the blocked time) of each meeting."""
    return [
        (f"{meeting.during.lower:%d %H:%M}", meeting.gap_minutes, f"{meeting.blocked.upper:%H:%M}")
        for meeting in Meeting.objects.filter(mentor=mentor).order_by("during")
    ]


def test_a_longer_gap_goes_behind_the_meetings_to_come_where_it_fits() -> None:
    kind = open_mentor()
    past = NOW - timedelta(minutes=30)
    for start in (past, TEN, TEN + HOUR, TEN + timedelta(hours=2, minutes=30)):
        hold(session_type=kind, starts_at=start, now=min(start, NOW))
    hold(session_type=open_mentor(), starts_at=TEN, now=NOW)  # another mentor's is left alone

    kept = write(kind.mentor, _with_gap(kind.mentor, 30))

    assert kept == [KeptGap(TEN, TEN + HOUR, 0)]  # the next one begins at its end
    assert blocked(kind.mentor) == [
        ("01 07:30", 0, "08:30"),  # has begun
        ("03 10:00", 0, "11:00"),
        ("03 11:00", 30, "12:30"),  # touches the next one
        ("03 12:30", 30, "14:00"),
    ]
    assert Meeting.objects.exclude(mentor=kind.mentor).get().gap_minutes == 0
    at = TEN + timedelta(hours=3, minutes=30)
    found = [
        queries.explain(session_type=kind, at=at + late, now=NOW).reason
        for late in (timedelta(0), timedelta(minutes=30))
    ]
    assert found == ["taken", ""]


def test_a_shorter_gap_fits_everywhere() -> None:
    kind = open_mentor(gap_minutes=60)
    hold(session_type=kind, starts_at=TEN, now=NOW)
    hold(session_type=kind, starts_at=TEN + 2 * HOUR, now=NOW)

    kept = write(kind.mentor, _with_gap(kind.mentor, 15))

    assert kept == []
    assert blocked(kind.mentor) == [("03 10:00", 15, "11:15"), ("03 12:00", 15, "13:15")]


def test_a_kept_gap_is_made_up_for_once_there_is_room() -> None:
    kind = open_mentor()
    hold(session_type=kind, starts_at=TEN, now=NOW)
    second = hold(session_type=kind, starts_at=TEN + HOUR, now=NOW)
    write(kind.mentor, _with_gap(kind.mentor, 30))
    seats.expire_overdue([second.pk], now=NOW + HOUR)

    kept = write(kind.mentor, _with_gap(kind.mentor, 30))

    assert kept == []
    assert blocked(kind.mentor)[0] == ("03 10:00", 30, "11:30")


def counted(mentor: Mentor) -> dict[str, dict[str, int]]:
    """Return the live meetings and the counters by date and by Monday, the empty ones left out."""
    meetings = Meeting.objects.filter(mentor=mentor, live=True).values_list("day", flat=True)
    days = DayCount.objects.filter(mentor=mentor, count__gt=0).values_list("day", "count")
    weeks = WeekCount.objects.filter(mentor=mentor, count__gt=0).values_list("monday", "count")
    return {
        "meetings": {f"{day:%m-%d}": count for day, count in Counter(meetings).items()},
        "days": {f"{day:%m-%d}": count for day, count in days},
        "weeks": {f"{day:%m-%d}": count for day, count in weeks},
    }


def test_meetings_to_come_count_under_the_dates_of_the_new_clock() -> None:
    kind = open_mentor(max_per_day=2)
    sunday = datetime(2027, 3, 7, 20, 0, tzinfo=UTC)
    for start in (NOW, sunday - HOUR * 10, sunday):
        hold(session_type=kind, starts_at=start, now=NOW)
    before = counted(kind.mentor)
    present = timetables.timetable_of(mentor=kind.mentor)

    write(kind.mentor, replace(present, time_zone="Asia/Tokyo"))  # 20:00 UTC is Monday, 05:00
    in_tokyo = counted(kind.mentor)
    away = [Travel(date(2027, 3, 7), date(2027, 3, 8), "UTC")]
    write(kind.mentor, replace(present, time_zone="Asia/Tokyo", travel=away))

    assert before == {
        "meetings": {"03-01": 1, "03-07": 2},
        "days": {"03-01": 1, "03-07": 2},
        "weeks": {"03-01": 3},
    }
    assert in_tokyo == {
        "meetings": {"03-01": 1, "03-07": 1, "03-08": 1},
        "days": {"03-01": 1, "03-07": 1, "03-08": 1},
        "weeks": {"03-01": 2, "03-08": 1},
    }
    assert counted(kind.mentor) == before


def _with_gap(mentor: Mentor, minutes: int) -> Timetable:
    present = timetables.timetable_of(mentor=mentor)
    return replace(present, rules=replace(present.rules, gap_minutes=minutes))


def test_slots_follow_the_new_timetable_at_once() -> None:
    kind = SessionTypeFactory()
    period: dict[str, Any] = {"start": TEN, "end": TEN + 2 * HOUR, "now": NOW}
    before = queries.open_slots(session_type=kind, **period)

    write(kind.mentor, replace(FULL, time_off=[], weekly=[WeeklyHours(2, 600, 690)]))

    assert before == []
    assert [slot.starts_at for slot in queries.open_slots(session_type=kind, **period)] == [
        TEN,
        TEN + timedelta(minutes=30),
    ]
