"""Take a time and give it back: the one place where meetings and seats begin and end, and count.

Booking and the lifecycle stand on it; it knows no token, no e-mail and no payment. Every
function expects the caller's transaction.

Locks, in this order: the session that is acted on, the client (so that one person's holds are
counted one after the other), the mentor's schedule (so that two bookings of one mentor queue up
instead of meeting in the exclusion constraint, where PostgreSQL would call it a deadlock), the
meeting (its seats are numbered one after the other), the counters of the day, then of the week.
The constraints decide all the same, for any writer.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import Client
from kernel.errors import Refusal
from scheduling.announcements import announce
from scheduling.models import Meeting, Schedule, Session, SessionEvent, SessionType
from scheduling.states import LIVE, SESSION, Event, State

SYSTEM = "system"


class TimeNotFree(Refusal):
    """A constraint refused the time: another meeting of the mentor has it."""

    code = "slot_taken"


class MentorNotLive(Refusal):
    """The mentor takes no bookings, or no longer offers the session type."""

    code = "mentor_not_live"


class SeatsTaken(TimeNotFree):
    """Every seat of the group meeting is taken, or it does not take place."""


class ClientBusy(Refusal):
    """The client has another session at that time."""

    code = "client_busy"


class LimitReached(Refusal):
    """The mentor's day or week is full; `reason` in the facts is `day_full` or `week_full`."""

    code = "slot_not_offered"


@dataclass(frozen=True, slots=True)
class Seat:
    """The time that is wanted: when, the gap behind it, the mentor's own day, and the limits.

    `schedule_version` is that of the schedule which they were read from. With a `meeting_id` it
    is a seat in that group meeting, which has its time and is counted already.
    """

    mentor_id: UUID
    starts_at: datetime
    ends_at: datetime
    gap_minutes: int
    day: date
    max_per_day: int | None
    max_per_week: int | None
    schedule_version: int | None = None
    meeting_id: UUID | None = None


def lock_people(*, client_id: UUID, mentor_id: UUID) -> Schedule | None:
    """Lock the client's row and the mentor's schedule, in this order, until the commit.

    Returns the schedule as it is now.
    """
    Client.objects.select_for_update(no_key=True).get(pk=client_id)
    schedules = Schedule.objects.select_for_update(no_key=True)
    return schedules.filter(mentor_id=mentor_id).first()


def take(*, seat: Seat, session: Session, event: str, actor: str, now: datetime) -> Session:
    """Insert a meeting for `seat` and `session` (pending, unsaved) in it; count both limits.

    A seat in a group meeting takes the lowest number that is free there.
    Raises TimeNotFree, ClientBusy or LimitReached, and then nothing of it remains; the
    transaction stays usable.
    """
    session.mentor_id = seat.mentor_id
    session.starts_at, session.ends_at = seat.starts_at, seat.ends_at
    session.during = DateTimeTZRange(seat.starts_at, seat.ends_at)
    with _translating(seat):
        if seat.meeting_id is None:
            session.meeting = _meeting(seat, seats_taken=1)
            session.meeting.save(force_insert=True)
        else:
            session.meeting_id, session.seat = seat.meeting_id, _next_seat(seat)
        session.save(force_insert=True)
        if seat.meeting_id is None:
            _count(mentor_id=seat.mentor_id, seat=seat)
        record(session, event=event, source="", actor=actor, reason="", data={}, at=now)
    return session


def offer(*, seat: Seat, session_type: SessionType, decide_at: datetime) -> Meeting:
    """Insert a group meeting of `session_type` at the time of `seat`; count both limits.

    Expects the mentor's schedule locked. Raises TimeNotFree or LimitReached, as `take` does.
    """
    meeting = _meeting(
        seat,
        session_type=session_type,
        capacity=session_type.capacity,
        minimum=session_type.minimum,
        decide_at=decide_at,
    )
    with _translating(seat):
        meeting.save(force_insert=True)
        _count(mentor_id=seat.mentor_id, seat=seat)
    return meeting


def _meeting(seat: Seat, **more: Any) -> Meeting:
    guarded = seat.ends_at + timedelta(minutes=seat.gap_minutes)
    return Meeting(
        mentor_id=seat.mentor_id,
        during=DateTimeTZRange(seat.starts_at, seat.ends_at),
        gap_minutes=seat.gap_minutes,
        blocked=DateTimeTZRange(seat.starts_at, guarded),
        day=seat.day,
        **more,
    )


