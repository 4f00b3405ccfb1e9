"""Confirm, cancel, expire, take again, begin and end: what moves and what refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import Mentor
from kernel import clock
from kernel.errors import NotFound, Refusal
from notifications.models import Email
from scheduling import lifecycle, tasks
from scheduling.models import DayCount, Session, SessionEvent
from scheduling.states import CancelledBy
from tests.factories.scheduling import confirmed, hold, open_mentor

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATE = NOW + timedelta(minutes=16)


def confirm(session: Session, now: datetime = NOW) -> Session:
    with transaction.atomic():
        return lifecycle.confirm(session_id=session.pk, now=now)


def cancel(
    session: Session,
    now: datetime = NOW,
    by: CancelledBy = CancelledBy.CLIENT,
    reason: str = "",
    refund_bps: int = 10_000,
) -> Session:
    with transaction.atomic():
        return lifecycle.cancel(
            session_id=session.pk,
            by=by,
            actor="usr_someone",
            reason=reason,
            refund_bps=refund_bps,
            now=now,
        )


def take_again(session: Session, now: datetime = LATE) -> Session:
    with transaction.atomic():
        return lifecycle.take_again(session_id=session.pk, now=now)


def history(session: Session) -> list[tuple[str, str, str]]:
    events = SessionEvent.objects.filter(session=session).order_by("at", "id")
    return [(event.event, event.from_state, event.to_state) for event in events]


@contextmanager
def unchanged(session: Session) -> Iterator[None]:
    """Check that the row is the same behind the block as before it."""
    row = Session.objects.filter(pk=session.pk)
    before = row.values().get()
    yield
    assert row.values().get() == before


def test_a_paid_hold_is_confirmed_and_a_second_time_changes_nothing() -> None:
    session = hold(session_type=open_mentor(), starts_at=TEN, now=NOW)

    confirm(session, NOW + HOUR / 6)
    again = confirm(session, NOW + HOUR)

    assert again.state == "confirmed"
    assert again.confirmed_at == NOW + HOUR / 6
    assert again.expires_at is None
    assert history(session) == [("hold", "", "pending"), ("confirm", "pending", "confirmed")]
    assert Email.objects.count() == 2


def test_a_hold_past_its_time_that_nobody_expired_is_confirmed() -> None:
    session = hold(session_type=open_mentor(), starts_at=TEN, now=NOW)

    assert confirm(session, NOW + 5 * HOUR).state == "confirmed"


def test_an_overdue_hold_whose_start_has_passed_is_gone() -> None:
    session = hold(session_type=open_mentor(), starts_at=NOW + HOUR / 2, now=NOW)

    with pytest.raises(lifecycle.HoldGone):
        confirm(session, NOW + HOUR)
    with pytest.raises(lifecycle.TimeGone):
        take_again(session, NOW + HOUR)

    session.refresh_from_db()
    assert session.state == "pending"


def test_an_expired_or_cancelled_hold_cannot_be_confirmed() -> None:
    session_type = open_mentor()
    expired = hold(session_type=session_type, starts_at=TEN, now=NOW)
    lifecycle.expire_due(now=LATE)
    cancelled = cancel(hold(session_type=session_type, starts_at=TEN, now=LATE), LATE)
    expired.refresh_from_db()

    for session in (expired, cancelled):
        with unchanged(session), pytest.raises(lifecycle.HoldGone) as caught:
            confirm(session, LATE)
        assert caught.value.code == "hold_gone"
        assert caught.value.facts["state"] == session.state


def test_an_unknown_session_is_not_found() -> None:
    with pytest.raises(NotFound), transaction.atomic():
        lifecycle.confirm(session_id=uuid4(), now=NOW)


def test_the_sweep_expires_exactly_what_is_overdue() -> None:
    session_type = open_mentor()
    first = hold(session_type=session_type, starts_at=TEN, now=NOW)
    paid = confirmed(session_type=session_type, starts_at=TEN + HOUR, now=NOW)
    second = hold(session_type=session_type, starts_at=TEN + 2 * HOUR, now=NOW + HOUR / 60)

    count = lifecycle.expire_due(now=NOW + HOUR / 4)

    states = {session.pk: session.state for session in Session.objects.all()}
    assert count == 1
    assert states == {first.pk: "expired", paid.pk: "confirmed", second.pk: "pending"}
    assert lifecycle.expire_due(now=NOW + HOUR / 4) == 0
    first.refresh_from_db()
    assert first.expired_at == NOW + HOUR / 4
    assert first.meeting.live is False
    assert DayCount.objects.get().count == 2


def test_late_money_takes_the_free_time_again_as_a_new_session() -> None:
    session = hold(session_type=open_mentor(gap_minutes=15), starts_at=TEN, now=NOW, goals="Grow")
    lifecycle.expire_due(now=LATE)

    again = take_again(session)
    twice = take_again(session, LATE + HOUR)

    assert twice == again
    assert again.pk != session.pk
    assert again.state == "confirmed"
    assert again.replaces == session
    assert (again.starts_at, again.ends_at, again.goals) == (TEN, TEN + HOUR, "Grow")
    assert (again.price_minor, again.currency, again.policy) == (10_000, "USD", session.policy)
    assert again.meeting.blocked.upper == TEN + HOUR + timedelta(minutes=15)
    session.refresh_from_db()
    assert (session.state, session.live) == ("expired", False)
    assert Session.objects.count() == 2
    assert history(again) == [("hold", "", "pending"), ("confirm", "pending", "confirmed")]


def test_late_money_finds_the_time_gone_when_somebody_else_has_it() -> None:
    session_type = open_mentor()
    session = hold(session_type=session_type, starts_at=TEN, now=NOW)
    other = hold(session_type=session_type, starts_at=TEN + HOUR / 2, now=LATE)

    with pytest.raises(lifecycle.TimeGone) as caught:
        take_again(session)

    assert caught.value.code == "time_gone"
    assert Session.objects.count() == 2
    other.refresh_from_db()
    assert other.state == "pending"


def test_late_money_takes_the_time_from_a_hold_that_is_itself_overdue() -> None:
    session_type = open_mentor()
    session = hold(session_type=session_type, starts_at=TEN, now=NOW)
    other = hold(session_type=session_type, starts_at=TEN, now=LATE)

    again = take_again(session, LATE + HOUR)

    other.refresh_from_db()
    assert (again.state, other.state) == ("confirmed", "expired")


def test_late_money_for_a_full_day_a_past_start_or_a_suspended_mentor_finds_nothing() -> None:
    session_type = open_mentor(max_per_day=1)
    full = hold(session_type=session_type, starts_at=TEN, now=NOW)
    hold(session_type=session_type, starts_at=TEN + 2 * HOUR, now=LATE)
    past = hold(session_type=open_mentor(), starts_at=NOW + HOUR, now=NOW)
    suspended = hold(session_type=open_mentor(), starts_at=TEN, now=NOW)
    Mentor.objects.filter(pk=suspended.mentor_id).update(status=Mentor.Status.SUSPENDED)
    cancelled = cancel(hold(session_type=open_mentor(), starts_at=TEN, now=NOW))
    lifecycle.expire_due(now=LATE)

    for session, now in ((full, LATE), (past, NOW + HOUR), (suspended, LATE), (cancelled, LATE)):
        with pytest.raises(lifecycle.TimeGone):
            take_again(session, now)

    assert Session.objects.filter(replaces__isnull=False).count() == 0


def test_a_cancelled_session_gives_its_time_back_and_says_who_and_why() -> None:
    session_type = open_mentor()
    session = confirmed(session_type=session_type, starts_at=TEN, now=NOW)

    cancelled = cancel(session, NOW + HOUR, CancelledBy.MENTOR, "I am ill")

    assert (cancelled.state, cancelled.live, cancelled.sequence) == ("cancelled", False, 1)
    assert (cancelled.cancelled_by, cancelled.cancel_reason) == ("mentor", "I am ill")
    assert (cancelled.cancelled_at, cancelled.refund_bps) == (NOW + HOUR, 10_000)
    event = SessionEvent.objects.get(session=session, event="cancel")
    assert (event.actor, event.reason) == ("usr_someone", "I am ill")
    assert event.data == {"by": "mentor", "refund_bps": 10_000}
    assert hold(session_type=session_type, starts_at=TEN, now=NOW + HOUR).state == "pending"


def test_after_the_start_only_the_platform_cancels_and_only_with_a_reason() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)

    for by in (CancelledBy.CLIENT, CancelledBy.MENTOR):
        with pytest.raises(lifecycle.NotCancellable):
            cancel(session, TEN, by, "a reason")
    lifecycle.advance_due(now=TEN)
    session.refresh_from_db()
    for by, reason in ((CancelledBy.CLIENT, "a reason"), (CancelledBy.PLATFORM, " ")):
        with unchanged(session), pytest.raises(lifecycle.NotCancellable):
            cancel(session, TEN + HOUR / 2, by, reason)

    emergency = cancel(session, TEN + HOUR / 2, CancelledBy.PLATFORM, "the line broke", 5_000)

    assert (emergency.state, emergency.refund_bps) == ("cancelled", 5_000)
    assert history(session)[-1] == ("cancel", "in_progress", "cancelled")


def test_what_is_over_cannot_be_cancelled() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)
    lifecycle.advance_due(now=TEN + HOUR)
    session.refresh_from_db()

    with unchanged(session), pytest.raises(lifecycle.NotCancellable) as caught:
        cancel(session, TEN + 2 * HOUR, CancelledBy.PLATFORM, "a reason")

    assert caught.value.facts["state"] == "completed"


def test_a_session_begins_and_ends_by_the_clock() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)
    second = timedelta(seconds=1)
    seen = []

    for now in (TEN - second, TEN, TEN + HOUR - second, TEN + HOUR):
        lifecycle.advance_due(now=now)
        session.refresh_from_db()
        seen.append(session.state)

    assert seen == ["confirmed", "in_progress", "in_progress", "completed"]
    assert (session.started_at, session.completed_at) == (TEN, TEN + HOUR)
    assert session.live is True


def test_a_tick_that_was_missed_is_made_good() -> None:
    session_type = open_mentor()
    over = confirmed(session_type=session_type, starts_at=TEN, now=NOW)
    running = confirmed(session_type=session_type, starts_at=TEN + 3 * HOUR, now=NOW)
    overdue = hold(session_type=session_type, starts_at=TEN + 9 * HOUR, now=NOW)

    with clock.travel(TEN + 3 * HOUR):
        first = tasks.tick()
        second = tasks.tick()

    states = {session.pk: session.state for session in Session.objects.all()}
    assert first == {"expired": 1, "advanced": 3}
    assert second == {"expired": 0, "advanced": 0}
    assert states == {over.pk: "completed", running.pk: "in_progress", overdue.pk: "expired"}
    assert history(over)[2:] == [
        ("start", "confirmed", "in_progress"),
        ("complete", "in_progress", "completed"),
    ]


def test_only_a_completed_session_is_reviewed_and_only_once() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)

    with pytest.raises(lifecycle.NotReviewable), transaction.atomic():
        lifecycle.review(session_id=session.pk, actor="usr_someone", now=NOW)
    lifecycle.advance_due(now=TEN + HOUR)
    with transaction.atomic():
        reviewed = lifecycle.review(session_id=session.pk, actor="usr_someone", now=TEN + HOUR)
    with pytest.raises(lifecycle.NotReviewable), transaction.atomic():
        lifecycle.review(session_id=session.pk, actor="usr_someone", now=TEN + HOUR)

    assert reviewed.state == "reviewed"


def test_the_gap_behind_a_session_that_has_ended_is_still_kept() -> None:
    session_type = open_mentor(gap_minutes=30, step_minutes=15)
    confirmed(session_type=session_type, starts_at=TEN, now=NOW)
    end = TEN + HOUR
    lifecycle.advance_due(now=end)

    with pytest.raises(Refusal):
        hold(session_type=session_type, starts_at=end + timedelta(minutes=15), now=end)

    assert hold(session_type=session_type, starts_at=end + HOUR / 2, now=end).state == "pending"
