"""Calendars from elsewhere: their times are neither listed nor booked, and the reason says so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from kernel import clock, tasks
from kernel.errors import NotFound
from kernel.models import Job
from scheduling import booking, calendar_reader, external_calendars, queries, slot_tokens
from scheduling.booking import SlotNotOffered
from scheduling.busy_times import Reading
from scheduling.calendar_reader import CalendarUnreadable
from scheduling.external_calendars import CalendarName, TooManyCalendars
from scheduling.models import ExternalBusy, ExternalCalendar, Schedule, SessionType
from tests.factories.people import ClientFactory, MentorFactory
from tests.factories.scheduling import hold, open_mentor
from tests.scheduling.odd_calendars import at, event, file, hourly

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
NINE = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BUSY = at("0308T1000", "0308T1100")


def bring_in(session_type: SessionType, data: bytes, name: str = "Work") -> ExternalCalendar:
    return external_calendars.bring_in(mentor=session_type.mentor, name=name, data=data, now=NOW)


def listed(session_type: SessionType, hours: int = 4) -> list[int]:
    found = queries.open_slots(
        session_type=session_type, start=NINE, end=NINE + hours * HOUR, now=NOW
    )
    return [slot.starts_at.hour for slot in found]


def busy_starts() -> list[datetime]:
    return [row.during.lower for row in ExternalBusy.objects.order_by("during")]


def reason(session_type: SessionType, starts_at: datetime) -> str:
    return queries.explain(session_type=session_type, at=starts_at, now=NOW).reason


def test_a_busy_hour_is_not_listed_and_the_reason_is_the_calendar() -> None:
    session_type = open_mentor(step_minutes=60)
    assert listed(session_type) == [9, 10, 11, 12]

    bring_in(session_type, BUSY)

    assert listed(session_type) == [9, 11, 12]
    found = queries.explain(session_type=session_type, at=NINE + HOUR, now=NOW)
    assert (found.offered, found.reason) == (False, "external_calendar")
    assert "calendar kept elsewhere" in found.detail


def test_listing_and_explaining_agree_on_every_step() -> None:
    session_type = open_mentor(step_minutes=15, gap_minutes=20)
    bring_in(session_type, BUSY)
    hold(session_type=session_type, starts_at=NINE + 4 * HOUR, now=NOW)
    found = queries.open_slots(session_type=session_type, start=NINE, end=NINE + 6 * HOUR, now=NOW)

    for step in range(24):
        starts_at = NINE + step * timedelta(minutes=15)
        offered = starts_at in {slot.starts_at for slot in found}
        assert (reason(session_type, starts_at) == "") is offered


def test_a_slot_that_was_listed_is_refused_once_the_calendar_is_busy() -> None:
    session_type = open_mentor()
    token = slot_tokens.mint(session_type=session_type, starts_at=NINE + HOUR, now=NOW)
    bring_in(session_type, BUSY)

    with pytest.raises(SlotNotOffered) as caught:
        booking.hold_slot(client=ClientFactory(), slot_token=token, goals="", now=NOW)

    assert caught.value.facts["reason"] == "external_calendar"


def test_a_free_event_blocks_nothing() -> None:
    session_type = open_mentor(step_minutes=60)

    bring_in(session_type, at("0308T1000", "0308T1100", "TRANSP:TRANSPARENT"))

    assert listed(session_type) == [9, 10, 11, 12]


def test_busy_times_count_for_no_limit_of_the_day() -> None:
    session_type = open_mentor(step_minutes=60, max_per_day=1)

    bring_in(session_type, BUSY)

    assert listed(session_type) == [9, 11, 12]


def test_the_gap_is_kept_in_front_of_a_busy_time() -> None:
    session_type = open_mentor(step_minutes=60, gap_minutes=15)

    bring_in(session_type, BUSY)

    assert listed(session_type) == [11, 12]


def test_whole_days_are_the_mentors_own() -> None:
    session_type = open_mentor(step_minutes=60, time_zone="Asia/Tokyo")

    bring_in(session_type, file(*event("DTSTART;VALUE=DATE:20270308")))

    busy = ExternalBusy.objects.get().during
    assert busy.lower == datetime(2027, 3, 7, 15, tzinfo=UTC)
    assert busy.upper == datetime(2027, 3, 8, 15, tzinfo=UTC)


def test_a_file_that_cannot_be_read_leaves_the_last_good_one() -> None:
    session_type = open_mentor(step_minutes=60)
    bring_in(session_type, BUSY)

    with pytest.raises(CalendarUnreadable, match="cut off"):
        bring_in(session_type, BUSY[:80])

    assert listed(session_type) == [9, 11, 12]
    assert bytes(ExternalCalendar.objects.get().content) == BUSY


def test_what_cannot_be_read_in_a_good_file_is_said() -> None:
    data = file(*hourly(":20270308T100000Z"), *event("DTSTART:next Monday", uid="two@odd"))

    calendar = bring_in(open_mentor(), data)

    assert calendar.skipped == ["'next Monday' is no time."]


def test_a_file_of_the_same_name_takes_the_place_of_the_old_one() -> None:
    session_type = open_mentor(step_minutes=60)
    bring_in(session_type, BUSY)

    bring_in(session_type, at("0308T1200", "0308T1300"))

    assert listed(session_type) == [9, 10, 11]
    assert ExternalCalendar.objects.count() == 1


def test_two_calendars_count_together_and_each_goes_alone() -> None:
    session_type = open_mentor(step_minutes=60)
    work = bring_in(session_type, BUSY)
    bring_in(session_type, at("0308T1030", "0308T1130"), "Home")
    assert listed(session_type) == [9, 12]
    assert ExternalBusy.objects.count() == 2

    external_calendars.take_out(mentor=session_type.mentor, calendar_id=work.pk)

    assert listed(session_type) == [9, 12]
    assert reason(session_type, NINE + 2 * HOUR) == "external_calendar"
    assert ExternalBusy.objects.count() == 1


def test_a_calendar_is_taken_out_by_its_own_mentor_alone() -> None:
    calendar = bring_in(open_mentor(), BUSY)

    with pytest.raises(NotFound):
        external_calendars.take_out(mentor=MentorFactory(), calendar_id=calendar.pk)

    assert ExternalCalendar.objects.count() == 1


def test_another_mentor_is_not_busy() -> None:
    other = open_mentor(step_minutes=60)

    bring_in(open_mentor(), BUSY)

    assert listed(other) == [9, 10, 11, 12]


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_calendar_has_a_name(name: str) -> None:
    with pytest.raises(CalendarName):
        bring_in(open_mentor(), BUSY, name)


def test_the_eleventh_calendar_is_refused_and_a_tenth_may_be_replaced() -> None:
    session_type = open_mentor()
    for number in range(10):
        bring_in(session_type, BUSY, str(number))

    bring_in(session_type, BUSY, "9")
    with pytest.raises(TooManyCalendars):
        bring_in(session_type, BUSY, "10")

    assert ExternalCalendar.objects.count() == 10


def test_reading_anew_reaches_further_and_follows_the_mentors_zone() -> None:
    session_type = open_mentor()
    bring_in(session_type, file(*hourly(":20270308T100000", "RRULE:FREQ=YEARLY")))
    assert busy_starts() == [datetime(year, 3, 8, 10, tzinfo=UTC) for year in (2027, 2028)]
    Schedule.objects.update(time_zone="Asia/Tokyo")
    later = NOW + timedelta(days=400)

    with clock.travel(later):
        assert calendar_reader.promise_all_anew(now=later) == 1
        tasks.drain()

    # 10:00 in Tokyo; from April 2028 on the next 8 March is that of 2029.
    assert busy_starts() == [datetime(2029, 3, 8, 1, tzinfo=UTC)]
    assert calendar_reader.promise_all_anew(now=later) == 0


def test_each_calendar_is_read_anew_by_a_job_of_its_own() -> None:
    session_type = open_mentor()
    good = bring_in(session_type, BUSY)
    bad = bring_in(session_type, BUSY, "Home")
    ExternalCalendar.objects.filter(pk=bad.pk).update(content=b"rotten")
    later = NOW + timedelta(days=1)

    with clock.travel(later):
        for _ in range(2):  # what waits is not promised twice
            assert calendar_reader.promise_all_anew(now=later) == 2
        tasks.drain()

    assert Job.objects.filter(done_at__isnull=False).count() == 2
    assert ExternalCalendar.objects.get(pk=good.pk).read_at == later
    assert ExternalCalendar.objects.get(pk=bad.pk).read_at == NOW
    assert ExternalBusy.objects.count() == 2


def test_a_file_that_comes_while_the_old_one_is_read_is_not_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session_type = open_mentor()
    calendar = bring_in(session_type, BUSY)
    later = NOW + timedelta(days=1)
    read = calendar_reader.read

    def slowly(data: bytes, *, time_zone: str, now: datetime) -> Reading:
        found = read(data, time_zone=time_zone, now=now)
        monkeypatch.setattr(calendar_reader, "read", read)
        external_calendars.bring_in(
            mentor=session_type.mentor, name="Work", data=at("0308T1200", "0308T1300"), now=now
        )
        return found

    monkeypatch.setattr(calendar_reader, "read", slowly)
    with clock.travel(later):
        calendar_reader.read_anew(calendar_id=str(calendar.pk))

    assert busy_starts() == [NINE + 3 * HOUR]


def test_reading_costs_the_listing_no_query() -> None:
    session_type = open_mentor(step_minutes=60)
    with CaptureQueriesContext(connection) as before:
        listed(session_type)
    bring_in(session_type, file(*hourly(":20270308T100000", "RRULE:FREQ=DAILY")))

    with CaptureQueriesContext(connection) as after:
        listed(session_type)

    assert len(after) == len(before)


def test_the_database_refuses_busy_times_that_overlap_or_have_no_end() -> None:
    calendar = bring_in(open_mentor(), BUSY)

    for lower, upper in ((NINE, NINE + 2 * HOUR), (NINE, None), (NINE, NINE)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExternalBusy.objects.create(calendar=calendar, during=DateTimeTZRange(lower, upper))
    ExternalBusy.objects.create(calendar=calendar, during=DateTimeTZRange(NINE, NINE + HOUR))