@contextmanager
def _translating(seat: Seat) -> Iterator[None]:
    """Open a savepoint, and turn what a constraint refuses in it into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = _refusal(error, seat)
        if refusal is None:
            raise
        raise refusal from error


# The count comes first: it locks the meeting, so that the look for a number is alone.
_ONE_MORE_SEAT = """
    UPDATE scheduling_meeting SET seats_taken = seats_taken + 1
    WHERE id = %s AND live AND withdrawn_at IS NULL
    RETURNING capacity
"""
_LOWEST_FREE = """
    SELECT min(number) FROM generate_series(1, %s) AS number
    WHERE NOT EXISTS (
        SELECT 1 FROM scheduling_session WHERE meeting_id = %s AND live AND seat = number
    )
"""


def _next_seat(seat: Seat) -> int:
    """Count one seat more of the meeting, and return its number."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_MORE_SEAT, [seat.meeting_id])
        stands = cursor.fetchone()
        if stands is None:
            raise SeatsTaken("The mentor withdrew this meeting meanwhile. Choose another.")
        cursor.execute(_LOWEST_FREE, [stands[0], seat.meeting_id])
        (number,) = cursor.fetchone()
    return int(number)


def move(
    session: Session,
    event: Event,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
    **changes: Any,
) -> Session:
    """Move a locked session by the table, with `changes` of its fields, and write the event.

    A session that is no longer live gives its time back. Raises IllegalTransition.
    """
    source = State(session.state)
    target = SESSION.target(source, event)
    session.state = target.value
    fields = {**changes, "expires_at": None}
    if target not in LIVE:
        fields["live"] = False
    for name, value in fields.items():
        setattr(session, name, value)
    session.save(update_fields=["state", *fields])
    record(session, event=event, source=source, actor=actor, reason=reason, data=data or {}, at=now)
    if target not in LIVE:
        _release(session)
    return session


def shift(
    *,
    session: Session,
    seat: Seat,
    event: str,
    actor: str,
    now: datetime,
    data: dict[str, Any],
    **changes: Any,
) -> Session:
    """Move a locked session and the meeting of its own to `seat`, with `changes` of its fields.

    Row, state and payment stay; the sequence rises, and the counters go from the old day to the
    new one. Expects `lock_people`. Raises TimeNotFree, ClientBusy or LimitReached, and then
    nothing of it is in the database.
    """
    meeting = Meeting.objects.select_for_update().get(pk=session.meeting_id)
    left = meeting.day
    during = DateTimeTZRange(seat.starts_at, seat.ends_at)
    guarded = seat.ends_at + timedelta(minutes=seat.gap_minutes)
    meeting.during, meeting.gap_minutes, meeting.day = during, seat.gap_minutes, seat.day
    meeting.blocked = DateTimeTZRange(seat.starts_at, guarded)
    session.starts_at, session.ends_at, session.during = seat.starts_at, seat.ends_at, during
    session.sequence += 1
    for name, value in changes.items():
        setattr(session, name, value)
    with _translating(seat):
        meeting.save(update_fields=["during", "gap_minutes", "blocked", "day"])
        session.save(update_fields=["starts_at", "ends_at", "during", "sequence", *changes])
        _recount(seat=seat, left=left)
        record(
            session, event=event, source=session.state, actor=actor, reason="", data=data, at=now
        )
    return session


def expire_overdue(session_ids: Iterable[UUID], *, now: datetime) -> int:
    """Expire each hold that is still overdue, one short transaction each; return how many.

    What another transaction has in hand is left to it.
    """
    expired = 0
    for session_id in session_ids:
        with transaction.atomic():
            session = (
                Session.objects.select_for_update(skip_locked=True, of=("self",))
                .overdue(now=now)
                .filter(pk=session_id)
                .first()
            )
            if session is not None:
                move(session, Event.EXPIRE, actor=SYSTEM, now=now, expired_at=now)
                expired += 1
    return expired


def record(
    session: Session,
    *,
    event: str,
    source: str,
    actor: str,
    reason: str,
    data: dict[str, Any],
    at: datetime,
) -> None:
    """Append to the session's history what happened to it; `source` is where it stood before.

    Webhooks are told in the same transaction.
    """
    SessionEvent.objects.create(
        session=session,
        at=at,
        actor=actor,
        event=str(event),
        from_state=str(source),
        to_state=session.state,
        reason=reason,
        data=data,
    )
    announce(session, event=str(event), at=at)


