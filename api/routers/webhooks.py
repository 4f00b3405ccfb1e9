"""Webhooks over HTTP: the own endpoints, their secrets, and what was sent to them."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status

from accounts import proofs
from api.etags import require_match
from api.lookups import PublicId, no_such, parse_id
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import principal_of, user_of
from api.rendering import tagged
from api.schemas.base import problems
from api.schemas.webhooks import (
    DeliveryOut,
    DeliveryPage,
    DeliveryQuery,
    DeliveryWithLog,
    EndpointChange,
    EndpointList,
    EndpointOut,
    EndpointRequest,
    EndpointWithSecret,
    ReplayOut,
    ReplayRequest,
)
from api.signing_in import principal_in
from kernel import clock
from webhooks import endpoints, queries, replays
from webhooks.endpoints import Wish
from webhooks.models import Delivery, Endpoint

LOG = 100

router = Router(tags=["webhooks"])

EndpointId = Annotated[PublicId, Path(..., alias="endpoint_id")]
DeliveryId = Annotated[PublicId, Path(..., alias="delivery_id")]


@router.get(
    "/endpoints",
    operation_id="webhooks_endpoints_list",
    auth=allowed("webhooks_endpoints_list"),
    response={200: EndpointList, 304: None, **problems()},
    summary="List the own webhook endpoints",
)
def webhooks_endpoints_list(request: HttpRequest) -> HttpResponse:
    """The newest first. Each is told of what its owner may see."""
    now = clock.now()
    found = queries.endpoints_of(user_of(request)).order_by("-created_at", "-pk")
    return tagged(request, EndpointList(items=[EndpointOut.of(one, now=now) for one in found]))


@router.post(
    "/endpoints",
    operation_id="webhooks_endpoints_create",
    auth=allowed("webhooks_endpoints_create"),
    response={201: EndpointWithSecret, **problems(403, 409, 413, 415, 422)},
    summary="Add a webhook endpoint",
)
def webhooks_endpoints_create(
    request: HttpRequest, payload: EndpointRequest
) -> Status[EndpointWithSecret]:
    """The secret is shown this once. An address has one endpoint: a repeated call is a 409.

    Asks for a proof that is not old (`/api/users/reauthenticate`), and is told by mail.

    It takes no Idempotency-Key, because an answer that is kept would keep the secret; who has
    lost the answer rotates the secret.
    """
    user, now = user_of(request), clock.now()
    wish = Wish(url=payload.url, description=payload.description, kinds=payload.kinds)
    with _proved(request, now):
        endpoint, secret = endpoints.make(owner=user, by=user, wish=wish, now=now)
    return Status(201, EndpointWithSecret.made(endpoint, secret, now=now))


@router.get(
    "/endpoints/{endpoint_id}",
    operation_id="webhooks_endpoints_get",
    auth=allowed("webhooks_endpoints_get"),
    response={200: EndpointOut, 304: None, **problems(404, 422)},
    summary="Read a webhook endpoint",
)
def webhooks_endpoints_get(request: HttpRequest, endpoint_id: EndpointId) -> HttpResponse:
    """With its ETag, which a change has to name."""
    return tagged(request, EndpointOut.of(_own(request, endpoint_id), now=clock.now()))


@router.patch(
    "/endpoints/{endpoint_id}",
    operation_id="webhooks_endpoints_change",
    auth=allowed("webhooks_endpoints_change"),
    response={200: EndpointOut, **problems(403, 404, 409, 412, 413, 415, 422, 428)},
    summary="Change, enable or disable a webhook endpoint",
)
def webhooks_endpoints_change(
    request: HttpRequest, endpoint_id: EndpointId, payload: EndpointChange
) -> HttpResponse:
    """Takes If-Match. What happens while it is disabled is kept as missed, and can be replayed.

    Another `url` asks for a proof that is not old, and is told by mail.
    """
    user, now = user_of(request), clock.now()
    present = _own(request, endpoint_id)
    enabled = None if payload.status is None else payload.status == "enabled"
    wish = Wish(
        url=payload.url, description=payload.description, kinds=payload.kinds, enabled=enabled
    )
    moves = payload.url not in {None, present.url}
    with _proved(request, now) if moves else nullcontext():
        changed = endpoints.change(
            owner=user,
            endpoint_id=present.pk,
            by=user,
            wish=wish,
            now=now,
            require=lambda locked: require_match(request, EndpointOut.of(locked, now=now)),
        )
    return tagged(request, EndpointOut.of(changed, now=now))


@router.delete(
    "/endpoints/{endpoint_id}",
    operation_id="webhooks_endpoints_remove",
    auth=allowed("webhooks_endpoints_remove"),
    response={204: None, **problems(404, 422)},
    summary="Remove a webhook endpoint",
)
def webhooks_endpoints_remove(request: HttpRequest, endpoint_id: EndpointId) -> Status[None]:
    """For good, its secrets with it. What waits for it is not sent any more."""
    user = user_of(request)
    endpoints.remove(owner=user, endpoint_id=_parsed(endpoint_id), by=user, now=clock.now())
    return Status(204, None)


@router.post(
    "/endpoints/{endpoint_id}/rotate",
    operation_id="webhooks_endpoints_rotate",
    auth=allowed("webhooks_endpoints_rotate"),
    response={200: EndpointWithSecret, **problems(403, 404, 422)},
    summary="Exchange a webhook endpoint's secret",
)
def webhooks_endpoints_rotate(request: HttpRequest, endpoint_id: EndpointId) -> EndpointWithSecret:
    """The new secret is shown this once. For a day the one before it signs beside it.

    Asks for a proof that is not old, and is told by mail.
    """
    user, now = user_of(request), clock.now()
    present = _own(request, endpoint_id)
    with _proved(request, now):
        endpoint, secret = endpoints.rotate(owner=user, endpoint_id=present.pk, by=user, now=now)
    return EndpointWithSecret.made(endpoint, secret, now=now)


@router.post(
    "/endpoints/{endpoint_id}/test",
    operation_id="webhooks_endpoints_test",
    auth=allowed("webhooks_endpoints_test"),
    response={202: DeliveryOut, **problems(404, 409, 422)},
    summary="Send a test event",
)
def webhooks_endpoints_test(request: HttpRequest, endpoint_id: EndpointId) -> Status[DeliveryOut]:
    """An `endpoint.test`, whatever the endpoint asks for; thirty an hour."""
    user = user_of(request)
    sent = replays.send_test(owner=user, endpoint_id=_parsed(endpoint_id), by=user, now=clock.now())
    return Status(202, DeliveryOut.of(sent))


@router.post(
    "/endpoints/{endpoint_id}/replay",
    operation_id="webhooks_endpoints_replay",
    auth=allowed("webhooks_endpoints_replay"),
    response={202: ReplayOut, **problems(404, 409, 413, 415, 422)},
    summary="Send again what was not delivered",
)
def webhooks_endpoints_replay(
    request: HttpRequest, endpoint_id: EndpointId, payload: ReplayRequest
) -> Status[ReplayOut]:
    """All that failed or was missed since an instant, each under its id, with its tries anew."""
    user = user_of(request)
    count = replays.replay_all(
        owner=user,
        endpoint_id=_parsed(endpoint_id),
        since=payload.since,
        by=user,
        now=clock.now(),
    )
    return Status(202, ReplayOut(replayed=count))


@router.get(
    "/endpoints/{endpoint_id}/deliveries",
    operation_id="webhooks_deliveries_list",
    auth=allowed("webhooks_deliveries_list"),
    response={200: DeliveryPage, **problems(400, 404, 422)},
    summary="List what was sent to a webhook endpoint",
)
def webhooks_deliveries_list(
    request: HttpRequest, endpoint_id: EndpointId, query: Query[DeliveryQuery]
) -> DeliveryPage:
    """Ninety days of it, the newest first."""
    endpoint = _own(request, endpoint_id)
    rows = queries.deliveries_of(user_of(request)).filter(endpoint=endpoint)
    if query.status is not None:
        rows = rows.filter(state=query.status)
    filters = {"endpoint": endpoint.public_id, "status": query.status}
    page = paginate(
        rows,
        key="created_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("webhook-deliveries", principal_of(request), filters),
    )
    items = [DeliveryOut.of(row) for row in page.items]
    return DeliveryPage(items=items, next=page.next, prev=page.prev)


@router.get(
    "/deliveries/{delivery_id}",
    operation_id="webhooks_deliveries_get",
    auth=allowed("webhooks_deliveries_get"),
    response={200: DeliveryWithLog, **problems(404, 422)},
    summary="Read a delivery and its attempts",
)
def webhooks_deliveries_get(request: HttpRequest, delivery_id: DeliveryId) -> DeliveryWithLog:
    """With the body that is sent, and what each attempt was answered with."""
    pk = parse_id("whd", delivery_id, "delivery")
    found = queries.deliveries_of(user_of(request)).filter(pk=pk).first()
    if found is None:
        raise no_such("delivery")
    return _read(found)


@router.post(
    "/deliveries/{delivery_id}/replay",
    operation_id="webhooks_deliveries_replay",
    auth=allowed("webhooks_deliveries_replay"),
    response={202: DeliveryWithLog, **problems(404, 409, 422)},
    summary="Send a delivery again",
)
def webhooks_deliveries_replay(
    request: HttpRequest, delivery_id: DeliveryId
) -> Status[DeliveryWithLog]:
    """Delivered or not, under the same `webhook-id` and with its tries anew."""
    user = user_of(request)
    pk = parse_id("whd", delivery_id, "delivery")
    replays.replay(owner=user, delivery_id=pk, by=user, now=clock.now())
    return Status(202, _read(queries.deliveries_of(user).get(pk=pk)))


@contextmanager
def _proved(request: HttpRequest, now: datetime) -> Iterator[None]:
    """Run in a transaction of a sign-in that was proved a moment ago, and lives still.

    Whoever has an endpoint reads along for good, and whoever has its secret passes for us.
    Raises ReauthenticationRequired, SessionEnded.
    """
    principal = principal_in(request)
    proofs.require(
        principal=principal, now=now, why="This decides who is told of what happens to you"
    )
    with transaction.atomic():
        proofs.locked(principal=principal, now=now)
        yield


def _parsed(text: str) -> UUID:
    return parse_id("whk", text, "endpoint")


def _own(request: HttpRequest, text: str) -> Endpoint:
    return endpoints.endpoint_of(user_of(request), _parsed(text))


def _read(delivery: Delivery) -> DeliveryWithLog:
    return DeliveryWithLog.read(delivery, list(delivery.log.order_by("-number")[:LOG]))
