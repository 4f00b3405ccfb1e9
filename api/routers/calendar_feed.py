"""The address of the own calendar over HTTP: whether there is one, a new one, none any more."""

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Status

from api.permissions import allowed
from api.principal import user_of
from api.schemas.base import problems
from api.schemas.calendar_feed import CalendarFeedMade, CalendarFeedOut
from kernel import clock
from scheduling import calendar_feeds

router = Router(tags=["users"])


@router.get(
    "",
    operation_id="users_calendar_feed_get",
    auth=allowed("users_calendar_feed_get"),
    response={200: CalendarFeedOut, **problems()},
    summary="Ask whether the own calendar has an address",
)
def users_calendar_feed_get(request: HttpRequest) -> CalendarFeedOut:
    """The address itself is shown by the call that makes it alone."""
    feed = calendar_feeds.feed_of(user=user_of(request))
    return CalendarFeedOut(active=feed is not None, created_at=feed.created_at if feed else None)


@router.post(
    "",
    operation_id="users_calendar_feed_renew",
    auth=allowed("users_calendar_feed_renew"),
    response={201: CalendarFeedMade, **problems()},
    summary="Make a new address for the own calendar",
)
def users_calendar_feed_renew(request: HttpRequest) -> Status[CalendarFeedMade]:
    """The address before, if there was one, is good for nothing from now on."""
    now = clock.now()
    secret = calendar_feeds.renew(user=user_of(request), now=now)
    url = f"{settings.PUBLIC_URL}/calendar/{secret}.ics"
    webcal = "webcal:" + url.partition(":")[2]
    return Status(201, CalendarFeedMade(active=True, created_at=now, url=url, webcal_url=webcal))


@router.delete(
    "",
    operation_id="users_calendar_feed_close",
    auth=allowed("users_calendar_feed_close"),
    response={204: None, **problems(404)},
    summary="Close the address of the own calendar",
)
def users_calendar_feed_close(request: HttpRequest) -> Status[None]:
    """Who has it reads nothing any more."""
    calendar_feeds.close(user=user_of(request))
    return Status(204, None)
