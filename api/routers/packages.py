"""Packages over HTTP: what is offered, bought, used for a session, and given back."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router
from ninja.responses import Status

from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, no_such, own_session_type, parse_id
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import client_of, mentor_of, principal_of, user_of
from api.routers.payments import intent_fields, secret_again
from api.schemas.base import problems
from api.schemas.packages import (
    OfferList,
    OfferOut,
    OfferQuery,
    OfferRequest,
    PackageIntentOut,
    PackageOut,
    PackagePage,
    PackageQuery,
    PackageRequest,
    UseOut,
    UseRequest,
)
from api.schemas.sessions import RefundOut
from billing import packages
from kernel import clock, idempotency
from kernel.idempotency import Attempt
from messaging import safety

router = Router(tags=["packages"])

OfferId = Annotated[PublicId, Path(..., alias="offer_id")]
PackageId = Annotated[PublicId, Path(..., alias="package_id")]


@router.get(
    "/offers",
    operation_id="packages_offers",
    auth=allowed("packages_offers"),
    response={200: OfferList, **problems(404, 422)},
    summary="List a mentor's packages",
)
def packages_offers(request: HttpRequest, query: Query[OfferQuery]) -> OfferList:
    """What is offered now, by kind of session and number."""
    offers = packages.offered_by(query.mentor)
    return OfferList(items=[OfferOut.of(offer) for offer in offers])


@router.post(
    "/offers",
    operation_id="packages_offer",
    auth=allowed("packages_offer"),
    response={201: OfferOut, **problems(400, 403, 404, 409, 422)},
    summary="Offer a package",
)
def packages_offer(
    request: HttpRequest, body: OfferRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """For the mentor of the session type."""
    mentor = mentor_of(request)

    def act(attempt: Attempt) -> OfferOut:
        if "offer" not in attempt.recovery:
            packages.offer(
                session_type=own_session_type(mentor, body.session_type),
                sessions=body.sessions,
                price_minor=body.price_minor,
                valid_days=body.valid_days,
                now=clock.now(),
                within=lambda made: idempotency.reach(attempt, offer=made.public_id),
            )
        made = parse_id("pko", attempt.recovery["offer"], "package")
        return OfferOut.of(packages.made_by(mentor).get(pk=made))

    return once(request, key, body, act)


@router.post(
    "/offers/{offer_id}/withdraw",
    operation_id="packages_withdraw",
    auth=allowed("packages_withdraw"),
    response={200: OfferOut, **problems(403, 404, 422)},
    summary="Offer a package no more",
)
def packages_withdraw(request: HttpRequest, offer_id: OfferId) -> OfferOut:
    """Those that were bought stay as they are. Safe to repeat."""
    return OfferOut.of(
        packages.withdraw(
            offer_id=parse_id("pko", offer_id, "package"),
            mentor=mentor_of(request),
            now=clock.now(),
        )
    )


@router.post(
    "",
    operation_id="packages_buy",
    auth=allowed("packages_buy"),
    response={201: PackageIntentOut, **problems(400, 403, 404, 409, 422)},
    summary="Begin to pay for a package",
)
def packages_buy(
    request: HttpRequest, body: PackageRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """What the gateway's own fields need, and the same again while it can be paid (a day)."""
    client = client_of(request)
    offer_id = parse_id("pko", body.offer_id, "package")

    def act(_: Attempt) -> PackageIntentOut:
        mentor_id = packages.seller_of(offer_id=offer_id)
        if mentor_id is not None:
            safety.require_bookable(client=client, mentor_id=mentor_id)
        started = packages.start(
            offer_id=offer_id, client=client, gateway=body.gateway, now=clock.now()
        )
        purchase = started.payment.purchase
        fields: dict[str, Any] = intent_fields(started)
        return PackageIntentOut(package_id=purchase.reference, **fields)

    return once(request, key, body, act, refetch={"client_secret": secret_again})


@router.get(
    "",
    operation_id="packages_list",
    auth=allowed("packages_list"),
    response={200: PackagePage, **problems(400, 403, 422)},
    summary="List the own packages",
)
def packages_list(request: HttpRequest, query: Query[PackageQuery]) -> PackagePage:
    """The newest first, with what is left of each."""
    page = paginate(
        packages.bought_by(client_of(request)),
        key="created_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("packages", principal_of(request), {}),
    )
    now = clock.now()
    items = [PackageOut.of(package, now=now) for package in page.items]
    return PackagePage(items=items, next=page.next, prev=page.prev)


@router.get(
    "/{package_id}",
    operation_id="packages_get",
    auth=allowed("packages_get"),
    response={200: PackageOut, **problems(403, 404, 422)},
    summary="Read a package",
)
def packages_get(request: HttpRequest, package_id: PackageId) -> PackageOut:
    """One of the own packages."""
    pk = parse_id("pkg", package_id, "package")
    package = packages.bought_by(client_of(request)).filter(pk=pk).first()
    if package is None:
        raise no_such("package")
    return PackageOut.of(package, now=clock.now())


@router.post(
    "/{package_id}/use",
    operation_id="packages_use",
    auth=allowed("packages_use"),
    response={201: UseOut, **problems(400, 403, 404, 409, 422)},
    summary="Pay for a held session with a credit",
)
def packages_use(
    request: HttpRequest, package_id: PackageId, body: UseRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """Confirms the session at once. 409 `package_unusable` says why no credit pays for it."""
    client = client_of(request)
    pk = parse_id("pkg", package_id, "package")
    session_id = parse_id("ses", body.session_id, "session")

    def act(_: Attempt) -> UseOut:
        return UseOut.of(
            packages.use(package_id=pk, session_id=session_id, client=client, now=clock.now())
        )

    return once(request, key, body, act)


@router.post(
    "/{package_id}/refund",
    operation_id="packages_give_back",
    auth=allowed("packages_give_back"),
    response={201: RefundOut, **problems(403, 404, 409, 422)},
    summary="Have the unused rest of a package back",
)
def packages_give_back(request: HttpRequest, package_id: PackageId) -> Status[RefundOut]:
    """Closes the package. The sessions that it paid for stay. Until its period is over."""
    given = packages.give_back(
        package_id=parse_id("pkg", package_id, "package"),
        client=client_of(request),
        actor=user_of(request).public_id,
        now=clock.now(),
    )
    return Status(201, RefundOut.of(given))
