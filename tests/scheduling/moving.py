"""What becomes of a session meanwhile: it is cancelled, or it moves to another time."""

from datetime import datetime

from django.db import transaction

from scheduling import lifecycle, rescheduling, seats
from scheduling.models import Session
from scheduling.seats import Seat
from scheduling.states import CancelledBy, Side


def cancelled(session: Session, *, now: datetime, by: CancelledBy = CancelledBy.CLIENT) -> Session:
    """Cancel it with the whole price back."""
    with transaction.atomic():
        return lifecycle.cancel(
            session_id=session.pk,
            by=by,
            actor="usr_someone",
            reason="",
            refund_bps=10_000,
            now=now,
        )


def moved(session: Session, *, to: datetime, now: datetime) -> Session:
    """Move it to another time, as its mentor wished and its client agreed."""
    with transaction.atomic():
        session = lifecycle.locked(session.pk)
        seats.lock_people(client_id=session.client_id, mentor_id=session.mentor_id)
        seat = Seat(
            mentor_id=session.mentor_id,
            starts_at=to,
            ends_at=to + (session.ends_at - session.starts_at),
            gap_minutes=0,
            day=to.date(),
            max_per_day=None,
            max_per_week=None,
        )
        return rescheduling.move(
            session=session,
            seat=seat,
            by=Side.MENTOR,
            agreed=True,
            cap_bps=10_000,
            actor="usr_someone",
            now=now,
        )
