"""The staff decide on what was reported of a session: what goes back, what is posted, who is told.

One transaction behind the session's lock, which the clock, the record of the room, the client and
every other decision take too: whoever comes first, the others find it done. Calls no gateway.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID

from billing import giving_back
from billing.interventions import (
    Fault,
    Intervened,
    completed,
    cut_short,
    open_reports,
    part_of,
    said_why,
    terms_of,
    write_down,
)
from billing.models import Refund
from billing.own_case import refuse_own_case
from billing.settlement import locks
from kernel.errors import Invalid, NotFound, Refusal
from scheduling import endings, messages
from scheduling.attendance import Outcome
from scheduling.lifecycle import locked
from scheduling.models import Incident, Session
from scheduling.policies import Part
from scheduling.states import CancelledBy, IncidentEvent, IncidentKind, IncidentState, State

_OVER = frozenset({State.COMPLETED, State.REVIEWED})
_ABSENT = "absent"  # the key of what went back of a completed session, its mentor not having come


class Verdict(StrEnum):
    """What the staff may decide; the value is the report's state after it."""

    MENTOR_FAULT = "mentor_fault"
    PRO_RATA = "pro_rata"
    MENTOR_ABSENT = "mentor_absent"
    CLIENT_ABSENT = "client_absent"
    DISMISSED = "dismissed"


VERDICTS = {
    IncidentKind.EMERGENCY: (Verdict.MENTOR_FAULT, Verdict.PRO_RATA, Verdict.DISMISSED),
    IncidentKind.ABSENCE: (Verdict.MENTOR_ABSENT, Verdict.CLIENT_ABSENT, Verdict.DISMISSED),
}
_EVENTS = {
    Verdict.MENTOR_FAULT: IncidentEvent.BLAME_MENTOR,
    Verdict.PRO_RATA: IncidentEvent.APPORTION,
    Verdict.MENTOR_ABSENT: IncidentEvent.FIND_MENTOR_ABSENT,
    Verdict.CLIENT_ABSENT: IncidentEvent.FIND_CLIENT_ABSENT,
    Verdict.DISMISSED: IncidentEvent.DISMISS,
}


def verdict_named(name: str) -> Verdict:
    """Return the verdict of this name. Raises Invalid."""
    try:
        return Verdict(name)
    except ValueError:
        raise Invalid(f"{name!r} is no decision.", pointer="/verdict") from None


class IncidentDecided(Refusal):
    """Somebody has decided on it, or the session has ended otherwise."""

    code = "incident_decided"


def decide(
    *,
    incident_id: UUID,
    verdict: Verdict,
    by: str,
    reason: str,
    now: datetime,
    held_minutes: int | None = None,
) -> Intervened:
    """Decide on a report, with all that follows. `by` is the public id of whoever decides.

    A mentor at fault or absent gives everything back and bears the fee; where nobody is at fault
    the minutes held are paid for; an absent client's session counts as held. Of a session that is
    completed already nothing moves but the money and the outcome. Dismissed: the clock goes on.

    Raises: NotFound, Invalid (no reason, another kind's verdict, minutes that it did not have),
    OwnCase, IncidentDecided, NotCompletable (an absent client before the end), PaymentDisputed
    (where something goes back of what a bank holds: the report stays open), RowBusy.
    """
    said = said_why(reason)
    found = Incident.objects.filter(pk=incident_id).values_list("session_id", flat=True).first()
    if found is None:
        raise NotFound(f"There is no report {incident_id}.")
    with locks():
        session = locked(found)
        refuse_own_case(session, by=by)
        reports = open_reports(session)
        incident = Incident.objects.select_for_update().get(pk=incident_id)
        _refuse(incident, verdict)
        if verdict is Verdict.PRO_RATA:
            part_of(session, held_minutes)
        incident.answer(
            _EVENTS[verdict],
            by=by,
            reason=said,
            now=now,
            held_minutes=held_minutes if verdict is Verdict.PRO_RATA else None,
        )
        done = _carried_out(session, incident, verdict, now=now)
        done = replace(done, open_reports=reports)
        if verdict is not Verdict.DISMISSED:
            Incident.objects.overtake(session, by=by, reason=said, now=now)
        write_down(
            done,
            "incident.decided",
            by=by,
            reason=said,
            incident=incident.public_id,
            verdict=verdict.value,
        )
    return done


