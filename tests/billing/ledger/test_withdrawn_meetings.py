"""A group meeting that does not take place: every seat is refunded in full, by itself."""

from datetime import timedelta

import pytest
from django.db import transaction

from billing import cancellations, interventions, mass_cancellations
from billing.interventions import Fault
from billing.models import Refund
from billing.settlement import RowBusy
from kernel.models import AuditEntry
from kernel.money import Money
from scheduling import groups, lifecycle
from scheduling.lifecycle import NotCancellable
from scheduling.models import Meeting, Session, SessionType
from scheduling.states import CancelledBy
from tests.factories.billing import PAID_AT, capture, open_payment
from tests.factories.scheduling import hold, open_group
from tests.factories.sessions import STARTS_AT

pytestmark = pytest.mark.django_db

HELD_AT = PAID_AT - timedelta(minutes=5)
CUTOFF = STARTS_AT - timedelta(days=1)


def paid_seat(kind: SessionType) -> Session:
    session = hold(session_type=kind, starts_at=STARTS_AT, now=HELD_AT)
    capture(open_payment(session))
    with transaction.atomic():
        return lifecycle.confirm(session_id=session.pk, now=PAID_AT)


def meeting_of(kind: SessionType) -> Meeting:
    return groups.offer(session_type=kind, starts_at=STARTS_AT, now=HELD_AT)


def refunds() -> list[tuple[int, str, str]]:
    return list(Refund.objects.values_list("amount_minor", "cause", "bearer").order_by("pk"))


def test_where_the_minimum_is_not_reached_the_platform_gives_everything_back() -> None:
    kind = open_group(minimum=3)
    meeting = meeting_of(kind)
    paid = [paid_seat(kind) for _ in range(2)]
    held = hold(session_type=kind, starts_at=STARTS_AT, now=CUTOFF - timedelta(minutes=5))
    groups.decide_due(now=CUTOFF)

    assert mass_cancellations.end_withdrawn(now=CUTOFF) == 3
    assert mass_cancellations.end_withdrawn(now=CUTOFF) == 0

    assert refunds() == [(10_000, "platform_cancelled", "platform")] * 2
    for session in (*paid, held):
        session.refresh_from_db()
        assert (session.state, session.cancelled_by) == ("cancelled", "platform")
        assert session.cancel_reason == "It needed 3 paid seats by its cut-off and had 2."
    meeting.refresh_from_db()
    assert (meeting.live, meeting.seats_taken) == (False, 0)


def test_a_mentor_who_withdraws_has_cancelled_each_seat() -> None:
    kind = open_group()
    meeting, other = meeting_of(kind), meeting_of(open_group())
    paid_seat(kind)
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="Ill", now=PAID_AT)

    assert mass_cancellations.end_withdrawn(now=PAID_AT, meeting_id=other.pk) == 0
    assert mass_cancellations.end_withdrawn(now=PAID_AT, meeting_id=meeting.pk) == 1

    assert refunds() == [(10_000, "mentor_cancelled", "mentor")]
    session = Session.objects.get()
    assert (session.cancelled_by, session.cancel_reason) == ("mentor", "Ill")


def test_what_a_busy_row_leaves_is_ended_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = open_group()
    meeting = meeting_of(kind)
    paid_seat(kind)
    paid_seat(kind)
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="", now=PAID_AT)
    real, calls = cancellations.cancel, []

    def once_busy(**call: object) -> object:
        calls.append(call)
        if len(calls) == 1:
            raise RowBusy("Another request is working on this payment.")
        return real(**call)  # type: ignore[arg-type]

    monkeypatch.setattr(cancellations, "cancel", once_busy)

    assert mass_cancellations.end_withdrawn(now=PAID_AT) == 1
    assert Meeting.objects.get().live
    assert mass_cancellations.end_withdrawn(now=PAID_AT) == 1
    assert not Meeting.objects.get().live


def test_a_withdrawal_whose_end_comes_after_the_start_is_ended_by_the_platform() -> None:
    kind = open_group()
    meeting = meeting_of(kind)
    paid_seat(kind)
    just_before = STARTS_AT - timedelta(minutes=1)
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="", now=just_before)
    lifecycle.advance_due(now=STARTS_AT)

    assert mass_cancellations.end_withdrawn(now=STARTS_AT) == 1

    assert refunds() == [(10_000, "platform_cancelled", "platform")]


