"""Move sessions along their lifecycle: confirm, cancel, expire, begin, end.

The table of `scheduling.states` says what may follow what; this module adds the guards, the
words and the clock. It is told that a session is paid and never asks how.

`confirm`, `take_again`, `cancel` and `review` expect the caller's transaction (money is posted
in the same one); `expire_due` and `advance_due` open their own.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from kernel.errors import Kind, NotFound, Refusal
from scheduling import messages, queries, seats, visits
from scheduling.attendance import Outcome
from scheduling.models import Incident, Session
from scheduling.models.session import SessionQuerySet
from scheduling.policies import WHOLE_BPS
from scheduling.seats import SYSTEM, Seat
from scheduling.states import CancelledBy, Event, State

BATCH = 200
Changes = Mapping[UUID, dict[str, Any]]
ALL = Q()


class HoldGone(Refusal):
    """The hold is over (expired, or cancelled): it cannot be confirmed any more."""

    code = "hold_gone"


class TimeGone(Refusal):
    """The time of an expired hold cannot be taken again."""

    code = "time_gone"


class NotCancellable(Refusal):
    """The session's state or the hour allows this person no cancellation."""

    code = "not_cancellable"


class NotReviewable(Refusal):
    """Only a completed session is reviewed, once."""

    code = "not_reviewable"
    kind = Kind.CONFLICT


def confirm(*, session_id: UUID, now: datetime) -> Session:
    """Confirm a held session because it is paid, and invite both people.

    Past `expires_at` too, as long as nobody expired it and it has not begun meanwhile: the time
    is still this client's. Of a session confirmed before nothing changes.
    Raises HoldGone for an expired or cancelled one.
    """
    session = locked(session_id)
    state = State(session.state)
    if state in {State.CONFIRMED, State.IN_PROGRESS, State.COMPLETED, State.REVIEWED}:
        return session
    overdue = session.expires_at is not None and session.expires_at <= now
    if state is not State.PENDING or (overdue and session.starts_at <= now):
        raise HoldGone(
            f"Session {session.public_id} is {state} since its hold ended, so it cannot be "
            "confirmed. Take the time again, or give the money back.",
            session_id=session.public_id,
            state=state.value,
        )
    return _confirm(session, now=now)


def _confirm(session: Session, *, now: datetime) -> Session:
    seats.move(session, Event.CONFIRM, actor=SYSTEM, now=now, confirmed_at=now)
    messages.tell_confirmed(session, now=now)
    return session


def take_again(*, session_id: UUID, now: datetime) -> Session:
    """Take the time of an expired hold once more, confirmed at once, as a session of its own.

    The expired one stays as it is; the new one `replaces` it. A second call returns the same
    new session. Raises TimeGone where the time has begun, is taken, is full or the mentor is
    not live any more, and for a hold that was cancelled.
    """
    old = locked(session_id)
    again = Session.objects.filter(replaces=old).first()
    if again is not None:
        return locked(again.pk)
    overdue = old.state == State.PENDING and old.expires_at is not None and old.expires_at <= now
    if not overdue and old.state != State.EXPIRED:
        raise _time_gone(old, f"it is {old.state}")
    if old.starts_at <= now:
        raise _time_gone(old, "its start has passed")
    if not old.mentor.is_live:
        raise _time_gone(old, "the mentor takes no bookings at present")
    # Before anything gives its time back: that takes the counters, which come after the people.
    seats.lock_people(client_id=old.client_id, mentor_id=old.mentor_id)
    if overdue:
        seats.move(old, Event.EXPIRE, actor=SYSTEM, now=now, expired_at=now)
    seats.expire_overdue(_overdue_beside(old, now), now=now)
    try:
        session = seats.take(
            seat=_seat_again(old, now), session=_copy(old, now), event="hold", actor=SYSTEM, now=now
        )
    except (seats.TimeNotFree, seats.ClientBusy, seats.LimitReached) as error:
        raise _time_gone(old, "it was given away meanwhile") from error
    return _confirm(session, now=now)


def _overdue_beside(old: Session, now: datetime) -> list[UUID]:
    """Return the overdue holds that stand in the way of the same time."""
    beside = Session.objects.overdue(now=now).filter(
        Q(mentor_id=old.mentor_id) | Q(client_id=old.client_id, during__overlap=old.during)
    )
    return list(beside.order_by("id").values_list("id", flat=True))


