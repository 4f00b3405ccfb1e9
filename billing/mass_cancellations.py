"""Cancel several sessions for one reason: each by itself, as if it were the only one.

A withdrawn group meeting ends every seat in it. Each session has its own transaction, refund and
e-mail, so what a crash or a busy row leaves is found by the next run, and nothing is done twice.
"""

from datetime import datetime
from uuid import UUID

from billing import cancellations
from billing.cancellations import AlreadyCancelled
from billing.settlement import RowBusy
from scheduling import groups
from scheduling.lifecycle import NotCancellable
from scheduling.models import Meeting, Session
from scheduling.seats import SYSTEM
from scheduling.states import CancelledBy


def end_withdrawn(*, now: datetime, meeting_id: UUID | None = None) -> int:
    """Cancel the sessions of withdrawn meetings with everything back; return how many.

    Pulls: scheduling says which meetings do not take place and knows nothing of refunds.
    """
    waiting = groups.awaiting_cancellation().order_by("starts_at", "id")
    if meeting_id is not None:
        waiting = waiting.filter(meeting=meeting_id)
    return sum(_end(session, now=now) for session in list(waiting))


def _end(session: Session, *, now: datetime) -> bool:
    meeting = session.meeting
    by_mentor = meeting.withdrawn_by == Meeting.Withdrawer.MENTOR
    # Past the start nobody but the platform may: the withdrawal was in time, its end was late.
    in_time = now < session.starts_at
    try:
        cancellations.cancel(
            session_id=session.pk,
            by=CancelledBy.MENTOR if by_mentor and in_time else CancelledBy.PLATFORM,
            actor=meeting.mentor.user.public_id if by_mentor else SYSTEM,
            reason=meeting.withdraw_reason or "The mentor withdrew the meeting.",
            now=now,
        )
    except (AlreadyCancelled, NotCancellable, RowBusy):
        return False  # ended meanwhile, or the next run finds it again
    return True
