"""A mentor's calendars from elsewhere over HTTP: add, look how they stand, look again, remove."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Status

from accounts.models import Mentor
from api.lookups import PublicId, no_such, parse_id
from api.permissions import allowed
from api.principal import mentor_of
from api.rendering import tagged
from api.schemas.base import problems
from api.schemas.calendars import CalendarList, CalendarOut, CalendarRequest
from kernel import clock
from scheduling import external_calendars

router = Router(tags=["mentors"])

CalendarId = Annotated[PublicId, Path(..., alias="calendar_id")]


@router.get(
    "",
    operation_id="mentors_me_calendars_list",
    auth=allowed("mentors_me_calendars_list"),
    response={200: CalendarList, 304: None, **problems(403)},
    summary="List the own calendars from elsewhere",
)
def mentors_me_calendars_list(request: HttpRequest) -> HttpResponse:
    """Each with its last read, what it blocks, what was left out, and what is wrong."""
    found = external_calendars.calendars_of(mentor=mentor_of(request))
    return tagged(request, CalendarList(items=[CalendarOut.of(one) for one in found]))


@router.post(
    "",
    operation_id="mentors_me_calendars_add",
    auth=allowed("mentors_me_calendars_add"),
    response={201: CalendarOut, **problems(403, 409, 413, 415, 422)},
    summary="Add a calendar by its address or its file",
)
def mentors_me_calendars_add(request: HttpRequest, payload: CalendarRequest) -> Status[CalendarOut]:
    """In place of the one of that name, so it is safe to repeat. A file's busy times count at once.

    An address is asked right after this answer and then every hour: read the calendar again
    until it is no longer `waiting`.
    """
    mentor, now = mentor_of(request), clock.now()
    if payload.url is not None:
        added = external_calendars.add_address(
            mentor=mentor, name=payload.name, url=payload.url, now=now
        )
    else:
        data = (payload.file or "").encode()
        added = external_calendars.bring_in(mentor=mentor, name=payload.name, data=data, now=now)
    return Status(201, _shown(mentor, added.public_id))


@router.get(
    "/{calendar_id}",
    operation_id="mentors_me_calendars_get",
    auth=allowed("mentors_me_calendars_get"),
    response={200: CalendarOut, 304: None, **problems(403, 404, 422)},
    summary="Read how a calendar stands",
)
def mentors_me_calendars_get(request: HttpRequest, calendar_id: CalendarId) -> HttpResponse:
    """One of the own calendars."""
    return tagged(request, _shown(mentor_of(request), calendar_id))


@router.post(
    "/{calendar_id}/refresh",
    operation_id="mentors_me_calendars_refresh",
    auth=allowed("mentors_me_calendars_refresh"),
    response={202: CalendarOut, **problems(403, 404, 409, 422)},
    summary="Ask a calendar's address now",
)
def mentors_me_calendars_refresh(
    request: HttpRequest, calendar_id: CalendarId
) -> Status[CalendarOut]:
    """It is asked after this answer: `checked_at` says when it was."""
    pk = parse_id("cal", calendar_id, "calendar")
    found = external_calendars.look_again(
        mentor=mentor_of(request), calendar_id=pk, now=clock.now()
    )
    return Status(202, CalendarOut.of(found))


@router.delete(
    "/{calendar_id}",
    operation_id="mentors_me_calendars_remove",
    auth=allowed("mentors_me_calendars_remove"),
    response={204: None, **problems(403, 404, 422)},
    summary="Take a calendar out",
)
def mentors_me_calendars_remove(request: HttpRequest, calendar_id: CalendarId) -> Status[None]:
    """Its times are offered again at once. What it said is still where it came from."""
    external_calendars.take_out(
        mentor=mentor_of(request), calendar_id=parse_id("cal", calendar_id, "calendar")
    )
    return Status(204, None)


def _shown(mentor: Mentor, text: str) -> CalendarOut:
    pk = parse_id("cal", text, "calendar")
    found = external_calendars.calendars_of(mentor=mentor).filter(pk=pk).first()
    if found is None:
        raise no_such("calendar")
    return CalendarOut.of(found)
