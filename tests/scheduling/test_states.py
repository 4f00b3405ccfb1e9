"""The lifecycle table: each listed pair moves, every other refuses, and the database agrees."""

import importlib
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.transitions import IllegalTransition
from scheduling.models import DateOverride, Schedule, Session, WeeklyRule
from scheduling.states import LIVE, PAID, SESSION, Event, State
from tests.factories.scheduling import hold, open_mentor

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 3, 10, 0, tzinfo=UTC)

TABLE = {
    (State.PENDING, Event.CONFIRM): State.CONFIRMED,
    (State.PENDING, Event.CANCEL): State.CANCELLED,
    (State.PENDING, Event.EXPIRE): State.EXPIRED,
    (State.CONFIRMED, Event.START): State.IN_PROGRESS,
    (State.CONFIRMED, Event.CANCEL): State.CANCELLED,
    (State.IN_PROGRESS, Event.COMPLETE): State.COMPLETED,
    (State.IN_PROGRESS, Event.CANCEL): State.CANCELLED,
    (State.COMPLETED, Event.REVIEW): State.REVIEWED,
}
PAIRS = {(source, target) for (source, _), target in TABLE.items()}

# What a row must carry to be in a state at all, so that only the machine is left to refuse it.
WHOLE = {
    State.PENDING: "expires_at = '2027-03-01T08:15Z'",
    State.CONFIRMED: "confirmed_at = now()",
    State.IN_PROGRESS: "confirmed_at = now(), started_at = now()",
    State.COMPLETED: "confirmed_at = now(), started_at = now(), completed_at = now()",
    State.REVIEWED: "confirmed_at = now(), started_at = now(), completed_at = now()",
    State.CANCELLED: "cancelled_at = now(), cancelled_by = 'client', refund_bps = 0, live = false",
    State.EXPIRED: "expired_at = now(), live = false",
}
BARE = (
    "expires_at = NULL, confirmed_at = NULL, started_at = NULL, completed_at = NULL, "
    "cancelled_at = NULL, cancelled_by = '', refund_bps = NULL, expired_at = NULL, live = true"
)


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_each_pair_moves_as_written_or_refuses(state: State, event: Event) -> None:
    if (state, event) in TABLE:
        assert SESSION.target(state, event) is TABLE[state, event]
    else:
        with pytest.raises(IllegalTransition):
            SESSION.target(state, event)


def test_live_and_paid_are_what_the_names_say() -> None:
    assert {state.value for state in LIVE} == {
        "pending", "confirmed", "in_progress", "completed", "reviewed",
    }  # fmt: skip
    assert {state.value for state in PAID} == {
        "confirmed", "in_progress", "completed", "reviewed",
    }  # fmt: skip


def test_the_migration_holds_todays_table() -> None:
    guards = importlib.import_module("scheduling.migrations.0002_guards")

    assert set(guards.SESSION_PAIRS) == set(SESSION.pairs())
    assert set(SESSION.pairs()) == PAIRS


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def force(session: Session, state: State) -> None:
    """Put a row into a state past the machine: what a test does, the product cannot."""
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE scheduling_session DISABLE TRIGGER USER")
    write(session, state)
    execute("ALTER TABLE scheduling_session ENABLE TRIGGER USER")


def write(session: Session, state: State) -> None:
    whole = WHOLE[state]
    fields = ", ".join(
        part for part in BARE.split(", ") if part.split(" = ")[0] + " =" not in whole
    )
    execute(
        f"UPDATE scheduling_session SET state = %s, {whole}, {fields} WHERE id = %s",
        state.value,
        session.pk,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("source", "target"), list(product(State, State)))
