"""Cancel several sessions for one reason: each by itself, as if it were the only one.

A withdrawn group meeting ends every seat in it. Each session has its own transaction, refund and
e-mail, so what a crash or a busy row leaves is found by the next run, and nothing is done twice.
"""

import logging
from datetime import datetime
from uuid import UUID

from billing import cancellations
from kernel.errors import Refusal
from scheduling import groups
from scheduling.models import Meeting, Session
from scheduling.seats import SYSTEM
from scheduling.states import CancelledBy

logger = logging.getLogger(__name__)


def end_withdrawn(
    *, now: datetime, meeting_id: UUID | None = None, mentor_id: UUID | None = None
) -> int:
    """Cancel the sessions of withdrawn meetings with everything back; return how many.

    Pulls: scheduling says which meetings do not take place and knows nothing of refunds.
    """
    waiting = groups.awaiting_cancellation().order_by("starts_at", "id")
    if meeting_id is not None:
        waiting = waiting.filter(meeting=meeting_id)
    if mentor_id is not None:
        waiting = waiting.filter(mentor=mentor_id)
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
    except Refusal as refusal:  # ended meanwhile, or the next run finds it again
        logger.warning("session %s of a withdrawn meeting: %s", session.pk, refusal)
        return False
    except Exception:  # one bad row holds up none of the others
        logger.exception("session %s of a withdrawn meeting could not be ended", session.pk)
        return False
    return True
