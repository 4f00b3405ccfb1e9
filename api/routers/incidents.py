"""Reports about a session over HTTP: an emergency, or that the other one did not come."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from accounts.models import User
from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, no_such, parse_id, session_of
from api.permissions import allowed
from api.principal import user_of
from api.schemas.base import problems
from api.schemas.incidents import IncidentList, IncidentOut, IncidentRequest
from kernel import clock, idempotency
from kernel.idempotency import Attempt
from scheduling import incidents
from scheduling.models import Incident, Session
from scheduling.states import IncidentKind, Side

router = Router(tags=["sessions"])

SessionId = Annotated[PublicId, Path(..., alias="session_id")]
IncidentId = Annotated[PublicId, Path(..., alias="incident_id")]


@router.get(
    "/{session_id}/incidents",
    operation_id="sessions_incidents_list",
    auth=allowed("sessions_incidents_list"),
    response={200: IncidentList, **problems(404, 422)},
    summary="List what was reported of a session",
)
def sessions_incidents_list(request: HttpRequest, session_id: SessionId) -> IncidentList:
    """The reports of both sides, and what the staff decided."""
    session = session_of(user_of(request), session_id)
    rows = Incident.objects.filter(session=session).order_by("created_at", "id")
    return IncidentList(items=[IncidentOut.of(row) for row in rows])


@router.post(
    "/{session_id}/incidents",
    operation_id="sessions_incidents_report",
    auth=allowed("sessions_incidents_report"),
    response={201: IncidentOut, **problems(400, 404, 409, 422)},
    summary="Report an emergency or an absence",
)
def sessions_incidents_report(
    request: HttpRequest, session_id: SessionId, body: IncidentRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """The staff decide; until then the session is not completed and nobody is paid.

    Each side reports each kind once. An emergency while the session runs; an absence from ten
    minutes after the start until the dispute window is over (409 `not_reportable`).
    """
    person = user_of(request)

    def act(attempt: Attempt) -> IncidentOut:
        session = session_of(person, session_id)
        if "incident" not in attempt.recovery:
            incidents.report(
                session_id=session.pk,
                side=_side(session, person),
                kind=IncidentKind(body.kind),
                reason=body.reason,
                by=person.public_id,
                now=clock.now(),
                within=lambda made: idempotency.reach(attempt, incident=made.public_id),
            )
        made = parse_id("inc", attempt.recovery["incident"], "report")
        return IncidentOut.of(Incident.objects.get(session=session, pk=made))

    return once(request, key, body, act)


@router.post(
    "/{session_id}/incidents/{incident_id}/withdraw",
    operation_id="sessions_incidents_withdraw",
    auth=allowed("sessions_incidents_withdraw"),
    response={200: IncidentOut, **problems(400, 404, 409, 422)},
    summary="Withdraw a report of one's own",
)
def sessions_incidents_withdraw(
    request: HttpRequest, session_id: SessionId, incident_id: IncidentId
) -> IncidentOut:
    """While it is open: the session goes on as without it, and nothing of it is made anew.

    409 `already_reported` where the staff have decided, or it was withdrawn before.
    """
    person = user_of(request)
    session = session_of(person, session_id)
    mine = Incident.objects.filter(session=session, pk=parse_id("inc", incident_id, "report"))
    if not mine.exists():
        raise no_such("report")
    return IncidentOut.of(
        incidents.withdraw(
            incident_id=mine.get().pk,
            side=_side(session, person),
            by=person.public_id,
            now=clock.now(),
        )
    )


def _side(session: Session, person: User) -> Side:
    if session.client.user_id == person.pk:
        return Side.CLIENT
    if session.mentor.user_id == person.pk:
        return Side.MENTOR
    raise no_such("session")  # staff may see it, and decide in the back office
