"""Remind both people of a session: a day before and an hour before, each in their own zone.

Level-triggered: whatever is due and was not promised yet is found, however long nobody looked.
Promising writes a row and a message; the message is asked again before it leaves, so that none
is sent of a session that was cancelled, moved or begun meanwhile. Nothing is promised to who has
switched the kind off; once it is on again, what is still of use is found. Knows no mail server.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from kernel import clock
from notifications import switches
from notifications.conditions import Condition, condition, holds
from notifications.models import Kind as EmailKind
from scheduling import messages, standing
from scheduling.models import Reminder, Session, SessionEvent
from scheduling.states import Side, State

logger = logging.getLogger(__name__)

TOLD_THE_TIME = ("confirm", "reschedule")  # the events of which both have a message


@dataclass(frozen=True, slots=True)
class Notice:
    """A kind of reminder: due `lead` before the start, and of use until `until` before it."""

    kind: Reminder.Kind
    email: EmailKind
    lead: timedelta
    until: timedelta


_HOUR = Notice(
    Reminder.Kind.HOUR, EmailKind.REMINDER_HOUR, lead=timedelta(hours=1), until=timedelta(0)
)
NOTICES = (
    Notice(Reminder.Kind.DAY, EmailKind.REMINDER_DAY, lead=timedelta(days=1), until=_HOUR.lead),
    _HOUR,
)


def promise_due(*, now: datetime) -> int:
    """Promise every reminder that is due at `now`; return how many. Safe at any time, and twice.

    A transaction each: one that cannot be written holds up none of the others.
    """
    promised = 0
    for notice in NOTICES:
        for role in Side:
            for session in _due(notice, role, now):
                try:
                    promised += _promise(session, notice, role, now)
                except Exception:
                    logger.exception("no reminder of session %s for its %s", session.pk, role)
    return promised


def _due(notice: Notice, role: Side, now: datetime) -> Iterable[Session]:
    """Return the sessions whose reminder is due, wanted, not too late, and not promised.

    Who heard of the time after the reminder was due was told just then.
    """
    promised = Reminder.objects.filter(
        session=OuterRef("pk"), sequence=OuterRef("sequence"), kind=notice.kind, role=role
    )
    told_since = SessionEvent.objects.filter(
        session=OuterRef("pk"), event__in=TOLD_THE_TIME, at__gt=OuterRef("starts_at") - notice.lead
    )
    return (
        Session.objects.filter(
            ~Exists(promised),
            ~Exists(told_since),
            ~Exists(switches.off(kind=notice.email, person=OuterRef(f"{role.value}__user"))),
            state=State.CONFIRMED,
            starts_at__gt=now + notice.until,
            starts_at__lte=now + notice.lead,
        )
        .select_related("client__user", "mentor__user", "session_type", "meeting")
        .order_by("starts_at", "id")
    )


def _promise(session: Session, notice: Notice, role: Side, now: datetime) -> bool:
    """Write the row and the message, unless another process did; return whether it was this one.

    No lock is taken: of a session that is cancelled or moved meanwhile the message is withdrawn.
    """
    with transaction.atomic():
        _, fresh = Reminder.objects.get_or_create(
            session=session,
            sequence=session.sequence,
            kind=notice.kind,
            role=role,
            defaults={"due_at": session.starts_at - notice.lead, "promised_at": now},
        )
        if fresh:
            messages.remind(
                session,
                role=role,
                kind=notice.kind,
                email_kind=notice.email,
                only_if=_while_of_use(session, notice, role),
            )
    return fresh


def _while_of_use(session: Session, notice: Notice, role: Side) -> Condition:
    """Return the condition: the session stands, or any of a group that its mentor is to hold."""
    if role == Side.MENTOR and session.meeting.session_type_id is not None:
        return holds(
            group_reminder_stands, meeting_id=str(session.meeting_id), kind=notice.kind.value
        )
    return holds(
        reminder_stands,
        session_id=str(session.pk),
        sequence=session.sequence,
        kind=notice.kind.value,
    )


@condition
def group_reminder_stands(*, meeting_id: str, kind: str) -> str:
    """Hold while a paid seat of the group stands, it has not begun, and the reminder is of use."""
    seats = Session.objects.filter(meeting=UUID(meeting_id), state=State.CONFIRMED)
    session = seats.filter(meeting__withdrawn_at=None).first()
    return "No seat of the group is left." if session is None else _too_late(session, kind)


@condition
def reminder_stands(*, session_id: str, sequence: int, kind: str) -> str:
    """Hold while the session stands at that time, has not begun, and the reminder is of use."""
    session = standing.now_of(session_id)
    if (untrue := standing.untrue(session, sequence)) or session is None:
        return untrue
    if session.state != State.CONFIRMED:
        return f"The session is {session.state.replace('_', ' ')} by now."
    return _too_late(session, kind)


def _too_late(session: Session, kind: str) -> str:
    [notice] = [notice for notice in NOTICES if notice.kind == kind]
    late = clock.now() >= session.starts_at - notice.until
    return "It came too late to be of use." if late else ""
