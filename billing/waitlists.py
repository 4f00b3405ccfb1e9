"""Leave the line for a seat, or decline the seat that was offered: an unpaid session, cancelled."""

from datetime import datetime
from uuid import UUID

from accounts.models import Client
from billing import cancellations
from billing.cancellations import AlreadyCancelled, Cancelled
from kernel.errors import Refusal
from scheduling import waitlist
from scheduling.models import Session, WaitlistEntry
from scheduling.states import CancelledBy, State


class SeatTaken(Refusal):
    """The seat was offered and is paid: it is a session now."""

    code = "seat_taken"


def leave(*, entry_id: UUID, client: Client, now: datetime) -> WaitlistEntry:
    """Take the client out of the line; an offer that is open is declined. Safe to repeat.

    Raises NotFound, SeatTaken, RowBusy.
    """
    entry = waitlist.leave(entry_id=entry_id, client=client, now=now)
    session = entry.session
    if session is None:
        return entry
    if session.state == State.PENDING:
        try:
            cancellations.cancel(
                session_id=session.pk,
                by=CancelledBy.CLIENT,
                actor=client.user.public_id,
                reason="",
                now=now,
                within=_refuse_paid,
            )
        except AlreadyCancelled:
            return entry
    elif session.state not in {State.CANCELLED, State.EXPIRED}:
        raise _taken(session)
    return entry


def _refuse_paid(cancelled: Cancelled) -> None:
    """Undo the cancellation of a seat whose payment came in while we waited for its lock."""
    if cancelled.session.confirmed_at is not None:
        raise _taken(cancelled.session)


def _taken(session: Session) -> SeatTaken:
    return SeatTaken(
        f"You took the seat: it is session {session.public_id}. Cancel that one, if you must.",
        session_id=session.public_id,
    )
