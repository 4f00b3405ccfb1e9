"""Another time that one proposes and the other answers; the old time stands until then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.errors import Invalid, NotFound
from notifications.models import Email
from scheduling import booking, lifecycle, proposals, queries, rescheduling, timetables
from scheduling.hours import DateHours
from scheduling.models import DayCount, Proposal, Session
from scheduling.proposals import ProposalAnswered, TooManyProposals
from scheduling.states import PROPOSAL, CancelledBy, Side
from tests.factories.scheduling import confirmed, open_mentor
from tests.scheduling.test_rescheduling import counted, live, move, unchanged

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def propose(
    session: Session, *starts: datetime, side: Side = Side.MENTOR, now: datetime = NOW
) -> Proposal:
    return proposals.propose(
        session_id=session.pk, side=side, starts=starts, message="Would this do?", now=now
    )


def accept(
    proposal: Proposal, start: datetime, *, side: Side = Side.CLIENT, now: datetime = NOW
) -> Session:
    return proposals.accept(
        proposal_id=proposal.pk,
        session_id=proposal.session_id,
        side=side,
        start=start,
        actor="usr_someone",
        now=now,
    )


@pytest.fixture
def session() -> Session:
    return confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)


def test_the_old_time_stands_until_the_client_accepts_one_and_that_is_no_move_of_theirs(
    session: Session,
) -> None:
    with transaction.atomic():
        proposal = propose(session, TEN + 2 * DAY, TEN + DAY)
    session.refresh_from_db()
    before = session.starts_at

    moved = accept(proposal, TEN + DAY)

    proposal.refresh_from_db()
    assert (before, moved.starts_at, moved.sequence) == (TEN, TEN + DAY, 1)
    assert (moved.client_moves, moved.refund_cap_bps) == (0, 10_000)
    assert proposal.starts == [TEN + DAY, TEN + 2 * DAY]
    assert (proposal.state, proposal.chosen) == ("accepted", TEN + DAY)
    told = Email.objects.filter(template__in=["session_proposed", "session_moved"])
    assert [(mail.template, mail.to) for mail in told.order_by("pk")] == [
        ("session_proposed", session.client.user.email),
        ("session_moved", session.client.user.email),
        ("session_moved", session.mentor.user.email),
    ]
    assert counted() == live()


def test_a_mentor_proposes_outside_the_hours_and_limits_that_clients_see() -> None:
    kind = open_mentor(hours=(540, 1020), max_per_day=1, notice_minutes=10_080)
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW - 7 * DAY)
    confirmed(session_type=kind, starts_at=TEN + DAY, now=NOW - 7 * DAY)
    evening = datetime(2027, 3, 4, 20, 10, tzinfo=UTC)

    moved = accept(propose(session, evening), evening)

    assert moved.starts_at == evening
    assert DayCount.objects.get(day=evening.date()).count == 2


def test_a_client_asks_inside_the_notice_and_keeps_the_terms_of_the_hour_of_asking() -> None:
    session = confirmed(
        session_type=open_mentor(notice_minutes=2_880), starts_at=TEN, now=TEN - 3 * DAY
    )
    asked = propose(session, TEN + DAY, side=Side.CLIENT, now=TEN - 30 * HOUR)

    moved = accept(asked, TEN + DAY, side=Side.MENTOR, now=TEN - 2 * HOUR)

    # 30 hours before the start all of it was due, two hours before it half.
    assert (moved.client_moves, moved.refund_cap_bps) == (1, 10_000)
    late = propose(moved, TEN + 9 * DAY, side=Side.CLIENT, now=TEN + DAY - 20 * HOUR)
    again = accept(late, TEN + 9 * DAY, side=Side.MENTOR, now=TEN + DAY - 19 * HOUR)
    assert (again.client_moves, again.refund_cap_bps) == (2, 5_000)
    with unchanged(session), pytest.raises(rescheduling.MovesUsedUp):
        propose(again, TEN + 10 * DAY, side=Side.CLIENT)


def test_a_client_asks_within_the_mentors_hours_alone() -> None:
    session = confirmed(session_type=open_mentor(hours=(540, 1020)), starts_at=TEN, now=NOW)

    with unchanged(session), pytest.raises(booking.SlotNotOffered) as caught:
        propose(session, TEN + 10 * HOUR, side=Side.CLIENT)

    assert caught.value.facts["reason"] == "closed"


@pytest.mark.parametrize("side", list(Side))
def test_a_time_that_is_taken_is_not_proposed(side: Side) -> None:
    kind = open_mentor()
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    confirmed(session_type=kind, starts_at=TEN + DAY, now=NOW)

    with unchanged(session), pytest.raises(booking.SlotTaken):
        propose(session, TEN + DAY + HOUR / 2, side=side)
    assert propose(session, TEN + HOUR / 2, side=side).starts == [TEN + HOUR / 2]


def test_a_time_that_was_taken_meanwhile_is_refused_and_the_proposal_stays_open() -> None:
    kind = open_mentor()
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    proposal = propose(session, TEN + DAY, TEN + 2 * DAY)
    confirmed(session_type=kind, starts_at=TEN + DAY, now=NOW)

    with unchanged(session), pytest.raises(booking.SlotTaken) as caught:
        accept(proposal, TEN + DAY)

    assert len(caught.value.facts["alternatives"]) == 3
    assert accept(proposal, TEN + 2 * DAY).starts_at == TEN + 2 * DAY
    assert counted() == live()


def test_only_the_other_one_answers_and_only_who_proposed_withdraws(session: Session) -> None:
    proposal = propose(session, TEN + DAY)
    given: dict[str, Any] = {"proposal_id": proposal.pk, "session_id": session.pk, "now": NOW}

    with pytest.raises(NotFound):
        accept(proposal, TEN + DAY, side=Side.MENTOR)
    with pytest.raises(NotFound):
        proposals.decline(side=Side.MENTOR, **given)
    with pytest.raises(NotFound):
        proposals.withdraw(side=Side.CLIENT, **given)
    assert proposals.withdraw(side=Side.MENTOR, **given).state == "withdrawn"
    for answer in (proposals.decline, lambda **more: accept(proposal, TEN + DAY)):
        with unchanged(session), pytest.raises(ProposalAnswered):
            answer(side=Side.CLIENT, **given)


def test_a_declined_proposal_moves_nothing_and_its_maker_is_told(session: Session) -> None:
    proposal = propose(session, TEN + DAY)

    proposals.decline(proposal_id=proposal.pk, session_id=session.pk, side=Side.CLIENT, now=NOW)

    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (TEN, 0)
    assert Email.objects.get(template="proposal_declined").to == session.mentor.user.email


def test_a_new_proposal_or_a_move_takes_the_place_of_an_open_one(session: Session) -> None:
    first = propose(session, TEN + DAY)
    second = propose(session, TEN + 2 * DAY, side=Side.CLIENT)
    move(session, TEN + 3 * DAY)

    states = Proposal.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["superseded", "superseded"]
    for proposal, side in ((first, Side.CLIENT), (second, Side.MENTOR)):
        with unchanged(session), pytest.raises(ProposalAnswered):
            accept(proposal, proposal.starts[0], side=side)


def test_it_lapses_with_the_session_and_with_its_last_start(session: Session) -> None:
    soon = propose(session, TEN - HOUR)

    assert soon.stands(now=TEN - HOUR - HOUR / 60)
    assert not soon.stands(now=TEN - HOUR)
    with unchanged(session), pytest.raises(Invalid):
        accept(soon, TEN - HOUR, now=TEN - HOUR)
    later = propose(session, TEN + DAY)
    assert not later.stands(now=TEN)
    with unchanged(session), pytest.raises(rescheduling.NotMovable):
        accept(later, TEN + DAY, now=TEN)
    with transaction.atomic():
        lifecycle.cancel(
            session_id=session.pk,
            by=CancelledBy.MENTOR,
            actor="usr_someone",
            reason="",
            refund_bps=10_000,
            now=NOW,
        )
    later.refresh_from_db()
    assert not later.stands(now=NOW)
    with pytest.raises(rescheduling.NotMovable):
        accept(later, TEN + DAY)


@pytest.mark.parametrize(
    "starts",
    [[], [TEN], [NOW], [TEN + DAY * number for number in range(1, 5)]],
    ids=["none", "its own time", "past", "four"],
)
def test_what_cannot_be_proposed_is_refused(session: Session, starts: list[datetime]) -> None:
    with unchanged(session), pytest.raises(Invalid):
        propose(session, *starts)
    assert Proposal.objects.count() == 0


def test_a_time_that_was_not_proposed_is_not_accepted(session: Session) -> None:
    proposal = propose(session, TEN + DAY)

    with unchanged(session), pytest.raises(Invalid):
        accept(proposal, TEN + 2 * DAY)


def test_twelve_times_is_enough(session: Session) -> None:
    for number in range(12):
        propose(session, TEN + DAY + number * HOUR)

    with unchanged(session), pytest.raises(TooManyProposals):
        propose(session, TEN + 3 * DAY)


def test_hours_that_close_meanwhile_do_not_undo_what_both_agreed(session: Session) -> None:
    proposal = propose(session, TEN + DAY)
    with transaction.atomic():
        schedule = timetables.locked(mentor=session.mentor)
        present = timetables.read(schedule=schedule)
        closed = [*present.overrides, DateHours((TEN + DAY).date(), None, None)]
        timetables.replace(
            schedule=schedule,
            timetable=replace(present, overrides=closed),
            now=NOW,
        )

    assert accept(proposal, TEN + DAY).starts_at == TEN + DAY


def test_the_database_keeps_what_was_proposed_and_one_open_at_a_time(session: Session) -> None:
    proposal = propose(session, TEN + DAY)
    row = Proposal.objects.filter(pk=proposal.pk)

    for change in ({"starts": [TEN]}, {"side": "client", "refund_cap_bps": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    proposal.pk = session.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        proposal.save(force_insert=True)
    row.update(state="declined", answered_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state="open", answered_at=None)


def test_the_trigger_is_the_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = 'scheduling_proposal_state_machine'"
        )
        source = cursor.fetchone()[0]

    assert {target for _, target in PROPOSAL.pairs()} == {
        "accepted", "declined", "withdrawn", "superseded",
    }  # fmt: skip
    for pair in PROPOSAL.pairs():
        assert "('{}', '{}')".format(*pair) in source


def test_cancelling_after_an_agreed_move_counts_from_the_new_start(session: Session) -> None:
    moved = accept(propose(session, TEN + 9 * DAY, now=TEN - HOUR), TEN + 9 * DAY, now=TEN - HOUR)

    quote = queries.cancellation_quote(session=moved, by=CancelledBy.CLIENT, now=TEN - HOUR)
    assert (quote.refund_bps, quote.changes_at) == (10_000, TEN + 8 * DAY)


@pytest.mark.parametrize("side", Side)
def test_a_time_whose_gap_meets_another_meeting_is_not_proposed(side: Side) -> None:
    """Nobody could accept it: the constraint keeps the gap."""
    kind = open_mentor(gap_minutes=15)
    session = confirmed(session_type=kind, starts_at=TEN, now=NOW)
    confirmed(session_type=kind, starts_at=TEN + DAY + HOUR, now=NOW)

    with pytest.raises(booking.SlotTaken), transaction.atomic():
        propose(session, TEN + DAY, side=side)


@pytest.mark.parametrize("odd", [timedelta(milliseconds=500), timedelta(seconds=1)])
def test_a_time_between_two_minutes_is_not_proposed(session: Session, odd: timedelta) -> None:
    with pytest.raises(Invalid, match="whole minute"), transaction.atomic():
        propose(session, TEN + DAY + odd)
