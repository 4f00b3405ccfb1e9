"""How a session that has begun ends by a person's decision: cancelled before its time, completed.

The clock ends what nobody complains of (`lifecycle.advance_due`). Who is at fault and what goes
back is decided above; this module moves the session and knows no money.

Both expect the caller's transaction.
"""

from datetime import datetime
from uuid import UUID

from kernel.errors import Refusal
from scheduling import lifecycle, seats
from scheduling.attendance import Outcome
from scheduling.lifecycle import NotCancellable
from scheduling.models import Incident, Session
from scheduling.policies import WHOLE_BPS
from scheduling.states import CancelledBy, Event, State

OUTCOME_FOUND = "outcome_found"  # what a session's history calls it; no step of the lifecycle
_BEGUN = frozenset({State.CONFIRMED, State.IN_PROGRESS})


class NotCompletable(Refusal):
    """The session has not ended yet, is over already, or its meeting was withdrawn."""

    code = "not_completable"


def has_begun(session: Session, *, now: datetime) -> bool:
    """Say whether it runs at `now`, or should: also where the clock has not come to it yet."""
    return session.state in _BEGUN and session.starts_at <= now


def has_ended(session: Session, *, now: datetime) -> bool:
    """Say whether its time is over and nobody has completed it yet."""
    return session.state in _BEGUN and session.ends_at <= now


def cut_short(
    *,
    session_id: UUID,
    by: CancelledBy,
    actor: str,
    reason: str,
    refund_bps: int,
    now: datetime,
    outcome: Outcome | None = None,
    held_minutes: int | None = None,
) -> Session:
    """Cancel a session that has begun. `by` is whose doing it is, `actor` who decided so.

    `held_minutes` stays in the history where it decided on the share. Tells nobody: the words
    depend on what was decided. Raises NotCancellable where it has not begun, is over, or its
    meeting was withdrawn.
    """
    if not 0 <= refund_bps <= WHOLE_BPS:
        raise ValueError(f"refund_bps lies in 0–{WHOLE_BPS}")
    session = lifecycle.locked(session_id)
    if not has_begun(session, now=now):
        raise NotCancellable(
            f"Session {session.public_id} is {_words(session)} and begins or began at "
            f"{session.starts_at:%Y-%m-%d %H:%M} UTC: only one that runs is cut short.",
            session_id=session.public_id,
            state=session.state,
        )
    if session.meeting.withdrawn_at is not None:
        raise NotCancellable(_withdrawn(session), session_id=session.public_id, state=session.state)
    data: dict[str, object] = {"by": by.value, "refund_bps": refund_bps}
    if outcome is not None:
        data["outcome"] = outcome.value
    if held_minutes is not None:
        data |= {"held_minutes": held_minutes, "of_minutes": session.duration_minutes}
    Incident.objects.overtake(session, by=actor, reason=reason, now=now)
    return seats.move(
        session,
        Event.CANCEL,
        actor=actor,
        now=now,
        reason=reason,
        data=data,
        cancelled_at=now,
        cancelled_by=by.value,
        cancel_reason=reason,
        refund_bps=refund_bps,
        outcome=outcome.value if outcome else "",
        sequence=session.sequence + 1,
    )


def complete(
    *,
    session_id: UUID,
    actor: str,
    reason: str,
    now: datetime,
    outcome: Outcome | None = None,
) -> Session:
    """Complete a session whose time is over, as the clock would; `outcome` says who came.

    One that the clock has not even begun goes through both steps. Raises NotCompletable.
    """
    session = lifecycle.locked(session_id)
    if not has_ended(session, now=now):
        raise NotCompletable(
            f"Session {session.public_id} is {_words(session)} and ends or ended at "
            f"{session.ends_at:%Y-%m-%d %H:%M} UTC: only one whose time is over and that still "
            "stands open is completed.",
            session_id=session.public_id,
            state=session.state,
        )
    if session.meeting.withdrawn_at is not None:
        raise NotCompletable(_withdrawn(session), session_id=session.public_id, state=session.state)
    Incident.objects.overtake(session, by=actor, reason=reason, now=now)
    if session.state == State.CONFIRMED:
        seats.move(session, Event.START, actor=actor, now=now, reason=reason, started_at=now)
    return seats.move(
        session,
        Event.COMPLETE,
        actor=actor,
        now=now,
        reason=reason,
        data={"outcome": outcome.value} if outcome else None,
        completed_at=now,
        outcome=outcome.value if outcome else "",
    )


def find_outcome(
    session: Session, outcome: Outcome, *, actor: str, reason: str, now: datetime
) -> None:
    """Keep who came to a locked session that is over; where that is news its history says so."""
    if session.outcome == outcome:
        return
    was, session.outcome = session.outcome, outcome.value
    session.save(update_fields=["outcome"])
    seats.record(
        session,
        event=OUTCOME_FOUND,
        source=session.state,
        actor=actor,
        reason=reason,
        data={"outcome": outcome.value, "was": was},
        at=now,
    )


def _withdrawn(session: Session) -> str:
    return (
        f"The meeting of session {session.public_id} was withdrawn: its sessions are cancelled "
        "with everything back, which happens by itself."
    )


def _words(session: Session) -> str:
    return str(State(session.state)).replace("_", " ")
