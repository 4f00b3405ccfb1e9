"""Group meetings: offered, seen, booked seat by seat, given back, decided and withdrawn."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.errors import Invalid
from scheduling import booking, groups, lifecycle, queries, seats
from scheduling.models import DayCount, Meeting, Session, SessionType
from scheduling.states import CancelledBy
from tests.factories.people import ClientFactory
from tests.factories.scheduling import SessionTypeFactory, confirmed, hold, open_group, open_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)  # a Monday
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CUTOFF = TEN - timedelta(days=1)


def offered(kind: SessionType, at: datetime = TEN) -> Meeting:
    return groups.offer(session_type=kind, starts_at=at, now=NOW)


def cancelled(session: Session, now: datetime = NOW) -> Session:
    with transaction.atomic():
        return lifecycle.cancel(
            session_id=session.pk,
            by=CancelledBy.CLIENT,
            actor="usr_someone",
            reason="",
            refund_bps=10_000,
            now=now,
        )


def listed(kind: SessionType, now: datetime = NOW) -> list[tuple[datetime, int | None]]:
    found = queries.open_slots(session_type=kind, start=now, end=TEN + 30 * 24 * HOUR, now=now)
    return [(slot.starts_at, slot.seats_left) for slot in found]


def reason(kind: SessionType, at: datetime = TEN, now: datetime = NOW) -> str:
    return queries.explain(session_type=kind, at=at, now=now).reason


def test_clients_see_the_meetings_that_are_offered_with_the_seats_left() -> None:
    kind = open_group(capacity=3)
    offered(kind)
    offered(kind, TEN + 5 * HOUR)

    assert listed(kind) == [(TEN, 3), (TEN + 5 * HOUR, 3)]
    hold(session_type=kind, starts_at=TEN, now=NOW)
    assert listed(kind) == [(TEN, 2), (TEN + 5 * HOUR, 3)]
    assert reason(kind) == ""
    assert reason(kind, TEN + HOUR) == "no_meeting"


def test_seats_are_numbered_and_a_number_that_is_free_is_given_again() -> None:
    kind = open_group(capacity=3)
    meeting = offered(kind)
    one, two, three = (hold(session_type=kind, starts_at=TEN, now=NOW) for _ in range(3))

    cancelled(two)
    again = hold(session_type=kind, starts_at=TEN, now=NOW)

    assert [one.seat, two.seat, three.seat, again.seat] == [1, 2, 3, 2]
    assert {session.meeting_id for session in (one, two, three, again)} == {meeting.pk}
    meeting.refresh_from_db()
    assert meeting.seats_taken == 3


def test_a_full_meeting_is_refused_with_other_meetings_in_its_place() -> None:
    kind = open_group(capacity=2)
    for at in (TEN, TEN + 3 * HOUR):
        offered(kind, at)
    for _ in range(2):
        hold(session_type=kind, starts_at=TEN, now=NOW)

    with pytest.raises(booking.SlotTaken) as refused:
        hold(session_type=kind, starts_at=TEN, now=NOW)

    assert reason(kind) == "full"
    assert refused.value.detail.startswith("Every seat of the meeting at 2027-03-03 10:00 UTC")
    alternatives = refused.value.facts["alternatives"]
    assert [item["starts_at"] for item in alternatives] == ["2027-03-03T13:00:00+00:00"]
    booked = booking.hold_slot(
        client=ClientFactory(), slot_token=alternatives[0]["token"], goals="", now=NOW
    )
    assert booked.starts_at == TEN + 3 * HOUR


def test_a_meeting_stands_when_its_last_client_leaves_and_takes_the_mentors_time() -> None:
    kind = open_group(max_per_day=1)
    single = SessionTypeFactory(mentor=kind.mentor)
    meeting = offered(kind)

    cancelled(hold(session_type=kind, starts_at=TEN, now=NOW))
    meeting.refresh_from_db()

    assert (meeting.live, meeting.seats_taken) == (True, 0)
    assert reason(single) == "taken"
    assert reason(single, TEN + 5 * HOUR) == "day_full"
    assert DayCount.objects.get().count == 1


def test_an_overdue_hold_leaves_its_seat_at_once_and_the_meeting_stands() -> None:
    kind = open_group(capacity=1 + 1)
    single = SessionTypeFactory(mentor=kind.mentor)
    offered(kind)
    late = [hold(session_type=kind, starts_at=TEN, now=NOW) for _ in range(2)]
    later = NOW + timedelta(minutes=15)

    assert listed(kind, later) == [(TEN, 2)]
    assert reason(single, now=later) == "taken"
    taken_over = hold(session_type=kind, starts_at=TEN, now=later)

    assert taken_over.seat == 1
    assert {Session.objects.get(pk=one.pk).state for one in late} == {"expired"}
    assert Meeting.objects.get().seats_taken == 1


def test_a_payment_that_came_late_takes_a_seat_again_while_there_is_one() -> None:
    kind = open_group(capacity=2)
    offered(kind)
    first, second = (hold(session_type=kind, starts_at=TEN, now=NOW) for _ in range(2))
    later = NOW + timedelta(minutes=15)
    confirmed(session_type=kind, starts_at=TEN, now=later)

    with transaction.atomic():
        again = lifecycle.take_again(session_id=first.pk, now=later)
    with pytest.raises(lifecycle.TimeGone), transaction.atomic():
        lifecycle.take_again(session_id=second.pk, now=later)

    assert (again.state, again.seat) == ("confirmed", 2)


@pytest.mark.parametrize(("paid", "left"), [(2, "decided"), (1, "withdrawn")])
def test_at_the_cut_off_only_paid_seats_count(paid: int, left: str) -> None:
    kind = open_group(minimum=2)
    meeting = offered(kind)
    for _ in range(paid):
        confirmed(session_type=kind, starts_at=TEN, now=NOW)
    hold(session_type=kind, starts_at=TEN, now=CUTOFF - timedelta(minutes=5))

    assert groups.decide_due(now=CUTOFF - timedelta(seconds=1)) == 0
    assert reason(kind, now=CUTOFF) == "undecided"
    assert groups.decide_due(now=CUTOFF) == 1
    assert groups.decide_due(now=CUTOFF) == 0

    meeting.refresh_from_db()
    if left == "decided":
        assert (meeting.decided_at, meeting.withdrawn_at) == (CUTOFF, None)
        assert reason(kind, now=CUTOFF) == ""
    else:
        assert (meeting.withdrawn_by, meeting.withdrawn_at) == ("minimum", CUTOFF)
        assert meeting.withdraw_reason == "It needed 2 paid seats by its cut-off and had 1."
        assert reason(kind, now=CUTOFF) == "no_meeting"


def test_a_cut_off_that_was_slept_through_calls_nothing_off_that_has_begun() -> None:
    kind = open_group(minimum=2)
    offered(kind)

    groups.decide_due(now=TEN)

    assert Meeting.objects.get().decided_at == TEN


def test_a_withdrawn_meeting_is_free_again_once_its_last_session_has_ended() -> None:
    kind = open_group()
    single = SessionTypeFactory(mentor=kind.mentor)
    meeting, empty = offered(kind), offered(kind, TEN + 5 * HOUR)
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    for one in (meeting, empty):
        groups.withdraw(meeting_id=one.pk, mentor=kind.mentor, reason="Ill", now=NOW)

    assert [one.pk for one in groups.awaiting_cancellation()] == [session.pk]
    assert (reason(single), reason(single, TEN + 5 * HOUR)) == ("taken", "")
    with pytest.raises(booking.SlotNotOffered):
        hold(session_type=kind, starts_at=TEN, now=NOW)
    cancelled(session)

    assert reason(single) == ""
    assert DayCount.objects.get().count == 0
    assert list(groups.awaiting_cancellation()) == []


def test_a_seat_that_was_offered_a_moment_ago_is_refused_once_the_meeting_is_withdrawn() -> None:
    kind = open_group()
    meeting = offered(kind)
    confirmed(session_type=kind, starts_at=TEN, now=NOW)
    seat = seats.Seat(
        mentor_id=kind.mentor_id, starts_at=TEN, ends_at=TEN + HOUR, gap_minutes=0,
        day=TEN.date(), max_per_day=None, max_per_week=None, meeting_id=meeting.pk,
    )  # fmt: skip
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="", now=NOW)

    with pytest.raises(seats.SeatsTaken, match="withdrew"):
        seats.take(
            seat=seat, session=Session(client=ClientFactory()), event="hold", actor="x", now=NOW
        )


def test_a_mentor_offers_what_is_free_and_only_groups() -> None:
    kind = open_group(max_per_day=1)
    hold(session_type=SessionTypeFactory(mentor=kind.mentor), starts_at=TEN, now=NOW)

    with pytest.raises(seats.TimeNotFree):
        offered(kind, TEN + timedelta(minutes=30))
    with pytest.raises(seats.LimitReached):
        offered(kind, TEN + 3 * HOUR)
    with pytest.raises(Invalid):
        offered(kind, NOW)
    with pytest.raises(groups.NotAGroup):
        offered(open_mentor())


def test_one_to_one_is_free_of_groups_and_groups_are_no_free_hours() -> None:
    kind = open_group()
    offered(kind)

    free = queries.next_free(mentor_ids=[kind.mentor_id], now=NOW)

    assert free == {kind.mentor_id: None}


def by_sql(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_by_sql_no_meeting_holds_more_sessions_than_it_has_seats() -> None:
    kind = open_group(capacity=2)
    meeting = offered(kind)
    one, two = (hold(session_type=kind, starts_at=TEN, now=NOW) for _ in range(2))
    single = hold(
        session_type=SessionTypeFactory(mentor=kind.mentor), starts_at=TEN + HOUR, now=NOW
    )
    copy = """
        INSERT INTO scheduling_session (
            id, meeting_id, client_id, mentor_id, session_type_id, seat, state, live, starts_at,
            ends_at, during, expires_at, price_minor, currency, policy, goals, sequence,
            cancelled_by, cancel_reason, created_at)
        SELECT gen_random_uuid(), meeting_id, %s, mentor_id, session_type_id, %s, state, live,
            starts_at, ends_at, during, expires_at, price_minor, currency, policy, goals, sequence,
            cancelled_by, cancel_reason, created_at
        FROM scheduling_session WHERE id = %s
    """

    for session, seat, guard in (
        (one, 2, "seat_once"),
        (two, 3, "has seat 3 of a meeting with 2"),
        (single, 1, "seat_once"),
        (single, 2, "has seat 2 of a meeting with 1"),
    ):
        with pytest.raises(IntegrityError, match=guard):
            by_sql(copy, ClientFactory().pk, seat, session.pk)
    for change, guard in (
        ("seats_taken = 3", "seats_within_capacity"),
        ("capacity = 3", "never changed"),
        ("live = false", "still has a live session"),
        ("withdrawn_at = now()", "withdrawal_whole"),
    ):
        with pytest.raises(IntegrityError, match=guard):
            by_sql(f"UPDATE scheduling_meeting SET {change} WHERE id = %s", meeting.pk)
    empty = offered(kind, TEN + 5 * HOUR)
    with pytest.raises(IntegrityError, match="group_stands_until_withdrawn"):
        by_sql("UPDATE scheduling_meeting SET live = false WHERE id = %s", empty.pk)


@pytest.mark.parametrize(
    ("cutoff", "starts_at", "words"),
    [
        (60, NOW + timedelta(minutes=60), "has passed"),
        (60, TEN + timedelta(milliseconds=500), "whole minute"),
        (60, TEN + timedelta(seconds=30), "whole minute"),
    ],
)
def test_a_meeting_that_nobody_could_book_is_not_offered(
    cutoff: int, starts_at: datetime, words: str
) -> None:
    kind = open_group(cutoff_minutes=cutoff)

    with pytest.raises(Invalid, match=words):
        offered(kind, starts_at)
    assert not Meeting.objects.exists()


def test_a_cut_off_at_which_nothing_can_be_decided_is_refused() -> None:
    kind = open_group()

    with pytest.raises(Invalid, match="at least 30 minutes"):
        groups.open_type(
            mentor=kind.mentor,
            name="Circle",
            duration_minutes=60,
            price_minor=2000,
            currency="USD",
            capacity=5,
            minimum=2,
            cutoff_minutes=29,
        )