@pytest.mark.parametrize("by_mentor", [True, False], ids=["its mentor", "its minimum"])
def test_a_client_who_cancels_a_withdrawn_seat_first_gets_everything_back(by_mentor: bool) -> None:
    """An hour before the start a client's own cancelling would give half."""
    late = STARTS_AT - timedelta(hours=1)
    kind = open_group(minimum=1 if by_mentor else 2)
    meeting = meeting_of(kind)
    session = paid_seat(kind)
    if by_mentor:
        groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="Ill", now=late)
    else:
        groups.decide_due(now=late)
    session.refresh_from_db()

    quoted = cancellations.quote(session=session, by=CancelledBy.CLIENT, now=late)
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="client", reason="", now=late
    )

    doer = "mentor" if by_mentor else "platform"
    assert quoted.refund == Money(10_000, "USD")
    assert refunds() == [(10_000, f"{doer}_cancelled", doer)]
    session.refresh_from_db()
    assert session.cancelled_by == doer


def test_a_seat_of_a_meeting_that_stands_is_cancelled_on_the_clients_terms() -> None:
    late = STARTS_AT - timedelta(hours=1)
    kind = open_group()
    meeting_of(kind)
    session = paid_seat(kind)

    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="client", reason="", now=late
    )

    session.refresh_from_db()
    assert (session.cancelled_by, session.refund_bps) == ("client", 5_000)
    assert refunds() == [(5_000, "client_cancelled", "platform")]


def test_the_clock_completes_no_seat_of_a_withdrawn_meeting() -> None:
    """However late its end comes: what is completed is earned, and never given back."""
    kind = open_group()
    meeting = meeting_of(kind)
    session = paid_seat(kind)
    just_before = STARTS_AT - timedelta(minutes=1)
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="", now=just_before)
    long_after = STARTS_AT + timedelta(days=1)
    lifecycle.advance_due(now=long_after)
    session.refresh_from_db()
    assert session.state == "in_progress"

    assert mass_cancellations.end_withdrawn(now=long_after) == 1

    assert refunds() == [(10_000, "platform_cancelled", "platform")]


def test_one_row_that_cannot_be_ended_holds_up_none_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = open_group()
    meeting = meeting_of(kind)
    bad, good = paid_seat(kind), paid_seat(kind)
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="", now=PAID_AT)
    real = cancellations.cancel

    def refuse_one(**call: object) -> object:
        if call["session_id"] == bad.pk:
            raise RuntimeError("a fault in one row")
        return real(**call)  # type: ignore[arg-type]

    monkeypatch.setattr(cancellations, "cancel", refuse_one)

    assert mass_cancellations.end_withdrawn(now=PAID_AT) == 1
    good.refresh_from_db()
    assert good.state == "cancelled"


def test_the_staff_see_of_a_withdrawn_seat_what_is_done() -> None:
    """For a client an hour before the start it would be half; its mentor withdrew the meeting."""
    kind = open_group()
    meeting = meeting_of(kind)
    session = paid_seat(kind)
    late = STARTS_AT - timedelta(hours=1)
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="", now=late)

    done = interventions.cancel(
        session_id=session.pk, fault=Fault.CLIENT, by="usr_staff", reason="They asked.", now=late
    )

    assert done.terms is not None
    assert (done.terms.share_minor, done.terms.basis.bearer) == (10_000, "mentor")
    assert refunds() == [(10_000, "mentor_cancelled", "mentor")]
    assert AuditEntry.objects.get(action="session.cancelled").data["doing"] == "mentor"


def test_a_running_seat_of_a_withdrawn_meeting_is_not_cut_short() -> None:
    kind = open_group()
    meeting = meeting_of(kind)
    session = paid_seat(kind)
    just_before = STARTS_AT - timedelta(minutes=1)
    groups.withdraw(meeting_id=meeting.pk, mentor=kind.mentor, reason="", now=just_before)
    lifecycle.advance_due(now=STARTS_AT)

    with pytest.raises(NotCancellable, match="was withdrawn: its sessions are cancelled"):
        interventions.cancel(
            session_id=session.pk,
            fault=Fault.NOBODY,
            by="usr_staff",
            reason="They wrote.",
            now=STARTS_AT + timedelta(minutes=20),
            held_minutes=20,
        )

    assert refunds() == []
