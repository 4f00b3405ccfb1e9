"""Many move at once: one slot, one session in it, and everybody else where they were."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from kernel.errors import Refusal
from scheduling import booking, lifecycle, rescheduling, seats
from scheduling.models import DayCount, Meeting, Session, SessionEvent
from scheduling.states import CancelledBy
from tests.factories.people import ClientFactory
from tests.factories.scheduling import confirmed, open_mentor
from tests.scheduling import crowds
from tests.scheduling.crowds import at_once
from tests.scheduling.test_rescheduling import counted, live, token_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

holder = partial(crowds.holder, now=NOW)


def mover(session: Session, to: datetime) -> Callable[[], Session]:
    token = token_of(session, to)
    return lambda: rescheduling.reschedule(
        session_id=session.pk, slot_token=token, actor="usr_someone", now=NOW
    )


@pytest.mark.parametrize("offsets", [[0], [0, 15, 30, 45]], ids=["equal", "overlapping"])
def test_of_32_who_move_into_one_time_exactly_one_gets_it(offsets: list[int]) -> None:
    kind = open_mentor(step_minutes=15, gap_minutes=15)
    sessions = [
        confirmed(
            session_type=kind,
            starts_at=TEN + DAY * (1 + number // 8) + 2 * HOUR * (number % 8),
            now=NOW,
        )
        for number in range(32)
    ]
    old = {session.pk: session.starts_at for session in sessions}

    results = at_once(
        [
            mover(session, TEN + timedelta(minutes=offsets[number % len(offsets)]))
            for number, session in enumerate(sessions)
        ]
    )

    won = [result for result in results if isinstance(result, Session)]
    lost = [result for result in results if not isinstance(result, Session)]
    assert len(won) == 1
    assert {type(refusal) for refusal in lost} == {booking.SlotTaken}
    assert {len(refusal.facts["alternatives"]) for refusal in lost} == {3}
    now_at = dict(Session.objects.values_list("pk", "starts_at"))
    moved = {pk for pk, starts_at in now_at.items() if starts_at != old[pk]}
    assert moved == {won[0].pk}
    assert SessionEvent.objects.filter(event="reschedule").count() == 1
    assert Session.objects.filter(sequence=0).count() == 31
    assert counted() == live()


def test_without_the_queue_the_constraint_alone_still_lets_one_win(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seats, "lock_people", lambda **_: None)
    kind = open_mentor()
    sessions = [
        confirmed(session_type=kind, starts_at=TEN + DAY + 2 * HOUR * number, now=NOW)
        for number in range(8)
    ]

    results = at_once([mover(session, TEN) for session in sessions])

    refusals = [result for result in results if not isinstance(result, Session)]
    assert {type(refusal) for refusal in refusals} <= {booking.SlotTaken, booking.BookingBusy}
    assert len(refusals) == 7
    assert counted() == live()


def test_a_booking_and_a_move_that_want_one_time_leave_one_owner() -> None:
    kind = open_mentor()
    session = confirmed(session_type=kind, starts_at=TEN + 7 * DAY, now=NOW)
    clients = [ClientFactory() for _ in range(7)]

    results = at_once([mover(session, TEN), *(holder(client, kind, TEN) for client in clients)])

    assert sum(isinstance(result, Session) for result in results) == 1
    assert Meeting.objects.filter(live=True, during__startswith=TEN).count() == 1
    assert counted() == live()


def test_a_move_and_a_cancellation_of_one_session_end_in_one_truth() -> None:
    outcomes: Counter[str] = Counter()
    for number in range(6):
        session = confirmed(session_type=open_mentor(), starts_at=TEN + number * HOUR, now=NOW)

        def cancel(session: Session = session) -> Session:
            with transaction.atomic():
                return lifecycle.cancel(
                    session_id=session.pk,
                    by=CancelledBy.CLIENT,
                    actor="usr_someone",
                    reason="",
                    refund_bps=10_000,
                    now=NOW,
                )

        moved, cancelled = at_once([mover(session, TEN + 7 * DAY), cancel])

        session.refresh_from_db()
        assert isinstance(cancelled, Session)
        assert session.state == "cancelled"
        assert not session.meeting.live
        if isinstance(moved, Refusal):
            assert isinstance(moved, rescheduling.NotMovable)
            assert session.starts_at == TEN + number * HOUR
        else:
            assert (session.starts_at, session.sequence) == (TEN + 7 * DAY, 2)
        outcomes[type(moved).__name__] += 1

    assert sum(outcomes.values()) == 6
    assert counted() == ({}, {})


def test_two_sessions_that_swap_days_at_once_both_move_and_nothing_locks() -> None:
    """Each takes from the day that the other gives to: in one order, or they would deadlock."""
    kind = open_mentor()
    for round_number in range(3):
        first = TEN + round_number * 14 * DAY
        here = confirmed(session_type=kind, starts_at=first, now=NOW)
        there = confirmed(session_type=kind, starts_at=first + 7 * DAY, now=NOW)

        results = at_once([mover(here, first + 7 * DAY + 3 * HOUR), mover(there, first + 3 * HOUR)])

        assert [type(result) for result in results] == [Session, Session]
    assert counted() == live()


def test_what_dies_inside_the_move_leaves_the_session_where_it_was() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)

    def die(_: Session) -> None:
        raise SystemExit  # the process is gone before the commit

    with pytest.raises(SystemExit):
        rescheduling.reschedule(
            session_id=session.pk,
            slot_token=token_of(session, TEN + DAY),
            actor="usr_someone",
            now=NOW,
            within=die,
        )

    session.refresh_from_db()
    assert (session.starts_at, session.sequence, session.client_moves) == (TEN, 0, 0)
    assert DayCount.objects.get(day=TEN.date()).count == 1
    assert counted() == live()
