"""Report an emergency, or that the other one did not come; the staff decide on it.

Only where the room's record has not decided (docs/adr/0026). A record that shows both decides
nothing: whoever came for a minute is in it, so the staff see it beside the report. Knows nothing of
money: what a decision gives back is billing's (docs/adr/0029).
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kernel.errors import NotFound, Refusal
from kernel.texts import typed
from scheduling import endings, lifecycle, messages
from scheduling.attendance import Outcome
from scheduling.models import Incident, Session
from scheduling.models.incident import REASON_LENGTH
from scheduling.states import IncidentEvent, IncidentKind, IncidentState, Side, State

_OVER = frozenset({State.COMPLETED, State.REVIEWED})
_WHO_CAME = (IncidentState.MENTOR_ABSENT, IncidentState.CLIENT_ABSENT)
_ABSENT = {Side.CLIENT: Outcome.MENTOR_ABSENT, Side.MENTOR: Outcome.CLIENT_ABSENT}


class NotReportable(Refusal):
    """It is too early or too late for it, or it is known already."""

    code = "not_reportable"


class NotWithdrawable(Refusal):
    """The report is for the staff to decide, whatever its author wishes by now."""

    code = "not_withdrawable"


class AlreadyReported(Refusal):
    """The same side reported it before, or waits for the staff's decision on something else."""

    code = "already_reported"


def report(
    *,
    session_id: UUID,
    side: Side,
    kind: IncidentKind,
    reason: str,
    by: str,
    now: datetime,
    within: Callable[[Incident], None] | None = None,
) -> Incident:
    """Keep the report of one side and tell the other one; the staff find it in their queue.

    An emergency while the session runs; an absence from `ROOM_PATIENCE` after the start until the
    dispute window of the completed session is over. `by` is the reporter's public id. Locks the
    session; one transaction.

    Raises NotFound, Invalid (no words, too many), NotReportable, AlreadyReported.
    """
    said = typed(reason, name="reason", longest=REASON_LENGTH, needed=True)
    with transaction.atomic():
        session = lifecycle.locked(session_id)
        _refuse_the_hour(session, kind, side, now)
        before = Incident.objects.filter(session=session, side=side)
        known = before.filter(kind=kind).first() or before.open().first()
        if known is not None:
            raise AlreadyReported(
                f"You reported {_words(known)} at {known.created_at:%Y-%m-%d %H:%M} UTC. "
                + _standing(known),
                incident_id=known.public_id,
            )
        incident = Incident.objects.create(
            session=session,
            kind=kind.value,
            side=side.value,
            reported_by=by,
            reason=said,
            created_at=now,
            state=IncidentState.OPEN.value,
        )
        messages.tell_reported(session, incident=incident)
        if within is not None:
            within(incident)
    return incident


def withdraw(*, incident_id: UUID, side: Side, by: str, now: datetime) -> Incident:
    """Take a report of one's own back while it is open: the session goes on as without it.

    It is not made anew, and the other one is told. A mentor's emergency stays: it keeps back the
    client's money too, and the client relies on its being decided. Locks the session, then the
    report; one transaction. Raises NotFound (also of the other side's), AlreadyReported where it
    is decided, NotWithdrawable.
    """
    mine = Incident.objects.filter(pk=incident_id, side=side)
    found = mine.values_list("session_id", flat=True).first()
    if found is None:
        raise NotFound("There is no such report of yours.")
    with transaction.atomic():
        session = lifecycle.locked(found)
        incident = mine.select_for_update().get()
        if incident.state != IncidentState.OPEN:
            raise AlreadyReported(
                f"Your report is {incident.state.replace('_', ' ')} since "
                f"{incident.decided_at:%Y-%m-%d %H:%M} UTC: there is nothing left to withdraw.",
                incident_id=incident.public_id,
            )
        if (incident.kind, incident.side) == (IncidentKind.EMERGENCY, Side.MENTOR):
            raise NotWithdrawable(
                f"You reported that you could not hold session {session.public_id} to its end: "
                "our team decides what that comes to. Answer to our message, or write to us.",
                incident_id=incident.public_id,
            )
        incident.answer(
            IncidentEvent.WITHDRAW, by=by, reason="Withdrawn by who reported it.", now=now
        )
        messages.tell_withdrawn(session, incident=incident)
    return incident


def reported_until(session: Session) -> datetime | None:
    """Return until when an absence may be reported of a completed session; None of another.

    The dispute window begins with the session's end, however late it was completed: a decision
    that took long opens no second one.
    """
    if session.state not in _OVER or session.completed_at is None:
        return None
    return max(session.ends_at + settings.DISPUTE_WINDOW, session.completed_at)


def _refuse_the_hour(session: Session, kind: IncidentKind, side: Side, now: datetime) -> None:
    runs = endings.has_begun(session, now=now) and session.meeting.withdrawn_at is None
    if kind is IncidentKind.EMERGENCY:
        if not runs or now >= session.ends_at:
            raise _not_reportable(session, "An emergency is reported while the session runs")
        return
    if session.outcome == _ABSENT[side]:
        raise _not_reportable(session, "It is known that the other one did not come")
    if Incident.objects.filter(session=session, state__in=_WHO_CAME).exists():
        raise _not_reportable(
            session, "The staff have decided on who came; answer to their message instead"
        )
    until = reported_until(session)
    if until is not None:
        if now >= until:
            raise _not_reportable(
                session, f"An absence could be reported until {until:%Y-%m-%d %H:%M} UTC"
            )
        return
    first = min(session.starts_at + settings.ROOM_PATIENCE, session.ends_at)
    if not runs or now < first:
        raise _not_reportable(
            session, f"An absence is reported from {first:%Y-%m-%d %H:%M} UTC on, not before"
        )


def _not_reportable(session: Session, why: str) -> NotReportable:
    state = State(session.state).replace("_", " ")
    return NotReportable(
        f"{why}; session {session.public_id} is {state}, from "
        f"{session.starts_at:%Y-%m-%d %H:%M} to {session.ends_at:%H:%M} UTC.",
        session_id=session.public_id,
        state=session.state,
    )


def _words(incident: Incident) -> str:
    return "an emergency" if incident.kind == IncidentKind.EMERGENCY else "an absence"


def _standing(incident: Incident) -> str:
    match incident.state:
        case IncidentState.OPEN:
            return "The staff will decide on it."
        case IncidentState.WITHDRAWN:
            return "You withdrew it; write to the staff if it was so after all."
    return "The staff have decided on it; answer to their message."
