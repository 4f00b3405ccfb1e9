"""Reading: slots that can be booked, reasons that hold, who sees what, and a fixed cost."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from accounts.models import Mentor
from scheduling import cancellation_policies, lifecycle, queries
from scheduling.models import DateOverride, Schedule, SessionType, TimeOff, TravelZone
from scheduling.queries import Slot
from scheduling.states import CancelledBy
from tests.factories.people import MentorFactory, UserFactory
from tests.factories.scheduling import (
    SessionTypeFactory,
    confirmed,
    hold,
    open_mentor,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_the_list_is_cut_to_the_period_and_sorted() -> None:
    session_type = open_mentor(step_minutes=60)

    found = queries.open_slots(session_type=session_type, start=TEN, end=TEN + 3 * HOUR, now=NOW)

    assert found == [Slot(TEN + hour * HOUR, TEN + (hour + 1) * HOUR) for hour in range(3)]


def test_an_overdue_hold_is_listed_as_free_and_a_waiting_one_is_not() -> None:
    session_type = open_mentor(step_minutes=60)
    hold(session_type=session_type, starts_at=TEN, now=NOW)

    def listed(now: datetime) -> bool:
        slots = queries.open_slots(session_type=session_type, start=TEN, end=TEN + HOUR, now=now)
        return bool(slots)

    assert listed(NOW + timedelta(minutes=14)) is False
    assert listed(NOW + timedelta(minutes=15)) is True


def test_who_is_not_live_or_has_no_schedule_offers_nothing_and_says_so() -> None:
    unscheduled = SessionTypeFactory()
    retired = open_mentor()
    retired.is_active = False
    suspended = open_mentor()
    suspended.mentor.status = Mentor.Status.SUSPENDED

    for session_type, reason in (
        (unscheduled, "no_schedule"),
        (retired, "not_active"),
        (suspended, "mentor_not_live"),
    ):
        found = queries.open_slots(session_type=session_type, start=TEN, end=TEN + DAY, now=NOW)
        explanation = queries.explain(session_type=session_type, at=TEN, now=NOW)
        assert found == []
        assert (explanation.offered, explanation.reason) == (False, reason)


def test_an_explanation_speaks_the_mentors_clock() -> None:
    session_type = open_mentor(hours=(540, 1020), time_zone="America/New_York")

    explanation = queries.explain(session_type=session_type, at=TEN, now=NOW)

    assert explanation.reason == "closed"
    assert "2027-03-03 05:00 (America/New_York)" in explanation.detail


def test_the_nearest_slots_lie_on_both_sides() -> None:
    session_type = open_mentor(step_minutes=60)
    hold(session_type=session_type, starts_at=TEN, now=NOW)

    found = queries.nearest_slots(session_type=session_type, at=TEN, now=NOW)

    assert [slot.starts_at for slot in found] == [TEN - 2 * HOUR, TEN - HOUR, TEN + HOUR]


def test_the_next_free_start_of_many_mentors() -> None:
    soon = open_mentor(step_minutes=60)
    hold(session_type=soon, starts_at=NOW, now=NOW)
    short = SessionTypeFactory(mentor=soon.mentor, duration_minutes=30, notice_minutes=600)
    never = SessionTypeFactory(mentor=MentorFactory())
    suspended = open_mentor(mentor=MentorFactory(status=Mentor.Status.SUSPENDED))
    far = open_mentor(hours=(540, 600), notice_minutes=20 * 1440, time_zone="Asia/Kathmandu")
    mentors = [short.mentor_id, never.mentor_id, suspended.mentor_id, far.mentor_id]

    found = queries.next_free(mentor_ids=mentors, now=NOW)

    assert found == {
        soon.mentor_id: NOW + HOUR,
        never.mentor_id: None,
        suspended.mentor_id: None,
        far.mentor_id: datetime(2027, 3, 22, 3, 15, tzinfo=UTC),
    }


def count_queries(call: object) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()  # type: ignore[operator]
    return len(captured)


def fill(session_type: SessionType, rows: int) -> None:
    schedule = Schedule.objects.get(mentor=session_type.mentor)
    for number in range(rows):
        day = (NOW + (3 + number) * DAY).date()
        DateOverride.objects.create(schedule=schedule, date=day, start_minute=0, end_minute=600)
        TravelZone.objects.create(
            schedule=schedule, from_date=day, to_date=day, time_zone="Asia/Tokyo"
        )
        at = datetime.combine(day, time(12), UTC)
        TimeOff.objects.create(schedule=schedule, during=DateTimeTZRange(at, at + HOUR))
        confirmed(session_type=session_type, starts_at=datetime.combine(day, time(0), UTC), now=NOW)


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_a_list_of_slots_costs_six_queries(rows: int) -> None:
    session_type = open_mentor()
    fill(session_type, rows)

    cost = count_queries(
        lambda: queries.open_slots(
            session_type=session_type, start=NOW, end=NOW + 40 * DAY, now=NOW
        )
    )

    assert cost == 6


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_next_free_start_costs_seven_queries_for_any_number_of_mentors(rows: int) -> None:
    kinds = [open_mentor() for _ in range(rows)]
    for session_type in kinds[:3]:
        fill(session_type, 2)
    mentors = [session_type.mentor_id for session_type in kinds]

    cost = count_queries(lambda: queries.next_free(mentor_ids=mentors, now=NOW))

    assert cost == 7


def test_people_see_their_own_sessions_and_staff_with_the_permission_all() -> None:
    mine = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)
    other = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)
    staff = UserFactory()
    staff.user_permissions.add(
        Permission.objects.get(codename="view_session", content_type__app_label="scheduling")
    )
    inactive = UserFactory(is_active=False, is_superuser=True)

    def seen(user: object) -> set[object]:
        return set(queries.sessions_visible_to(user).values_list("pk", flat=True))  # type: ignore[arg-type]

    assert seen(mine.client.user) == {mine.pk}
    assert seen(mine.mentor.user) == {mine.pk}
    assert seen(staff) == {mine.pk, other.pk}
    assert seen(UserFactory()) == set()
    assert seen(inactive) == set()
    assert seen(AnonymousUser()) == set()


def test_a_quote_says_what_comes_back_and_when_that_changes() -> None:
    session = confirmed(session_type=open_mentor(), starts_at=TEN, now=NOW)

    early = queries.cancellation_quote(session=session, by=CancelledBy.CLIENT, now=TEN - 30 * HOUR)
    late = queries.cancellation_quote(session=session, by=CancelledBy.CLIENT, now=TEN - 3 * HOUR)

    assert (early.refund_bps, early.refund_minor_gross, early.currency) == (10_000, 10_000, "USD")
    assert (early.changes_at, early.next_refund_bps) == (TEN - 24 * HOUR, 5_000)
    assert (late.refund_bps, late.refund_minor_gross, late.bearer) == (5_000, 5_000, "platform")


def test_half_of_an_odd_price_is_rounded_for_the_client() -> None:
    session_type = open_mentor()
    session_type.price_minor = 4_999
    session_type.save()
    session = confirmed(session_type=session_type, starts_at=TEN, now=NOW)

    quote = queries.cancellation_quote(session=session, by=CancelledBy.CLIENT, now=TEN - HOUR)

    assert quote.refund_minor_gross == 2_500  # 2499.5


def test_a_hold_has_paid_nothing_to_give_back() -> None:
    session = hold(session_type=open_mentor(), starts_at=TEN, now=NOW)

    quote = queries.cancellation_quote(session=session, by=CancelledBy.CLIENT, now=NOW)

    assert (quote.refund_bps, quote.refund_minor_gross) == (10_000, 0)


def test_the_policy_of_a_booking_is_the_one_it_was_made_under() -> None:
    session_type = open_mentor()
    session = confirmed(session_type=session_type, starts_at=TEN, now=NOW)
    added = cancellation_policies.add_version(
        name=session_type.policy.name,
        tiers=[{"hours_before": 0, "refund_bps": 0}],
        late_bearer=session_type.policy.late_bearer,
        make_default=True,
        by="usr_someone",
        now=NOW,
    )
    session.refresh_from_db()
    session_type.refresh_from_db()
    assert session_type.policy == added.policy

    quote = queries.cancellation_quote(session=session, by=CancelledBy.CLIENT, now=TEN - HOUR)

    assert quote.refund_bps == 5_000


def test_slots_come_back_when_a_session_is_cancelled() -> None:
    session_type = open_mentor(step_minutes=60)
    session = confirmed(session_type=session_type, starts_at=TEN, now=NOW)
    with transaction.atomic():
        lifecycle.cancel(
            session_id=session.pk,
            by=CancelledBy.CLIENT,
            actor="usr_someone",
            reason="",
            refund_bps=10_000,
            now=NOW,
        )

    found = queries.open_slots(session_type=session_type, start=TEN, end=TEN + HOUR, now=NOW)

    assert [slot.starts_at for slot in found] == [TEN]