def test_the_database_refuses_every_other_pair_by_sql(source: State, target: State) -> None:
    session = hold(session_type=open_mentor(), starts_at=TEN, now=NOW)
    force(session, source)

    if source is target or (source, target) in PAIRS:
        with transaction.atomic():
            write(session, target)
        session.refresh_from_db()
        assert session.state == target
    else:
        refused = pytest.raises(IntegrityError, match=f"cannot go from {source} to {target}")
        with refused, transaction.atomic():
            write(session, target)
        session.refresh_from_db()
        assert session.state == source


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state in State if state is not State.PENDING])
def test_a_session_cannot_begin_in_another_state_than_pending(state: State) -> None:
    session = hold(session_type=open_mentor(), starts_at=TEN, now=NOW)
    force(session, State.EXPIRED)
    session.refresh_from_db()
    session.pk, session.state, session._state.adding = None, state.value, True

    with pytest.raises(IntegrityError, match=f"cannot begin as {state}"), transaction.atomic():
        session.save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("ends_at = starts_at, during = 'empty'", "starts_before_end"),
        ("starts_at = starts_at + interval '1 minute'", "during_is_start_to_end"),
        ("live = false", "live_agrees_with_state"),
        ("expires_at = NULL", "expires_only_while_pending"),
        ("confirmed_at = now()", "confirmed_at_agrees"),
        ("started_at = now()", "started_at_agrees"),
        ("completed_at = now()", "completed_at_agrees"),
        ("cancelled_by = 'client'", "cancellation_whole"),
        ("refund_bps = 5000", "cancellation_whole"),
        ("expired_at = now()", "expired_at_agrees"),
        ("currency = 'usd'", "currency_code"),
        ("state = 'paid'", "state_machine"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(change: str, constraint: str) -> None:
    session = hold(session_type=open_mentor(), starts_at=TEN, now=NOW)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        execute(f"UPDATE scheduling_session SET {change} WHERE id = %s", session.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("gap_minutes = 10", "blocked_is_during_and_gap"),
        ("blocked = during, gap_minutes = 5", "blocked_is_during_and_gap"),
        ("blocked = tstzrange(lower(blocked), upper(blocked), '[]')", "blocked_is_during_and_gap"),
        ("during = 'empty'", "during_half_open"),
        ("capacity = 0", "never changed"),
        ("seats_taken = 2", "seats_within_capacity"),
        ("withdrawn_at = now(), withdrawn_by = 'mentor'", "group_whole"),
        ("live = false", "still has a live session"),
    ],
)
def test_a_meeting_that_contradicts_itself_is_refused(change: str, constraint: str) -> None:
    hold(session_type=open_mentor(gap_minutes=15), starts_at=TEN, now=NOW)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        execute(f"UPDATE scheduling_meeting SET {change}")


@pytest.mark.django_db
def test_a_session_cannot_leave_its_meetings_time() -> None:
    session = hold(session_type=open_mentor(), starts_at=TEN, now=NOW)
    later = TEN + timedelta(hours=1)

    with pytest.raises(IntegrityError, match="same_time_as_meeting"), transaction.atomic():
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute(
            "UPDATE scheduling_session SET starts_at = %s, ends_at = %s, "
            "during = tstzrange(%s, %s) WHERE id = %s",
            later,
            later + timedelta(hours=1),
            later,
            later + timedelta(hours=1),
            session.pk,
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    ["UPDATE scheduling_sessionevent SET reason = 'x'", "DELETE FROM scheduling_sessionevent"],
)
def test_history_is_never_changed(sql: str) -> None:
    hold(session_type=open_mentor(), starts_at=TEN, now=NOW)

    with pytest.raises(IntegrityError, match="are history"), transaction.atomic():
        execute(sql)


@pytest.mark.django_db
def test_the_version_of_a_schedule_rises_with_each_change_of_its_rules() -> None:
    open_mentor()
    schedule = Schedule.objects.get()
    versions = [schedule.version]

    for change in (
        lambda: WeeklyRule.objects.filter(weekday=0).update(end_minute=600),
        lambda: DateOverride.objects.create(schedule=schedule, date=TEN.date()),
        lambda: DateOverride.objects.all().delete(),
        lambda: Schedule.objects.update(notice_minutes=60),
    ):
        change()
        versions.append(Schedule.objects.get().version)

    assert versions == sorted(set(versions))