def _carried_out(
    session: Session, incident: Incident, verdict: Verdict, *, now: datetime
) -> Intervened:
    """Do what follows from a report that is decided already."""
    by, reason = incident.decided_by, incident.decision
    match verdict:
        case Verdict.DISMISSED:
            return _nothing(session, incident)
        case Verdict.CLIENT_ABSENT:
            return _held_after_all(session, incident, now=now)
        case Verdict.MENTOR_ABSENT if session.state in _OVER:
            return _refunded_after_the_end(session, incident, now=now)
        case Verdict.PRO_RATA:
            return cut_short(
                session,
                fault=Fault.NOBODY,
                by=by,
                reason=reason,
                now=now,
                held_minutes=incident.held_minutes,
                reported=True,
            )
        case _:
            absent = Outcome.MENTOR_ABSENT if verdict is Verdict.MENTOR_ABSENT else None
            return cut_short(
                session,
                fault=Fault.MENTOR,
                by=by,
                reason=reason,
                now=now,
                outcome=absent,
                reported=True,
            )


def _refuse(incident: Incident, verdict: Verdict) -> None:
    if incident.state != IncidentState.OPEN:
        raise IncidentDecided(
            f"Report {incident.public_id} is {incident.state.replace('_', ' ')} since "
            f"{incident.decided_at:%Y-%m-%d %H:%M} UTC ({incident.decision}). There is nothing "
            "left to decide.",
            incident_id=incident.public_id,
        )
    if verdict not in VERDICTS[IncidentKind(incident.kind)]:
        raise Invalid(
            f"Report {incident.public_id} is of an {incident.kind}: it is not decided as "
            f"{verdict.replace('_', ' ')}.",
            pointer="/verdict",
        )


def _nothing(session: Session, incident: Incident) -> Intervened:
    kept = giving_back.kept_of(session)
    messages.tell_decided(
        session, decided="dismissed", reason=incident.decision, key=incident.public_id
    )
    return Intervened(session, session.state, kept, kept)


# Note [After the end]: no edge leads from completed to cancelled, since what was earned is not
# unearned. So the money goes back as a refund: its commission out of 4090, the mentor's part out of
# 2110, where it stays for the dispute window and as long as a report is open (`earned.to_release`).
def _refunded_after_the_end(session: Session, incident: Incident, *, now: datetime) -> Intervened:
    before = giving_back.kept_of(session)
    terms = terms_of(session, Part(1, 1), bearer=CancelledBy.MENTOR)
    giving_back.refuse_held(terms)
    refund = giving_back.promise(
        session=session,
        terms=terms,
        cause=Refund.Cause.MENTOR_FAULT,
        actor=incident.decided_by,
        now=now,
        key=_ABSENT,
        reason=incident.decision,
    )
    _find(session, Outcome.MENTOR_ABSENT, incident, way=giving_back.way_back(terms))
    after = giving_back.kept_of(session)
    return Intervened(session, session.state, before, after, terms, refund)


def _held_after_all(session: Session, incident: Incident, *, now: datetime) -> Intervened:
    was, before = session.state, giving_back.kept_of(session)
    if giving_back.was_promised(session, key=_ABSENT):
        raise IncidentDecided(
            f"The price of session {session.public_id} went back because its mentor did not come. "
            "That stands: dismiss the report.",
            incident_id=incident.public_id,
        )
    if session.state not in _OVER:
        session = completed(
            session,
            outcome=Outcome.CLIENT_ABSENT,
            by=incident.decided_by,
            reason=incident.decision,
            now=now,
        )
    _find(session, Outcome.CLIENT_ABSENT, incident)
    return Intervened(session, was, before, giving_back.kept_of(session))


def _find(session: Session, outcome: Outcome, incident: Incident, *, way: str = "") -> None:
    """Keep the outcome with the session, and tell both; `incident` is decided already."""
    endings.find_outcome(
        session,
        outcome,
        actor=incident.decided_by,
        reason=incident.decision,
        now=cast("datetime", incident.decided_at),
    )
    messages.tell_decided(
        session,
        decided=outcome.value,
        reason=incident.decision,
        key=incident.public_id,
        way=way,
    )
