"""A mentor's own session types over HTTP: make, read, change, retire and restore them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from api.etags import require_match
from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, no_such, parse_id
from api.permissions import allowed
from api.principal import mentor_of, user_of
from api.rendering import tagged
from api.schemas.base import problems
from api.schemas.offers import OwnOffer, OwnOfferChange, OwnOfferList, OwnOfferRequest
from billing import packages
from kernel import clock, idempotency
from kernel.idempotency import Attempt
from scheduling import offers
from scheduling.models import SessionType

router = Router(tags=["mentors"])

OfferId = Annotated[PublicId, Path(..., alias="session_type")]


@router.get(
    "/offers",
    operation_id="mentors_me_offers_list",
    auth=allowed("mentors_me_offers_list"),
    response={200: OwnOfferList, **problems(403)},
    summary="List the own session types",
)
def mentors_me_offers_list(request: HttpRequest) -> OwnOfferList:
    """Retired ones as well."""
    return OwnOfferList(items=[OwnOffer.of(kind) for kind in offers.of(mentor_of(request))])


@router.post(
    "/offers",
    operation_id="mentors_me_offers_create",
    auth=allowed("mentors_me_offers_create"),
    response={201: OwnOffer, **problems(400, 403, 409, 422)},
    summary="Offer a session type",
)
def mentors_me_offers_create(
    request: HttpRequest, body: OwnOfferRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """One-to-one, under the site's standard cancellation policy; visitors see it at once."""
    mentor = mentor_of(request)

    def act(attempt: Attempt) -> OwnOffer:
        if "kind" not in attempt.recovery:
            offers.make(
                mentor=mentor,
                **body.model_dump(),
                by=user_of(request).public_id,
                within=lambda kind: idempotency.reach(attempt, kind=str(kind.pk)),
            )
        return OwnOffer.of(offers.of(mentor).get(pk=attempt.recovery["kind"]))

    return once(request, key, body, act)


@router.get(
    "/offers/{session_type}",
    operation_id="mentors_me_offers_get",
    auth=allowed("mentors_me_offers_get"),
    response={200: OwnOffer, 304: None, **problems(403, 404, 422)},
    summary="Read an own session type",
)
def mentors_me_offers_get(request: HttpRequest, session_type: OfferId) -> HttpResponse:
    """With the ETag that a change needs."""
    pk = parse_id("sty", session_type, "session type")
    kind = offers.of(mentor_of(request)).filter(pk=pk).first()
    if kind is None:
        raise no_such("session type")
    return tagged(request, OwnOffer.of(kind))


@router.patch(
    "/offers/{session_type}",
    operation_id="mentors_me_offers_change",
    auth=allowed("mentors_me_offers_change"),
    response={200: OwnOffer, **problems(403, 404, 409, 412, 413, 415, 422, 428)},
    summary="Change, retire or restore an own session type",
)
def mentors_me_offers_change(
    request: HttpRequest, session_type: OfferId, payload: OwnOfferChange
) -> HttpResponse:
    """Takes If-Match. The next visitor sees it; what was sold keeps its price and its length."""
    now, wish = clock.now(), payload.wish()

    def require(kind: SessionType) -> None:
        require_match(request, OwnOffer.of(kind))
        if wish.get("duration_minutes", kind.duration_minutes) != kind.duration_minutes:
            packages.require_none_unused(session_type=kind, now=now)

    kind = offers.change(
        mentor=mentor_of(request),
        offer_id=parse_id("sty", session_type, "session type"),
        wish=wish,
        by=user_of(request).public_id,
        now=now,
        require=require,
    )
    return tagged(request, OwnOffer.of(kind))
