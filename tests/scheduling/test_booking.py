"""A hold: what is taken, what is refused, and that a refusal leaves nothing behind."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from accounts.models import Mentor
from kernel.errors import Refusal
from scheduling import booking, lifecycle, slot_tokens
from scheduling.models import DayCount, Meeting, Session, SessionEvent, WeekCount
from scheduling.states import CancelledBy
from tests.factories.people import ClientFactory
from tests.factories.scheduling import (
    PolicyFactory,
    SessionTypeFactory,
    confirmed,
    hold,
    open_mentor,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)  # a Monday
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def refused(**call: object) -> Refusal:
    """Return the refusal of a hold, having checked that it wrote nothing."""
    before = counts()
    with pytest.raises(Refusal) as caught:
        hold(**call)  # type: ignore[arg-type]
    assert counts() == before
    return caught.value


def counts() -> tuple[int, ...]:
    return (
        Meeting.objects.count(),
        Session.objects.count(),
        SessionEvent.objects.count(),
        sum(DayCount.objects.values_list("count", flat=True)),
        sum(WeekCount.objects.values_list("count", flat=True)),
    )


def test_a_hold_is_a_pending_session_with_everything_frozen() -> None:
    session_type = open_mentor(gap_minutes=15)
    client = ClientFactory()

    session = hold(
        session_type=session_type, starts_at=TEN, now=NOW, client=client, goals="Find a job"
    )

    session = Session.objects.get(pk=session.pk)
    assert session.state == "pending"
    assert session.live is True
    assert session.client == client
    assert session.mentor == session_type.mentor
    assert (session.starts_at, session.ends_at) == (TEN, TEN + HOUR)
    assert session.expires_at == NOW + timedelta(minutes=15)
    assert (session.price_minor, session.currency) == (10_000, "USD")
    assert session.policy == {
        "name": "Standard",
        "version": 1,
        "tiers": [
            {"hours_before": 24, "refund_bps": 10_000},
            {"hours_before": 0, "refund_bps": 5_000},
        ],
        "late_bearer": "platform",
    }
    assert session.goals == "Find a job"
    assert session.created_at == NOW
    meeting = session.meeting
    assert meeting.blocked.upper == TEN + HOUR + timedelta(minutes=15)
    assert meeting.day == date(2027, 3, 3)
    event = SessionEvent.objects.get(session=session)
    assert (event.event, event.from_state, event.to_state) == ("hold", "", "pending")
    assert event.actor == client.user.public_id
    assert event.at == NOW


def test_what_runs_within_the_hold_commits_or_vanishes_with_it() -> None:
    session_type = open_mentor()
    token = slot_tokens.mint(session_type=session_type, starts_at=TEN, now=NOW)
    seen: list[str] = []

    def explode(session: Session) -> None:
        seen.append(session.state)
        raise RuntimeError("the answer could not be stored")

    with pytest.raises(RuntimeError):
        booking.hold_slot(
            client=ClientFactory(), slot_token=token, goals="", now=NOW, within=explode
        )

    assert seen == ["pending"]
    assert counts() == (0, 0, 0, 0, 0)


def test_the_second_hold_of_a_slot_is_refused_with_three_alternatives() -> None:
    session_type = open_mentor(step_minutes=60)
    hold(session_type=session_type, starts_at=TEN, now=NOW)

    refusal = refused(session_type=session_type, starts_at=TEN, now=NOW)

    assert isinstance(refusal, booking.SlotTaken)
    assert refusal.code == "slot_taken"
    alternatives = refusal.facts["alternatives"]
    assert [item["starts_at"] for item in alternatives] == [
        "2027-03-03T08:00:00+00:00",
        "2027-03-03T09:00:00+00:00",
        "2027-03-03T11:00:00+00:00",
    ]
    assert alternatives[0]["ends_at"] == "2027-03-03T09:00:00+00:00"
    session = booking.hold_slot(
        client=ClientFactory(), slot_token=alternatives[1]["token"], goals="", now=NOW
    )
    assert session.starts_at == TEN - HOUR


@pytest.mark.parametrize("minutes", [-30, 30])
def test_an_overlapping_slot_is_refused_like_an_equal_one(minutes: int) -> None:
    session_type = open_mentor()
    hold(session_type=session_type, starts_at=TEN, now=NOW)

    refusal = refused(
        session_type=session_type, starts_at=TEN + timedelta(minutes=minutes), now=NOW
    )

    assert isinstance(refusal, booking.SlotTaken)


def test_between_two_meetings_lies_exactly_one_gap() -> None:
    session_type = open_mentor(gap_minutes=15, step_minutes=15)
    hold(session_type=session_type, starts_at=TEN, now=NOW)

    for starts_at in (TEN + HOUR, TEN - HOUR):
        refusal = refused(session_type=session_type, starts_at=starts_at, now=NOW)
        assert isinstance(refusal, booking.SlotTaken)
    gap = timedelta(minutes=15)
    after = hold(session_type=session_type, starts_at=TEN + HOUR + gap, now=NOW)
    before = hold(session_type=session_type, starts_at=TEN - HOUR - gap, now=NOW)

    assert (before.state, after.state) == ("pending", "pending")


def test_a_client_cannot_be_in_two_places() -> None:
    client = ClientFactory()
    hold(session_type=open_mentor(), starts_at=TEN, now=NOW, client=client)
    other = open_mentor()

    refusal = refused(
        session_type=other, starts_at=TEN + timedelta(minutes=30), now=NOW, client=client
    )

    assert isinstance(refusal, booking.ClientBusy)
    assert refusal.code == "client_busy"
    hold(session_type=other, starts_at=TEN + HOUR, now=NOW, client=client)


def test_holding_the_own_slot_again_names_the_session() -> None:
    session_type = open_mentor()
    client = ClientFactory()
    first = hold(session_type=session_type, starts_at=TEN, now=NOW, client=client)

    refusal = refused(session_type=session_type, starts_at=TEN, now=NOW, client=client)

    assert isinstance(refusal, booking.ClientBusy)
    assert refusal.facts["session_id"] == first.public_id


def test_a_fourth_unpaid_hold_is_refused_until_one_is_paid_or_over() -> None:
    session_type = open_mentor()
    client = ClientFactory()
    held = [
        hold(session_type=session_type, starts_at=TEN + hour * HOUR, now=NOW, client=client)
        for hour in range(3)
    ]
    fourth = {"session_type": session_type, "starts_at": TEN + 3 * HOUR, "client": client}

    refusal = refused(**fourth, now=NOW)
    assert isinstance(refusal, booking.TooManyHolds)
    assert refusal.code == "too_many_holds"
    with transaction.atomic():
        lifecycle.confirm(session_id=held[0].pk, now=NOW)

    assert hold(**fourth, now=NOW).state == "pending"  # type: ignore[arg-type]


def test_overdue_holds_do_not_count_as_unpaid() -> None:
    session_type = open_mentor()
    client = ClientFactory()
    for hour in range(3):
        hold(session_type=session_type, starts_at=TEN + hour * HOUR, now=NOW, client=client)
    later = NOW + timedelta(minutes=15)

    session = hold(session_type=session_type, starts_at=TEN + 3 * HOUR, now=later, client=client)

    assert session.state == "pending"


def test_an_overdue_hold_frees_its_slot_without_the_sweep() -> None:
    session_type = open_mentor()
    first = hold(session_type=session_type, starts_at=TEN, now=NOW)

    just_before = refused(
        session_type=session_type, starts_at=TEN, now=NOW + timedelta(minutes=14, seconds=59)
    )
    second = hold(session_type=session_type, starts_at=TEN, now=NOW + timedelta(minutes=15))

    assert isinstance(just_before, booking.SlotTaken)
    assert second.state == "pending"
    first.refresh_from_db()
    assert (first.state, first.live) == ("expired", False)
    assert first.meeting.live is False


def test_a_full_day_and_a_full_week_are_refused() -> None:
    session_type = open_mentor(max_per_day=2, max_per_week=3)
    for starts_at in (TEN, TEN + HOUR, TEN + timedelta(days=1)):
        hold(session_type=session_type, starts_at=starts_at, now=NOW)

    day = refused(session_type=session_type, starts_at=TEN + 2 * HOUR, now=NOW)
    week = refused(session_type=session_type, starts_at=TEN + timedelta(days=2), now=NOW)
    next_week = hold(session_type=session_type, starts_at=TEN + timedelta(days=7), now=NOW)

    assert (day.code, day.facts["reason"]) == ("slot_not_offered", "day_full")
    assert (week.code, week.facts["reason"]) == ("slot_not_offered", "week_full")
    assert next_week.state == "pending"


def test_a_cancelled_session_no_longer_counts_in_the_limits() -> None:
    session_type = open_mentor(max_per_day=1)
    session = confirmed(session_type=session_type, starts_at=TEN, now=NOW)
    with transaction.atomic():
        lifecycle.cancel(
            session_id=session.pk,
            by=CancelledBy.CLIENT,
            actor=session.client.user.public_id,
            reason="",
            refund_bps=10_000,
            now=NOW,
        )

    assert DayCount.objects.get().count == 0
    assert WeekCount.objects.get().count == 0
    assert hold(session_type=session_type, starts_at=TEN + HOUR, now=NOW).state == "pending"


def test_an_overdue_hold_does_not_count_in_the_limits() -> None:
    session_type = open_mentor(max_per_day=1)
    hold(session_type=session_type, starts_at=TEN, now=NOW)

    later = NOW + timedelta(minutes=15)
    session = hold(session_type=session_type, starts_at=TEN + 5 * HOUR, now=later)

    assert session.state == "pending"
    assert DayCount.objects.get().count == 1


def test_a_type_may_be_stricter_than_its_mentor() -> None:
    session_type = open_mentor()
    session_type.notice_minutes = 60
    session_type.max_per_day = 1
    session_type.save()

    soon = refused(session_type=session_type, starts_at=NOW + HOUR / 2, now=NOW)
    hold(session_type=session_type, starts_at=NOW + HOUR, now=NOW)
    second = refused(session_type=session_type, starts_at=NOW + 3 * HOUR, now=NOW)

    assert soon.facts["reason"] == "too_soon"
    assert second.facts["reason"] == "day_full"


def test_a_changed_price_or_policy_is_refused_with_what_is_true_now() -> None:
    session_type = open_mentor()
    token = slot_tokens.mint(session_type=session_type, starts_at=TEN, now=NOW)
    session_type.price_minor = 12_000
    session_type.save()

    with pytest.raises(booking.PriceChanged) as price:
        booking.hold_slot(client=ClientFactory(), slot_token=token, goals="", now=NOW)
    session_type.price_minor = 10_000
    session_type.policy = PolicyFactory(name="Standard", version=2)
    session_type.save()
    with pytest.raises(booking.PriceChanged):
        booking.hold_slot(client=ClientFactory(), slot_token=token, goals="", now=NOW)

    assert price.value.facts["price_minor"] == 12_000
    assert counts() == (0, 0, 0, 0, 0)


def test_the_booking_keeps_its_price_when_the_type_becomes_dearer() -> None:
    session_type = open_mentor()
    session = hold(session_type=session_type, starts_at=TEN, now=NOW)

    session_type.price_minor = 99_900
    session_type.save()

    session.refresh_from_db()
    assert session.price_minor == 10_000


def test_a_suspended_mentor_and_a_retired_type_are_refused() -> None:
    session_type = open_mentor()
    retired = SessionTypeFactory(mentor=session_type.mentor, is_active=False)

    inactive = refused(session_type=retired, starts_at=TEN, now=NOW)
    Mentor.objects.update(status=Mentor.Status.SUSPENDED)
    suspended = refused(session_type=session_type, starts_at=TEN, now=NOW)

    assert isinstance(inactive, booking.MentorNotLive)
    assert isinstance(suspended, booking.MentorNotLive)


def test_nobody_books_himself() -> None:
    session_type = open_mentor()
    client = ClientFactory(user=session_type.mentor.user)

    refusal = refused(session_type=session_type, starts_at=TEN, now=NOW, client=client)

    assert refusal.facts["reason"] == "own_time"


def test_goals_have_a_length() -> None:
    session_type = open_mentor()

    refusal = refused(session_type=session_type, starts_at=TEN, now=NOW, goals="x" * 2001)
    session = hold(session_type=session_type, starts_at=TEN, now=NOW, goals="x" * 2000)

    assert (refusal.code, refusal.facts["pointer"]) == ("goals_too_long", "/goals")
    assert len(session.goals) == 2000