def _release(session: Session) -> None:
    """Give the seat back, and the meeting's time when its last live session is gone."""
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=session.meeting_id)
    if meeting.is_group:
        # Counted, not reckoned: a seat that an older version gave back is seen as well.
        meeting.seats_taken = meeting.sessions.filter(live=True).count()
        meeting.save(update_fields=["seats_taken"])
    if not meeting.is_group or meeting.withdrawn_at is not None:
        release_empty(meeting)


def release_empty(meeting: Meeting) -> None:
    """Give the time of a locked meeting back, unless a live session has a seat in it."""
    if meeting.live and not meeting.sessions.filter(live=True).exists():
        meeting.live, meeting.seats_taken = False, 0
        meeting.save(update_fields=["live", "seats_taken"])
        with connection.cursor() as cursor:
            for sql in (_ONE_LESS_OF_DAY, _ONE_LESS_OF_WEEK):
                cursor.execute(sql, [meeting.mentor_id, _key(sql, meeting.day)])


_ONE_MORE_OF_DAY = """
    INSERT INTO scheduling_daycount (mentor_id, day, count, maximum) VALUES (%s, %s, 1, %s)
    ON CONFLICT (mentor_id, day) DO UPDATE
        SET count = scheduling_daycount.count + 1, maximum = excluded.maximum
"""
_ONE_MORE_OF_WEEK = """
    INSERT INTO scheduling_weekcount (mentor_id, monday, count, maximum) VALUES (%s, %s, 1, %s)
    ON CONFLICT (mentor_id, monday) DO UPDATE
        SET count = scheduling_weekcount.count + 1, maximum = excluded.maximum
"""
_ONE_LESS_OF_DAY = """
    UPDATE scheduling_daycount SET count = count - 1 WHERE mentor_id = %s AND day = %s
"""
_ONE_LESS_OF_WEEK = """
    UPDATE scheduling_weekcount SET count = count - 1 WHERE mentor_id = %s AND monday = %s
"""


def _count(*, mentor_id: UUID, seat: Seat) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ONE_MORE_OF_DAY, [mentor_id, seat.day, seat.max_per_day])
        cursor.execute(_ONE_MORE_OF_WEEK, [mentor_id, monday(seat.day), seat.max_per_week])


def _recount(*, seat: Seat, left: date) -> None:
    """Take one from the day that was `left` and give it to the seat's; then so by weeks.

    The earlier one first, days before weeks: two moves that swap days wait for each other once.
    """
    with connection.cursor() as cursor:
        for day in sorted({left, seat.day}) if left != seat.day else ():
            if day == left:
                cursor.execute(_ONE_LESS_OF_DAY, [seat.mentor_id, day])
            else:
                cursor.execute(_ONE_MORE_OF_DAY, [seat.mentor_id, day, seat.max_per_day])
        weeks = {monday(left), monday(seat.day)}
        for week in sorted(weeks) if len(weeks) > 1 else ():
            if week == monday(left):
                cursor.execute(_ONE_LESS_OF_WEEK, [seat.mentor_id, week])
            else:
                cursor.execute(_ONE_MORE_OF_WEEK, [seat.mentor_id, week, seat.max_per_week])


def _key(sql: str, day: date) -> date:
    return monday(day) if sql is _ONE_LESS_OF_WEEK else day


def monday(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def _refusal(error: IntegrityError, seat: Seat) -> Refusal | None:
    """Translate the constraint that refused; None for one that is nobody's choice."""
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    when = f"{seat.starts_at:%Y-%m-%d %H:%M} UTC"
    match name:
        case "scheduling_meeting_no_overlap":
            return TimeNotFree(f"The time {when} was taken meanwhile. Choose another.")
        case "scheduling_meeting_seats_within_capacity" | "scheduling_session_seat_once":
            return SeatsTaken(f"The last seat at {when} was taken meanwhile. Choose another time.")
        case "scheduling_mentor_takes_bookings":
            return MentorNotLive("The mentor takes no bookings at present. Choose another.")
        case "scheduling_session_seat_owed":
            return SeatsTaken(f"The seats at {when} are kept for those who wait for one.")
        case "scheduling_session_client_no_overlap":
            return ClientBusy(
                f"You have another session at {when}. Choose another time, or cancel that one."
            )
        case "scheduling_daycount_within_maximum":
            return LimitReached(
                f"The mentor's day of {when} is full. Choose another day.", reason="day_full"
            )
        case "scheduling_weekcount_within_maximum":
            return LimitReached(
                f"The mentor's week of {when} is full. Choose another week.", reason="week_full"
            )
    return None
