"""What must still be true of a session when an e-mail about it leaves (docs/adr/0021).

The checks are asked by the outbox, outside any transaction; they read what is committed.
"""

from uuid import UUID

from kernel import clock
from notifications.conditions import Condition, condition, holds
from scheduling.models import Incident, Session
from scheduling.states import PAID, IncidentState, State


def as_it_is(session: Session) -> Condition:
    """Return the condition that the session still stands, at the time that it has now."""
    return holds(session_stands, session_id=str(session.pk), sequence=session.sequence)


@condition
def session_stands(*, session_id: str, sequence: int) -> str:
    """Hold while the session is paid and neither cancelled nor moved since `sequence`."""
    return untrue(now_of(session_id), sequence)


def undecided(incident: Incident) -> Condition:
    """Return the condition that the staff have not decided on the report yet."""
    return holds(incident_open, incident_id=str(incident.pk))


@condition
def incident_open(*, incident_id: str) -> str:
    """Hold while the staff have not decided on the report."""
    state = Incident.objects.filter(pk=UUID(incident_id)).values_list("state", flat=True).first()
    if state is None:
        return "There is no such report."
    return "" if state == IncidentState.OPEN else f"The report is {state.replace('_', ' ')} by now."


@condition
def place_is_kept(*, session_id: str) -> str:
    """Hold while the seat is kept for the one to whom it was offered."""
    session = now_of(session_id)
    if session is None or session.state != State.PENDING or session.expires_at is None:
        return "The offer was answered or has ended."
    return "" if session.expires_at > clock.now() else "The offer has ended."


def untrue(session: Session | None, sequence: int) -> str:
    """Return "" where the session is as it was at `sequence`, and else what became of it."""
    if session is None:
        return "There is no such session."
    if session.state not in PAID:
        return f"The session is {session.state} by now."
    return "" if session.sequence == sequence else "The session has another time by now."


def now_of(session_id: str) -> Session | None:
    """Return what is committed of the session at this moment, read in one query."""
    return Session.objects.filter(pk=UUID(session_id)).first()
