"""A mentor's group meetings over HTTP: make their type, offer, list and withdraw them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from accounts.models import Mentor
from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, no_such, own_session_type, parse_id
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import mentor_of, principal_of
from api.schemas.base import problems
from api.schemas.meetings import (
    GroupTypeOut,
    GroupTypeRequest,
    MeetingOut,
    MeetingPage,
    MeetingQuery,
    MeetingRequest,
    MeetingWithdrawal,
)
from billing import mass_cancellations
from kernel import clock, idempotency
from kernel.idempotency import Attempt
from scheduling import groups
from scheduling.models import SessionType

router = Router(tags=["mentors"])

MeetingId = Annotated[PublicId, Path(..., alias="meeting_id")]


@router.post(
    "/group-types",
    operation_id="mentors_me_group_types_create",
    auth=allowed("mentors_me_group_types_create"),
    response={201: GroupTypeOut, **problems(400, 403, 409, 422)},
    summary="Make a session type for a group",
)
def mentors_me_group_types_create(
    request: HttpRequest, body: GroupTypeRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """Under the site's standard cancellation policy. Offer its meetings one by one."""
    mentor = mentor_of(request)

    def act(attempt: Attempt) -> GroupTypeOut:
        if "kind" not in attempt.recovery:
            groups.open_type(
                mentor=mentor,
                **body.model_dump(),
                within=lambda kind: idempotency.reach(attempt, kind=str(kind.pk)),
            )
        return GroupTypeOut.of(SessionType.objects.get(pk=attempt.recovery["kind"]))

    return once(request, key, body, act)


@router.post(
    "/meetings",
    operation_id="mentors_me_meetings_offer",
    auth=allowed("mentors_me_meetings_offer"),
    response={201: MeetingOut, **problems(400, 403, 404, 409, 422)},
    summary="Offer a group meeting",
)
def mentors_me_meetings_offer(
    request: HttpRequest, body: MeetingRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """At any instant, inside the own hours or not. Clients find it among the type's slots."""
    mentor = mentor_of(request)

    def act(attempt: Attempt) -> MeetingOut:
        if "meeting" not in attempt.recovery:
            groups.offer(
                session_type=own_session_type(mentor, body.session_type),
                starts_at=body.starts_at,
                now=clock.now(),
                within=lambda made: idempotency.reach(attempt, meeting=made.public_id),
            )
        return _shown(mentor, attempt.recovery["meeting"])

    return once(request, key, body, act)


@router.get(
    "/meetings",
    operation_id="mentors_me_meetings_list",
    auth=allowed("mentors_me_meetings_list"),
    response={200: MeetingPage, **problems(400, 403, 422)},
    summary="List the own group meetings",
)
def mentors_me_meetings_list(request: HttpRequest, query: Query[MeetingQuery]) -> MeetingPage:
    """The latest start first, with the seats that are left."""
    page = paginate(
        groups.offered_by(mentor_of(request), now=clock.now()),
        key="starts_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("meetings", principal_of(request), {}),
    )
    items = [MeetingOut.of(meeting) for meeting in page.items]
    return MeetingPage(items=items, next=page.next, prev=page.prev)


@router.post(
    "/meetings/{meeting_id}/withdraw",
    operation_id="mentors_me_meetings_withdraw",
    auth=allowed("mentors_me_meetings_withdraw"),
    response={200: MeetingOut, **problems(400, 403, 404, 409, 422)},
    summary="Withdraw a group meeting",
)
def mentors_me_meetings_withdraw(
    request: HttpRequest,
    meeting_id: MeetingId,
    body: MeetingWithdrawal,
    key: IdempotencyKey = None,
) -> HttpResponse:
    """Every client gets everything back, as whenever the mentor cancels. Safe to repeat."""
    mentor = mentor_of(request)

    def act(_: Attempt) -> MeetingOut:
        meeting = groups.withdraw(
            meeting_id=parse_id("mtg", meeting_id, "meeting"),
            mentor=mentor,
            reason=body.reason,
            now=clock.now(),
        )
        mass_cancellations.end_withdrawn(now=clock.now(), meeting_id=meeting.pk)
        return _shown(mentor, meeting.public_id)

    return once(request, key, body, act, status=200)


def _shown(mentor: Mentor, meeting_id: str) -> MeetingOut:
    found = groups.offered_by(mentor, now=clock.now())
    meeting = found.filter(pk=parse_id("mtg", meeting_id, "meeting")).first()
    if meeting is None:
        raise no_such("meeting")
    return MeetingOut.of(meeting)
