"""The directory over HTTP: search, one profile, free slots, and why one is not free."""

from datetime import timedelta
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from accounts import throttle
from accounts.models import User
from accounts.sources import source_of
from api.lookups import PublicId, session_type_of, zone_of
from api.pagination import DEFAULT_LIMIT, Cursor, Limit, decode, encode, paginate, scope_of
from api.permissions import allowed
from api.rendering import CONTENT_TYPE, render, tagged
from api.schemas.base import Instant, PlainText, Slug, problems
from api.schemas.matching import MatchItem, MatchList, MatchRequest
from api.schemas.mentors import (
    MentorDetail,
    MentorItem,
    MentorPage,
    MentorQuery,
    ReviewOut,
    ReviewPage,
    SlotExplanation,
    SlotList,
    SuggestionList,
    SuggestionOut,
)
from api.slot_lists import From, TimeZone, To, slot_list
from cms import completing, directory
from cms.matching import finding
from kernel import clock, limits
from scheduling import queries

router = Router(tags=["mentors"])

MATCHES = limits.Limit("matches", 60, timedelta(minutes=1))  # one costs as much as many reads

Typed = Annotated[PlainText, Query(..., max_length=80, description="The words so far.")]
MostSuggested = Annotated[int, Query(ge=1, le=20, description="How many at most.")]
SessionTypeId = Annotated[PublicId, Query(..., alias="session_type")]


@router.get(
    "",
    operation_id="mentors_list",
    auth=allowed("mentors_list"),
    response={200: MentorPage, **problems(400, 422)},
    summary="Search the directory",
)
def mentors_list(request: HttpRequest, query: Query[MentorQuery]) -> HttpResponse:
    """Live mentors that fit every filter, with facets. Where nothing fits, filters are relaxed."""
    scope = scope_of("mentors", "", query.model_dump(exclude={"cursor", "limit"}))
    direction, place = decode(query.cursor, scope) if query.cursor is not None else (None, None)
    found = directory.search(
        filters=query.filters(),
        now=clock.now(),
        limit=query.limit,
        after=place if direction == "next" else None,
        before=place if direction == "prev" else None,
    )
    if scope not in found.made:  # the same results may be given for many requests
        found.made[scope] = _rendered(found, scope)
    return HttpResponse(found.made[scope], content_type=CONTENT_TYPE)


def _rendered(found: directory.Results, scope: str) -> bytes:
    return render(
        {
            "items": [MentorItem.values(entry) for entry in found.items],
            "next": encode(found.next, "next", scope) if found.next else None,
            "prev": encode(found.prev, "prev", scope) if found.prev else None,
            "total": found.total,
            "total_is_exact": found.exact,
            "facets": {name: dict(counts) for name, counts in found.facets.items()},
            "relaxed": list(found.relaxed),
            "corrected": found.corrected or None,
        }
    )


@router.post(
    "/match",
    operation_id="mentors_match",
    auth=allowed("mentors_match"),
    response={200: MatchList, **problems(422)},
    summary="Match mentors to a goal",
)
def mentors_match(request: HttpRequest, body: MatchRequest) -> MatchList:
    """The mentors who fit a goal in the client's own words, each with the reasons.

    It writes nothing and needs no Idempotency-Key. It is a POST because a goal is private and long:
    it belongs in no address and no log.
    """
    person, now = request.user, clock.now()
    own = person.time_zone if isinstance(person, User) else "UTC"
    zone = zone_of(body.time_zone or own, given_as="time_zone").key
    subject = person.public_id if isinstance(person, User) else source_of(request)
    throttle.spend(MATCHES, subject=subject, now=now)
    found = finding.match(
        goal=body.goal,
        filters=body.filters(),
        time_zone=zone,
        now=now,
        limit=body.limit,
    )
    return MatchList(
        items=[MatchItem.of_match(one) for one in found.items],
        method=found.method,
        note=found.note,
        relaxed=list(found.relaxed),
    )


@router.get(
    "/suggestions",
    operation_id="mentors_suggestions",
    auth=allowed("mentors_suggestions"),
    response={200: SuggestionList, **problems(422)},
    summary="Complete the words of a search",
)
def mentors_suggestions(request: HttpRequest, q: Typed, limit: MostSuggested = 8) -> SuggestionList:
    """Subjects and words of listings that begin as typed; else what is one slip away."""
    found = completing.suggest(q, limit=limit)
    return SuggestionList(items=[SuggestionOut.of(one) for one in found])


@router.get(
    "/{slug}",
    operation_id="mentors_get",
    auth=allowed("mentors_get"),
    response={200: MentorDetail, 304: None, **problems(404, 422)},
    summary="Read a mentor's profile",
)
def mentors_get(request: HttpRequest, slug: Slug) -> HttpResponse:
    """The profile with its session types. Send `If-None-Match` to read only what changed."""
    profile = directory.mentor(slug, now=clock.now())
    return tagged(request, MentorDetail.of_profile(profile))


@router.get(
    "/{slug}/reviews",
    operation_id="mentors_reviews",
    auth=allowed("mentors_reviews"),
    response={200: ReviewPage, **problems(400, 404, 422)},
    summary="List a mentor's reviews",
)
def mentors_reviews(
    request: HttpRequest, slug: Slug, cursor: Cursor | None = None, limit: Limit = DEFAULT_LIMIT
) -> ReviewPage:
    """What clients said after their sessions, the newest first."""
    page = paginate(
        directory.reviews(slug),
        key="created_at",
        descending=True,
        cursor=cursor,
        limit=limit,
        scope=scope_of("reviews", "", {"slug": slug}),
    )
    items = [ReviewOut.of(review) for review in page.items]
    return ReviewPage(items=items, next=page.next, prev=page.prev)


@router.get(
    "/{slug}/slots",
    operation_id="mentors_slots",
    auth=allowed("mentors_slots"),
    response={200: SlotList, **problems(404, 422)},
    summary="List free slots",
)
def mentors_slots(  # noqa: PLR0917 - django-ninja passes them by name
    request: HttpRequest,
    slug: Slug,
    session_type: SessionTypeId,
    start: From = None,
    end: To = None,
    tz: TimeZone = None,
) -> SlotList:
    """Starts that may be booked in [from, to), each with the token that books it."""
    kind = session_type_of(slug, session_type)
    return slot_list(session_type=kind, start=start, end=end, tz=tz, now=clock.now())


@router.get(
    "/{slug}/slots/explain",
    operation_id="mentors_slots_explain",
    auth=allowed("mentors_slots_explain"),
    response={200: SlotExplanation, **problems(404, 422)},
    summary="Explain why an instant is not offered",
)
def mentors_slots_explain(
    request: HttpRequest,
    slug: Slug,
    session_type: SessionTypeId,
    at: Annotated[Instant, Field(description="The start in question.")],
) -> SlotExplanation:
    """The same rules that list the slots, asked about one start."""
    kind = session_type_of(slug, session_type)
    found = queries.explain(session_type=kind, at=at, now=clock.now())
    return SlotExplanation(at=at, offered=found.offered, reason=found.reason, detail=found.detail)
