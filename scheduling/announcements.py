"""What of a session's history is told to webhooks, and how. Knows no endpoint."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from scheduling.models import Session
from scheduling.states import Event
from webhooks.emitting import emit
from webhooks.kinds import Kind

HOLD = "hold"
RESCHEDULE = "reschedule"
KINDS: Mapping[str, Kind] = {
    HOLD: Kind.SESSION_HELD,
    Event.CONFIRM.value: Kind.SESSION_CONFIRMED,
    RESCHEDULE: Kind.SESSION_RESCHEDULED,
    Event.CANCEL.value: Kind.SESSION_CANCELLED,
    Event.COMPLETE.value: Kind.SESSION_COMPLETED,
    Event.EXPIRE.value: Kind.SESSION_EXPIRED,
    Event.REVIEW.value: Kind.SESSION_REVIEWED,
}


def announce(session: Session, *, event: str, at: datetime) -> None:
    """Tell of an event of the session's history, if it is one that is told.

    Call it in the transaction that writes the history. Both people may see the session.
    """
    kind = KINDS.get(event)
    if kind is None:
        return

    def people() -> list[UUID]:
        return [session.client.user_id, session.mentor.user_id]

    def data() -> dict[str, Any]:
        return {
            "status": session.state,
            "starts_at": session.starts_at,
            "ends_at": session.ends_at,
            "cancelled_by": session.cancelled_by or None,
        }

    emit(kind=kind, object_id=session.public_id, people=people, data=data, at=at)
