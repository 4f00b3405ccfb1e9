"""What mentors offered is kept each night; what sessions took is set against it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from accounts.models import Mentor
from accounts.scopes import Scope
from kernel.spans import Span, span
from scheduling import offered
from scheduling.models import OfferedDay, Schedule, TimeOff, WeeklyRule
from scheduling.reports.utilisation import Used, kept_since, utilisation
from tests.factories import sessions
from tests.factories.people import MentorFactory
from tests.factories.scheduling import open_mentor

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 3, 8)
NIGHT = datetime(2027, 3, 9, 0, 5, tzinfo=UTC)
NINE_TO_FIVE = (9 * 60, 17 * 60)
DAY = timedelta(days=1)


def mentor(*, hours: tuple[int, int] = NINE_TO_FIVE, zone: str = "UTC") -> Mentor:
    """A live mentor who is open every day."""
    found = open_mentor(mentor=MentorFactory(), hours=hours).mentor
    Schedule.objects.filter(mentor=found).update(time_zone=zone)
    return found


def kept(zone: str = "UTC", *, now: datetime = NIGHT) -> dict[date, int]:
    """Keep what is over; return the minutes of all mentors by day."""
    offered.record(now=now, zone=zone)
    days: dict[date, int] = {}
    for row in OfferedDay.objects.all():
        days[row.day] = days.get(row.day, 0) + row.minutes
    return days


def days(first: date, last: date, zone: str = "UTC") -> Span:
    return span(first=first, last=last, zone=zone)


def held(of: Mentor, at: datetime) -> None:
    session = sessions.pending_session(mentor=of, starts_at=at)
    sessions.confirm(session)
    sessions.complete(session)


def test_a_day_is_written_down_once_it_is_over() -> None:
    mentor()

    assert kept() == {MONDAY: 480}
    assert kept() == {MONDAY: 480}
    assert kept(now=NIGHT + 2 * DAY) == {MONDAY: 480, MONDAY + DAY: 480, MONDAY + 2 * DAY: 480}


def test_what_was_offered_stays_when_the_hours_change() -> None:
    of = mentor()
    kept()

    WeeklyRule.objects.filter(schedule__mentor=of).update(end_minute=10 * 60)

    assert kept(now=NIGHT + DAY) == {MONDAY: 480, MONDAY + DAY: 60}


def test_time_off_is_not_offered_and_a_closed_day_is_kept_as_zero() -> None:
    of = mentor()
    for start, hours in ((datetime(2027, 3, 8, 12, tzinfo=UTC), 1), (NIGHT, 30)):
        TimeOff.objects.create(
            schedule=Schedule.objects.get(mentor=of),
            during=Range(start, start + timedelta(hours=hours), "[)"),
        )

    assert kept() == {MONDAY: 420}
    assert kept(now=NIGHT + DAY) == {MONDAY: 420, MONDAY + DAY: 0}


def test_hours_over_midnight_are_cut_by_the_markets_clock() -> None:
    """09:00–17:00 in Auckland is 20:00–04:00 UTC; in the first night one day is kept."""
    mentor(zone="Pacific/Auckland")

    assert kept() == {MONDAY: 8 * 60}
    assert offered.record(now=NIGHT, zone="UTC") == 0


def test_the_day_that_the_clock_shortens_has_less() -> None:
    """Open round the clock in Berlin on 28 March 2027: 23 hours; in October 25."""
    mentor(hours=(0, 1440), zone="Europe/Berlin")

    spring = kept("Europe/Berlin", now=datetime(2027, 3, 29, 1, tzinfo=UTC))
    assert spring == {date(2027, 3, 28): 23 * 60}
    autumn = kept("Europe/Berlin", now=datetime(2027, 11, 1, 1, tzinfo=UTC))
    assert autumn[date(2027, 10, 31)] == 25 * 60
    assert len(autumn) == 1 + offered.MOST_DAYS + 1  # what was before is lost


def test_who_is_not_listed_offers_nothing() -> None:
    of = mentor()
    Mentor.objects.filter(pk=of.pk).update(status=Mentor.Status.SUSPENDED)

    assert kept() == {}


def test_the_demos_year_may_be_written_at_once() -> None:
    mentor()

    assert offered.record(now=NIGHT, zone="UTC", since=MONDAY - 99 * DAY) == 100
    assert (OfferedDay.objects.count(), kept_since()) == (100, MONDAY - 99 * DAY)


def test_the_queries_are_as_many_for_three_mentors() -> None:
    mentor()
    with CaptureQueriesContext(connection) as one:
        offered.record(now=NIGHT, zone="UTC")
    mentor()
    mentor()
    with CaptureQueriesContext(connection) as three:
        offered.record(now=NIGHT + 3 * DAY, zone="UTC")

    assert OfferedDay.objects.count() == 1 + 9
    assert len(three) == len(one)


@pytest.mark.parametrize("statement", ["UPDATE {} SET minutes = 1", "DELETE FROM {}"])
def test_what_is_kept_is_history(statement: str) -> None:
    mentor()
    kept()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("scheduling_offeredday"))

    assert OfferedDay.objects.get().minutes == 480


# The report


def test_a_day_has_what_was_offered_and_what_was_used() -> None:
    """Two of sixteen hours, on one day; on the next nothing; of Wednesday nothing is kept."""
    of, other = mentor(), mentor()
    held(of, datetime(2027, 3, 8, 9, tzinfo=UTC))
    held(other, datetime(2027, 3, 8, 9, tzinfo=UTC))
    held(of, datetime(2027, 3, 10, 9, tzinfo=UTC))
    cancelled = sessions.pending_session(mentor=of, starts_at=datetime(2027, 3, 8, 12, tzinfo=UTC))
    sessions.confirm(cancelled)
    sessions.cancel(cancelled, at=NIGHT, by="client", refund_bps=0)
    sessions.pending_session(mentor=of, starts_at=datetime(2027, 3, 8, 14, tzinfo=UTC))
    kept(now=NIGHT + DAY - timedelta(hours=1))
    kept(now=NIGHT + DAY)

    found = utilisation(span=days(MONDAY, MONDAY + 2 * DAY))

    assert found == [Used(960, 120, 2, 1), Used(960, 0, 0, 1), Used()]
    assert utilisation(span=days(MONDAY, MONDAY), scope=Scope(mentor_id=of.pk)) == [
        Used(480, 60, 1, 1)
    ]


def test_months_add_up_the_days_that_are_kept() -> None:
    mentor()
    offered.record(now=NIGHT, zone="UTC", since=date(2027, 2, 27))

    february, march = utilisation(
        span=span(first=date(2027, 2, 1), last=date(2027, 3, 31), zone="UTC", months=True)
    )

    assert february == Used(960, 0, 0, 2)
    assert march == Used(8 * 480, 0, 0, 8)


def test_a_session_counts_on_the_day_of_the_market_on_which_it_begins() -> None:
    """23:30 on Monday in UTC is Tuesday in Berlin."""
    of = mentor(hours=(0, 1440))
    held(of, datetime.combine(MONDAY, time(23, 30), UTC))
    offered.record(now=NIGHT + DAY, zone="Europe/Berlin", since=MONDAY)

    monday, tuesday = utilisation(span=days(MONDAY, MONDAY + DAY, "Europe/Berlin"))

    assert (monday.sessions, tuesday.sessions) == (0, 1)
    assert (tuesday.used_minutes, tuesday.offered_minutes) == (60, 1440)


def test_a_mentor_without_hours_may_have_used_some() -> None:
    """Moved outside of his hours: nothing is divided by zero."""
    of = mentor(hours=(0, 1))
    WeeklyRule.objects.filter(schedule__mentor=of).delete()
    held(of, datetime(2027, 3, 8, 9, tzinfo=UTC))
    kept()

    assert utilisation(span=days(MONDAY, MONDAY)) == [Used(0, 60, 1, 1)]
