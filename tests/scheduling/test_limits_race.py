"""Seats and limits under many at once: counts are exact. The control shows the race is real."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from kernel.errors import Refusal
from scheduling import booking, groups, seats
from scheduling.models import DayCount, Meeting, Session, WeekCount
from tests.factories.people import ClientFactory
from tests.factories.scheduling import open_group, open_mentor
from tests.scheduling.crowds import at_once, holder

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)  # a Monday
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)
MANY = 32


def tally(results: list[Session | Refusal]) -> Counter[str]:
    """Count the bookings, and the refusals by their code and reason."""
    return Counter(
        "booked" if isinstance(one, Session) else str(one.facts.get("reason", one.code))
        for one in results
    )


@pytest.mark.parametrize("queue", [True, False], ids=["in a queue", "without the queue"])
def test_of_50_clients_who_want_10_seats_exactly_10_get_one(
    queue: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock on the schedule is no part of the guarantee: the meeting's counter is."""
    if not queue:
        monkeypatch.setattr(seats, "lock_people", lambda **_: None)
    kind = open_group(capacity=10)
    meeting = groups.offer(session_type=kind, starts_at=TEN, now=NOW)

    results = at_once([holder(ClientFactory(), kind, TEN, NOW) for _ in range(50)])

    assert tally(results) == {"booked": 10, "slot_taken": 40}
    assert sorted(Session.objects.values_list("seat", flat=True)) == list(range(1, 11))
    meeting.refresh_from_db()
    assert (meeting.seats_taken, Meeting.objects.count()) == (10, 1)


def test_two_who_open_the_last_seat_get_it_once() -> None:
    kind = open_group(capacity=2)
    groups.offer(session_type=kind, starts_at=TEN, now=NOW)
    groups.offer(session_type=kind, starts_at=TEN + 4 * HALF, now=NOW)
    holder(ClientFactory(), kind, TEN, NOW)()

    results = at_once([holder(ClientFactory(), kind, TEN, NOW) for _ in range(2)])

    assert tally(results) == {"booked": 1, "slot_taken": 1}
    (refusal,) = [one for one in results if isinstance(one, booking.SlotTaken)]
    assert [item["starts_at"] for item in refusal.facts["alternatives"]] == [
        "2027-03-03T12:00:00+00:00"
    ]


def test_of_32_bookings_of_one_day_the_limit_is_made() -> None:
    kind = open_mentor(max_per_day=5)
    kind.duration_minutes = 30
    kind.save()

    results = at_once(
        [holder(ClientFactory(), kind, TEN - 20 * HALF + n * HALF, NOW) for n in range(MANY)]
    )

    assert tally(results) == {"booked": 5, "day_full": 27}
    assert (DayCount.objects.get().count, Meeting.objects.filter(live=True).count()) == (5, 5)


def test_of_32_bookings_of_one_week_the_limit_is_made() -> None:
    kind = open_mentor(max_per_week=7)
    days = [timedelta(days=n % 4) + n // 4 * timedelta(hours=1) for n in range(MANY)]

    results = at_once([holder(ClientFactory(), kind, TEN + shift, NOW) for shift in days])

    assert tally(results) == {"booked": 7, "week_full": 25}
    assert (WeekCount.objects.get().count, Meeting.objects.filter(live=True).count()) == (7, 7)
    assert sum(DayCount.objects.values_list("count", flat=True)) == 7


@pytest.fixture
def unguarded() -> Iterator[None]:
    """A table of bookings that nothing counts, for the control alone."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE unguarded_seat (taken boolean)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE unguarded_seat")


def test_control_counting_first_and_inserting_then_oversells(unguarded: None) -> None:
    """What the product does not do: if it never failed, the counts above would prove nothing."""

    def count_then_insert() -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM unguarded_seat")
            if cursor.fetchone()[0] >= 10:
                return False
            cursor.execute("INSERT INTO unguarded_seat VALUES (true)")
            return True

    oversold = 0
    for _ in range(10):
        won = sum(result is True for result in at_once([count_then_insert] * MANY))
        oversold += won > 10
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM unguarded_seat")

    assert oversold > 0
