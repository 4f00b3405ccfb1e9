"""A mentor's own hours over HTTP: read them, replace them whole, ask why a start is missing."""

from typing import Annotated

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from api.etags import require_match
from api.lookups import PublicId, own_session_type
from api.permissions import allowed
from api.principal import mentor_of
from api.rendering import tagged
from api.schemas.availability import (
    AvailabilityIn,
    AvailabilityOut,
    AvailabilitySaved,
    OwnSlotExplanation,
)
from api.schemas.base import Instant, problems
from kernel import clock
from scheduling import queries, timetables
from scheduling.advice import advice

router = Router(tags=["mentors"])


@router.get(
    "/availability",
    operation_id="mentors_me_availability_get",
    auth=allowed("mentors_me_availability_get"),
    response={200: AvailabilityOut, 304: None, **problems(403)},
    summary="Read the own availability",
)
def mentors_me_availability_get(request: HttpRequest) -> HttpResponse:
    """Hours, time off, journeys and booking rules, with the ETag that a change needs."""
    timetable = timetables.timetable_of(mentor=mentor_of(request))
    return tagged(request, AvailabilityOut.of(timetable))


@router.put(
    "/availability",
    operation_id="mentors_me_availability_replace",
    auth=allowed("mentors_me_availability_replace"),
    response={200: AvailabilitySaved, **problems(403, 412, 413, 415, 422, 428)},
    summary="Replace the own availability",
)
def mentors_me_availability_replace(request: HttpRequest, payload: AvailabilityIn) -> HttpResponse:
    """Everything at once, or nothing. `If-Match` with the ETag that was read is required.

    No session moves or ends. A new gap goes behind every meeting to come where it fits;
    `kept_gaps` names the meetings that keep the gap they have.
    """
    mentor = mentor_of(request)
    with transaction.atomic():
        schedule = timetables.locked(mentor=mentor)
        require_match(request, AvailabilityOut.of(timetables.read(schedule=schedule)))
        kept = timetables.replace(schedule=schedule, timetable=payload.value(), now=clock.now())
        saved = timetables.timetable_of(mentor=mentor)
    return tagged(
        request, AvailabilitySaved.leaving(saved, kept), version=AvailabilityOut.of(saved)
    )


@router.get(
    "/explain",
    operation_id="mentors_me_explain",
    auth=allowed("mentors_me_explain"),
    response={200: OwnSlotExplanation, **problems(403, 404, 422)},
    summary="Explain why an own start is not offered",
)
def mentors_me_explain(
    request: HttpRequest,
    session_type: Annotated[PublicId, Query(..., description="One of your own: sty_…")],
    at: Annotated[Instant, Field(description="The start in question.")],
) -> OwnSlotExplanation:
    """The same rules that list the slots, asked about one start, and what would help."""
    kind = own_session_type(mentor_of(request), session_type)
    found = queries.explain(session_type=kind, at=at, now=clock.now())
    return OwnSlotExplanation(
        at=at,
        offered=found.offered,
        reason=found.reason,
        detail=found.detail,
        advice=advice(found.reason),
    )
