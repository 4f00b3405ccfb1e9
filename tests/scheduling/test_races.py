"""Many at once: one slot, one booking. The negative control shows that the race is real."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from scheduling import booking, lifecycle, seats
from scheduling.models import DayCount, Meeting, Session
from scheduling.states import CancelledBy
from tests.factories.people import ClientFactory
from tests.factories.scheduling import hold, open_mentor
from tests.scheduling import crowds
from tests.scheduling.crowds import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

holder = partial(crowds.holder, now=NOW)


@pytest.mark.parametrize("offsets", [[0], [0, 15, 30, 45]], ids=["equal", "overlapping"])
def test_of_64_who_want_one_time_exactly_one_gets_it(offsets: list[int]) -> None:
    session_type = open_mentor(step_minutes=15, gap_minutes=15)
    clients = [ClientFactory() for _ in range(64)]

    for round_number in range(3):
        start = TEN + round_number * 24 * HOUR
        results = at_once(
            [
                holder(
                    client,
                    session_type,
                    start + timedelta(minutes=offsets[number % len(offsets)]),
                )
                for number, client in enumerate(clients)
            ]
        )

        won = [result for result in results if isinstance(result, Session)]
        lost = [result for result in results if not isinstance(result, Session)]
        assert len(won) == 1
        assert {type(refusal) for refusal in lost} == {booking.SlotTaken}
        assert {len(refusal.facts["alternatives"]) for refusal in lost} == {3}
        with transaction.atomic():
            lifecycle.cancel(
                session_id=won[0].pk,
                by=CancelledBy.CLIENT,
                actor="usr_someone",
                reason="",
                refund_bps=10_000,
                now=NOW,
            )

    assert Meeting.objects.filter(live=True).count() == 0
    assert Meeting.objects.count() == 3


def test_without_the_queue_the_constraint_alone_still_lets_one_win(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The lock on the schedule spares deadlocks (docs/locking.md); it is not the guarantee."""
    monkeypatch.setattr(seats, "lock_people", lambda **_: None)
    session_type = open_mentor(step_minutes=15)
    calls = [
        holder(ClientFactory(), session_type, TEN + timedelta(minutes=15 * (number % 4)))
        for number in range(12)
    ]

    results = at_once(calls)

    refusals = [result for result in results if not isinstance(result, Session)]
    assert {type(refusal) for refusal in refusals} <= {booking.SlotTaken, booking.BookingBusy}
    assert len(refusals) == 11
    assert Meeting.objects.count() == Session.objects.count() == 1


def test_an_expired_hold_is_taken_over_by_exactly_one() -> None:
    session_type = open_mentor()
    first = hold(session_type=session_type, starts_at=TEN, now=NOW)
    later = NOW + timedelta(minutes=15)
    clients = [ClientFactory() for _ in range(16)]

    results = at_once([holder(client, session_type, TEN, now=later) for client in clients])

    first.refresh_from_db()
    assert sum(isinstance(result, Session) for result in results) == 1
    assert first.state == "expired"
    assert DayCount.objects.get().count == 1


def test_payment_and_takeover_of_an_overdue_hold_leave_one_owner() -> None:
    session_type = open_mentor()
    clients = [ClientFactory() for _ in range(7)]
    for day in range(5):
        start = TEN + day * 24 * HOUR
        session = hold(session_type=session_type, starts_at=start, now=NOW)
        later = NOW + timedelta(minutes=15)

        def confirm(session_id: UUID = session.pk, now: datetime = later) -> Session:
            with transaction.atomic():
                return lifecycle.confirm(session_id=session_id, now=now)

        at_once([confirm, *(holder(client, session_type, start, now=later) for client in clients)])

        live = Session.objects.filter(live=True, starts_at=start)
        assert live.count() == 1
        session.refresh_from_db()
        assert session.state == ("confirmed" if live.get() == session else "expired")
        Session.objects.exclude(pk=session.pk).filter(state="pending").update(
            expires_at=NOW  # the takers' holds do not count against them in the next round
        )
        lifecycle.expire_due(now=NOW)


def test_of_eight_holds_by_one_client_at_once_three_are_made() -> None:
    client = ClientFactory()
    kinds = [open_mentor() for _ in range(8)]

    results = at_once(
        [
            holder(client, session_type, TEN + number * HOUR)
            for number, session_type in enumerate(kinds)
        ]
    )

    refusals = [result for result in results if not isinstance(result, Session)]
    assert {type(refusal) for refusal in refusals} == {booking.TooManyHolds}
    assert len(refusals) == 5
    assert Session.objects.count() == 3


def test_a_client_who_wants_two_mentors_at_one_time_gets_one() -> None:
    client = ClientFactory()
    kinds = [open_mentor() for _ in range(8)]

    results = at_once([holder(client, session_type, TEN) for session_type in kinds])

    refusals = [result for result in results if not isinstance(result, Session)]
    assert {type(refusal) for refusal in refusals} <= {booking.ClientBusy, booking.TooManyHolds}
    assert Session.objects.count() == 1


def test_a_full_day_is_not_overfilled_by_many_at_once() -> None:
    session_type = open_mentor(max_per_day=2, step_minutes=60)
    calls = [holder(ClientFactory(), session_type, TEN + number * HOUR) for number in range(8)]

    results = at_once(calls)

    refusals = [result for result in results if not isinstance(result, Session)]
    assert {refusal.facts["reason"] for refusal in refusals} == {"day_full"}
    assert len(refusals) == 6
    assert DayCount.objects.get().count == 2


def test_two_sweeps_and_two_clocks_at_once_do_each_thing_once() -> None:
    session_type = open_mentor()
    for number in range(6):
        hold(session_type=session_type, starts_at=TEN + number * HOUR, now=NOW)
    later = NOW + HOUR

    counts = at_once([lambda: lifecycle.expire_due(now=later)] * 4)

    assert sum(count for count in counts if isinstance(count, int)) == 6
    assert DayCount.objects.get().count == 0


@pytest.fixture
def unguarded() -> Iterator[None]:
    """A table of meetings without the exclusion constraint, for the control alone."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE unguarded_meeting (mentor_id uuid, blocked tstzrange)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE unguarded_meeting")


def test_control_looking_first_and_inserting_then_books_twice(unguarded: None) -> None:
    """What the product does not do: if it never failed, the races above would prove nothing."""
    mentor_id = open_mentor().mentor_id

    def look_then_insert() -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            period: list[Any] = [mentor_id, TEN, TEN + HOUR]
            cursor.execute(
                "SELECT 1 FROM unguarded_meeting "
                "WHERE mentor_id = %s AND blocked && tstzrange(%s, %s)",
                period,
            )
            if cursor.fetchone():
                return False
            cursor.execute("INSERT INTO unguarded_meeting VALUES (%s, tstzrange(%s, %s))", period)
            return True

    overbooked = 0
    for _ in range(10):
        won = sum(result is True for result in at_once([look_then_insert] * 16))
        overbooked += won > 1
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM unguarded_meeting")

    assert overbooked > 0
