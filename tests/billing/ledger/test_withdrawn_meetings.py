"""A group meeting that does not take place: every seat is refunded in full, by itself."""

from datetime import timedelta

import pytest
from django.db import transaction

from billing import cancellations, mass_cancellations
from billing.models import Refund
from billing.settlement import RowBusy
from scheduling import groups, lifecycle
from scheduling.models import Meeting, Session, SessionType
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
