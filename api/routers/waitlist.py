"""Waiting for a seat over HTTP: join the line, see the own place, leave it or decline."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from accounts.models import User
from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, no_such, parse_id
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import client_of, principal_of, user_of
from api.schemas.base import Body, problems
from api.schemas.waitlist import WaitOut, WaitPage, WaitQuery, WaitRequest
from billing import waitlists
from kernel import clock, idempotency
from kernel.idempotency import Attempt
from messaging import safety
from scheduling import waitlist
from scheduling.models import SessionType

router = Router(tags=["sessions"])

WaitId = Annotated[PublicId, Path(..., alias="wait_id")]


@router.post(
    "",
    operation_id="waitlist_join",
    auth=allowed("waitlist_join"),
    response={201: WaitOut, **problems(400, 403, 404, 409, 422)},
    summary="Wait for a seat in a full group meeting",
)
def waitlist_join(
    request: HttpRequest, body: WaitRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """Freed seats are offered in the order of joining. Who waits already keeps the place."""
    client, reader = client_of(request), user_of(request)

    def act(attempt: Attempt) -> WaitOut:
        if "wait" not in attempt.recovery:
            kind = _group_type(body.session_type)
            safety.require_bookable(client=client, mentor_id=kind.mentor_id)
            waitlist.join(
                session_type=kind,
                starts_at=body.starts_at,
                client=client,
                now=clock.now(),
                within=lambda entry: idempotency.reach(attempt, wait=entry.public_id),
            )
        return _shown(reader, attempt.recovery["wait"])

    return once(request, key, body, act)


@router.get(
    "",
    operation_id="waitlist_list",
    auth=allowed("waitlist_list"),
    response={200: WaitPage, **problems(400, 403, 422)},
    summary="List the own places in lines",
)
def waitlist_list(request: HttpRequest, query: Query[WaitQuery]) -> WaitPage:
    """The newest first, with what became of each."""
    now = clock.now()
    page = paginate(
        waitlist.visible_to(user_of(request)),
        key="created_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("waitlist", principal_of(request), {}),
    )
    items = [WaitOut.of(entry, now=now) for entry in page.items]
    return WaitPage(items=items, next=page.next, prev=page.prev)


@router.get(
    "/{wait_id}",
    operation_id="waitlist_get",
    auth=allowed("waitlist_get"),
    response={200: WaitOut, **problems(403, 404, 422)},
    summary="Read the own place in a line",
)
def waitlist_get(request: HttpRequest, wait_id: WaitId) -> WaitOut:
    """Its position while it waits, or the session that was offered."""
    return _shown(user_of(request), wait_id)


class Leaving(Body):
    """Nothing more needs saying."""


@router.post(
    "/{wait_id}/leave",
    operation_id="waitlist_leave",
    auth=allowed("waitlist_leave"),
    response={200: WaitOut, **problems(400, 403, 404, 409, 422)},
    summary="Leave a line, or decline the offered seat",
)
def waitlist_leave(
    request: HttpRequest, wait_id: WaitId, body: Leaving, key: IdempotencyKey = None
) -> HttpResponse:
    """A declined seat goes to the next who waits. Safe to repeat."""
    client, reader = client_of(request), user_of(request)

    def act(_: Attempt) -> WaitOut:
        pk = parse_id("wtl", wait_id, "place in a line")
        if not waitlist.visible_to(reader).filter(pk=pk).exists():
            raise no_such("place in a line")
        waitlists.leave(entry_id=pk, client=client, now=clock.now())
        return _shown(reader, wait_id)

    return once(request, key, body, act, status=200)


def _group_type(text: str) -> SessionType:
    found = SessionType.objects.select_related("mentor__user", "policy")
    kind = found.filter(pk=parse_id("sty", text, "session type"), capacity__gt=1).first()
    if kind is None:
        raise no_such("session type")
    return kind


def _shown(reader: User, text: str) -> WaitOut:
    pk = parse_id("wtl", text, "place in a line")
    entry = waitlist.visible_to(reader).filter(pk=pk).first()
    if entry is None:
        raise no_such("place in a line")
    return WaitOut.of(entry, now=clock.now())