def _seat_again(old: Session, now: datetime) -> Seat:
    diary = queries.diary_of(session_type=old.session_type, at=old.starts_at, now=now)
    rules = diary.rules(old.session_type) if diary else None
    return Seat(
        mentor_id=old.mentor_id,
        starts_at=old.starts_at,
        ends_at=old.ends_at,
        gap_minutes=rules.gap_minutes if rules else old.meeting.gap_minutes,
        day=old.meeting.day,
        max_per_day=rules.max_per_day if rules else None,
        max_per_week=rules.max_per_week if rules else None,
        meeting_id=old.meeting_id if old.meeting.is_group else None,
    )


def _copy(old: Session, now: datetime) -> Session:
    """Return an unsaved hold on the terms of the old one; `take` gives it its time."""
    return Session(
        client=old.client,
        mentor=old.mentor,
        session_type=old.session_type,
        state=State.PENDING.value,
        expires_at=now,
        price_minor=old.price_minor,
        currency=old.currency,
        policy=old.policy,
        goals=old.goals,
        replaces=old,
        series=old.series,
        position=old.position,
        created_at=now,
    )


def _time_gone(session: Session, why: str) -> TimeGone:
    return TimeGone(
        f"The time of session {session.public_id} ({session.starts_at:%Y-%m-%d %H:%M} UTC) "
        f"cannot be taken again: {why}. Give the money back and offer another time.",
        session_id=session.public_id,
    )


def cancel(
    *,
    session_id: UUID,
    by: CancelledBy,
    actor: str,
    reason: str,
    refund_bps: int,
    now: datetime,
    by_staff: bool = False,
) -> Session:
    """Cancel a pending or confirmed session, give its time back and tell both people.

    After the start only the platform may, for an emergency, with a reason. `actor` is a public
    user id or `system`, `by_staff` says that they did it for whoever `by` names; `refund_bps` is
    the share of the price that goes back (frozen on the row). Raises NotCancellable.
    """
    if not 0 <= refund_bps <= WHOLE_BPS:
        raise ValueError(f"refund_bps lies in 0–{WHOLE_BPS}")
    session = locked(session_id)
    require_cancellable(session=session, by=by, now=now)
    if _begun(session, now) and not reason.strip():
        raise NotCancellable(
            f"Session {session.public_id} has begun: cancelling it takes a reason.",
            session_id=session.public_id,
            state=session.state,
        )
    was_confirmed = session.state != State.PENDING
    seats.move(
        session,
        Event.CANCEL,
        actor=actor,
        now=now,
        reason=reason,
        data={"by": by.value, "refund_bps": refund_bps},
        cancelled_at=now,
        cancelled_by=by.value,
        cancel_reason=reason,
        refund_bps=refund_bps,
        sequence=session.sequence + 1,
    )
    messages.tell_cancelled(session, was_confirmed=was_confirmed, by_staff=by_staff, now=now)
    Incident.objects.overtake(session, by=actor, reason="The session was cancelled.", now=now)
    return session


def cancel_absent(*, session_id: UUID, refund_bps: int, now: datetime) -> Session:
    """Cancel a session whose mentor never came, by the record of its room; tell both people.

    It is the mentor's doing, though nobody asked for it. Raises NotCancellable where the room
    does not show it (any more), or the session is not running past its end.
    """
    session = locked(session_id)
    if not visits.is_mentor_absent(session, now=now):
        raise NotCancellable(
            f"The room of session {session.public_id} does not show that the mentor stayed away.",
            session_id=session.public_id,
            state=session.state,
        )
    by, reason = CancelledBy.MENTOR, "The mentor did not come, by the record of the room."
    seats.move(
        session,
        Event.CANCEL,
        actor=SYSTEM,
        now=now,
        reason=reason,
        data={"by": by.value, "refund_bps": refund_bps, "outcome": Outcome.MENTOR_ABSENT.value},
        cancelled_at=now,
        cancelled_by=by.value,
        cancel_reason=reason,
        refund_bps=refund_bps,
        outcome=Outcome.MENTOR_ABSENT.value,
        sequence=session.sequence + 1,
    )
    messages.tell_mentor_absent(session)
    Incident.objects.overtake(session, by=SYSTEM, reason=reason, now=now)
    return session


