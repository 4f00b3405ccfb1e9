"""A mentor's own page over HTTP: read it beside what waits, change it, take back, preview."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from api.etags import require_match
from api.permissions import allowed
from api.principal import mentor_of, user_of
from api.rendering import tagged
from api.schemas.base import problems
from api.schemas.own_page import OwnPageChange, OwnPageOut, PreviewLink
from cms import own_page, previews
from kernel import clock

router = Router(tags=["mentors"])


@router.get(
    "/page",
    operation_id="mentors_me_page_get",
    auth=allowed("mentors_me_page_get"),
    response={200: OwnPageOut, 304: None, **problems(403)},
    summary="Read the own page, live and pending",
)
def mentors_me_page_get(request: HttpRequest) -> HttpResponse:
    """What visitors see, what waits for a reviewer, and the ETag that a change needs."""
    return tagged(request, OwnPageOut.of(own_page.read(mentor_of(request))))


@router.patch(
    "/page",
    operation_id="mentors_me_page_change",
    auth=allowed("mentors_me_page_change"),
    response={200: OwnPageOut, **problems(403, 409, 412, 413, 415, 422, 428)},
    summary="Change the own page",
)
def mentors_me_page_change(request: HttpRequest, payload: OwnPageChange) -> HttpResponse:
    """Takes If-Match. Words and photo wait for a reviewer, and replace what waits already.

    Location and languages are public at once.
    """
    changed = own_page.change(
        mentor=mentor_of(request),
        by=user_of(request),
        wish=payload.wish(),
        photo=payload.picture(),
        require=lambda present: require_match(request, OwnPageOut.of(present)),
    )
    return tagged(request, OwnPageOut.of(changed))


@router.post(
    "/page/withdraw",
    operation_id="mentors_me_page_withdraw",
    auth=allowed("mentors_me_page_withdraw"),
    response={200: OwnPageOut, **problems(403)},
    summary="Take back what waits of the own page",
)
def mentors_me_page_withdraw(request: HttpRequest) -> HttpResponse:
    """Visitors go on seeing what they see. Safe to repeat."""
    left = own_page.withdraw(mentor=mentor_of(request), by=user_of(request))
    return tagged(request, OwnPageOut.of(left))


@router.post(
    "/page/preview",
    operation_id="mentors_me_page_preview",
    auth=allowed("mentors_me_page_preview"),
    response={200: PreviewLink, **problems(403, 409)},
    summary="Make a link to what waits of the own page",
)
def mentors_me_page_preview(request: HttpRequest) -> PreviewLink:
    """Works without a sign-in for an hour, or until it is published, taken back or replaced."""
    return PreviewLink.of(previews.link(mentor=mentor_of(request), now=clock.now()))
