"""Which e-mails a person gets, over HTTP: read the switches, replace them."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router

from accounts import operations
from api.etags import require_match
from api.permissions import allowed
from api.principal import user_of
from api.rendering import tagged
from api.schemas.base import problems
from api.schemas.notifications import NotificationsOut, NotificationsRequest
from kernel import clock
from notifications import switches

router = Router(tags=["users"])


@router.get(
    "",
    operation_id="users_notifications_get",
    auth=allowed("users_notifications_get"),
    response={200: NotificationsOut, 304: None, **problems()},
    summary="Read which e-mails the own account gets",
)
def users_notifications_get(request: HttpRequest) -> HttpResponse:
    """All switches, with the ETag that a change needs. Until they are changed, all are on."""
    return tagged(request, NotificationsOut.of(switches.switches_of(person=user_of(request))))


@router.put(
    "",
    operation_id="users_notifications_replace",
    auth=allowed("users_notifications_replace"),
    response={200: NotificationsOut, **problems(412, 413, 415, 422, 428)},
    summary="Choose which e-mails the own account gets",
)
def users_notifications_replace(
    request: HttpRequest, payload: NotificationsRequest
) -> HttpResponse:
    """`If-Match` with the ETag that was read is required. What is off is not sent from now on.

    It holds for what waits to be sent, too. Switched on again, reminders and messages are told of
    as long as they are of use.
    """
    with transaction.atomic():
        person = operations.locked(user=user_of(request))
        require_match(request, NotificationsOut.of(switches.switches_of(person=person)))
        switches.replace(person=person, wanted=payload.value(), now=clock.now())
        saved = NotificationsOut.of(switches.switches_of(person=person))
    return tagged(request, saved)
