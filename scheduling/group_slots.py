"""Which group meetings have a seat to book, and why one has none. Writes nothing.

The counterpart of `scheduling.slots` for session types with more than one seat: their starts are
those that the mentor offers one by one, and not what his hours leave free.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from scheduling.models import Meeting, Schedule, Session, SessionType, WaitlistEntry
from scheduling.states import State


class GroupReason(StrEnum):
    """Why no seat is offered at an instant; the first that applies, in this order."""

    NO_MEETING = "no_meeting"
    TOO_SOON = "too_soon"
    UNDECIDED = "undecided"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class GroupSlot:
    """A group meeting as a client may book it: how many seats are left, or why none is.

    A seat that is free and owed to somebody who waits is not left; `waiting` is how many do.
    """

    meeting: Meeting
    seats_left: int
    waiting: int
    reason: GroupReason | None


def coming(
    *, session_type: SessionType, start: datetime, end: datetime, now: datetime
) -> list[GroupSlot]:
    """Return the meetings of a group type that begin in [start, end), in the order of time.

    Two queries. A hold whose time is over at `now` leaves its seat, whether or not it was swept.
    """
    meetings = with_seats(now=now).filter(
        session_type=session_type,
        live=True,
        withdrawn_at=None,
        during__startswith__gte=start,
        during__startswith__lt=end,
    )
    found = list(meetings.order_by("during", "id"))
    notice = notice_of(session_type) if found else timedelta(0)
    return [_slot(meeting, notice, now) for meeting in found]


def full(
    *, session_type: SessionType, start: datetime, end: datetime, now: datetime
) -> list[GroupSlot]:
    """Return the meetings that begin in [start, end) and may only be waited for."""
    kind = session_type
    if not (kind.is_group and kind.is_active and kind.mentor.is_live):
        return []
    meetings = coming(session_type=kind, start=start, end=end, now=now)
    return [slot for slot in meetings if slot.reason is GroupReason.FULL]


def look(*, session_type: SessionType, at: datetime, now: datetime) -> GroupSlot | None:
    """Return the group meeting that begins at `at` and lasts as its type does, if there is one."""
    after = at + timedelta(microseconds=1)
    ends_at = at + timedelta(minutes=session_type.duration_minutes)
    found = coming(session_type=session_type, start=at, end=after, now=now)
    return next((slot for slot in found if slot.meeting.during.upper == ends_at), None)


def with_seats(*, now: datetime) -> QuerySet[Meeting]:
    """Return meetings with `seats_left`: what no session keeps at `now`; and with `waiting`."""
    keeps = Q(sessions__live=True) & ~(
        Q(sessions__state=State.PENDING) & Q(sessions__expires_at__lte=now)
    )
    waiting = WaitlistEntry.objects.waiting().filter(meeting=OuterRef("pk")).order_by()
    return Meeting.objects.annotate(
        seats_left=Greatest(F("capacity") - Count("sessions", filter=keeps), 0),
        waiting=Coalesce(
            Subquery(waiting.values("meeting").annotate(n=Count("pk")).values("n")), 0
        ),
    )


def paid_seats(meeting: Meeting) -> int:
    """Return how many seats of a meeting are paid for."""
    return Session.objects.filter(meeting=meeting, live=True, confirmed_at__isnull=False).count()


def _slot(meeting: Meeting, notice: timedelta, now: datetime) -> GroupSlot:
    waiting: int = meeting.waiting  # type: ignore[attr-defined]
    left: int = max(meeting.seats_left - waiting, 0)  # type: ignore[attr-defined]
    reason = None
    if now + notice > meeting.during.lower:
        reason = GroupReason.TOO_SOON
    elif meeting.decided_at is None and meeting.decide_at is not None and meeting.decide_at <= now:
        reason = GroupReason.UNDECIDED
    elif left == 0:
        reason = GroupReason.FULL
    return GroupSlot(meeting, left, waiting, reason)


def notice_of(session_type: SessionType) -> timedelta:
    """Return how long before the start the last seat is booked."""
    minutes = session_type.notice_minutes
    if minutes is None:
        default = Schedule.objects.filter(mentor_id=session_type.mentor_id)
        minutes = default.values_list("notice_minutes", flat=True).first() or 0
    return timedelta(minutes=minutes)