def require_cancellable(*, session: Session, by: CancelledBy, now: datetime) -> None:
    """Raise NotCancellable where the state or the hour allows `by` no cancellation at `now`."""
    state = State(session.state)
    if state not in {State.PENDING, State.CONFIRMED, State.IN_PROGRESS}:
        raise NotCancellable(
            f"Session {session.public_id} is {state} and can no longer be cancelled.",
            session_id=session.public_id,
            state=state.value,
        )
    if _begun(session, now) and by not in {CancelledBy.PLATFORM, CancelledBy.SYSTEM}:
        raise NotCancellable(
            f"Session {session.public_id} began at {session.starts_at:%Y-%m-%d %H:%M} UTC. "
            "Report what happened instead; the staff decides.",
            session_id=session.public_id,
            state=state.value,
        )


def _begun(session: Session, now: datetime) -> bool:
    return session.state == State.IN_PROGRESS or (
        session.state == State.CONFIRMED and session.starts_at <= now
    )


def review(*, session_id: UUID, actor: str, now: datetime) -> Session:
    """Mark a completed session as reviewed. Raises NotReviewable for any other."""
    session = locked(session_id)
    if session.state != State.COMPLETED:
        raise NotReviewable(
            f"Session {session.public_id} is {session.state}; only a completed session is "
            "reviewed, once.",
            session_id=session.public_id,
        )
    return seats.move(session, Event.REVIEW, actor=actor, now=now)


def expire_due(*, now: datetime, among: Q = ALL) -> int:
    """Expire every hold whose time is over; return how many. Correctness never waits for it.

    `among` narrows whom the clock looks at.
    """
    overdue = Session.objects.overdue(now=now).filter(among).order_by("expires_at", "id")
    return seats.expire_overdue(list(overdue.values_list("id", flat=True)), now=now)


def advance_due(*, now: datetime, among: Q = ALL) -> int:
    """Begin every confirmed session that should run, end every running one that should be over.

    Level-triggered: what was missed is found on the next run, and a session that is wholly past
    goes through both. One whose room does not show yet who came waits a little; one whose mentor
    stayed away is not completed but cancelled, by billing, which refunds it; so is a seat in a
    meeting that was withdrawn. What somebody has reported of waits for the staff. `among` narrows
    whom the clock looks at. Returns how many steps were taken.
    """
    begun = _advance(
        Event.START,
        among & Q(state=State.CONFIRMED, starts_at__lte=now),
        changes_of=lambda batch: {session.pk: {"started_at": now} for session in batch},
        now=now,
    )
    ended = _advance(
        Event.COMPLETE,
        among & Q(state=State.IN_PROGRESS, ends_at__lte=now, meeting__withdrawn_at=None),
        changes_of=lambda batch: _completions(batch, now),
        now=now,
    )
    return begun + ended


def _completions(batch: Sequence[Session], now: datetime) -> Changes:
    # Asked behind the locks: a report that was made meanwhile is seen, and later ones wait for us.
    reported = Incident.objects.holding(session.pk for session in batch)
    return {
        session_id: {"completed_at": now, "outcome": found.outcome or ""}
        for session_id, found in visits.findings(batch, now=now).items()
        if found.final and found.outcome is not Outcome.MENTOR_ABSENT
        if session_id not in reported
    }


def _advance(
    event: Event, due: Q, *, changes_of: Callable[[Sequence[Session]], Changes], now: datetime
) -> int:
    """Move what is due, batch by batch, with its changes; leave what has none as it is."""
    total = 0
    left: set[UUID] = set()
    while True:
        with transaction.atomic():
            batch = list(
                Session.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("client", "mentor")
                .filter(due)
                .exclude(pk__in=left)
                .order_by("starts_at", "id")[:BATCH]
            )
            changes = changes_of(batch)
            for session in batch:
                if session.pk in changes:
                    seats.move(session, event, actor=SYSTEM, now=now, **changes[session.pk])
        total += len(changes)
        left |= {session.pk for session in batch} - changes.keys()
        if len(batch) < BATCH:
            return total


def locked(session_id: UUID) -> Session:
    """Return the session with its people, its own row locked until the commit; or NotFound."""
    return _one(Session.objects.select_for_update(of=("self",)), session_id)


def found(session_id: UUID) -> Session:
    """Return the session with its people, as it is now and free for others; or NotFound."""
    return _one(Session.objects.all(), session_id)


def _one(rows: SessionQuerySet, session_id: UUID) -> Session:
    people = ("client__user", "mentor__user")
    rows = rows.select_related(*people, "session_type__mentor__user", "session_type__policy")
    session = rows.select_related("meeting").filter(pk=session_id).first()
    if session is None:
        raise NotFound(f"There is no session {session_id}.")
    return session
