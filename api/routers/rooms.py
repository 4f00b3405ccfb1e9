"""Video rooms over HTTP: the way in for a session's two people, and the providers' reports."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router

from api.lookups import PublicId, no_such, session_of
from api.permissions import allowed
from api.principal import user_of
from api.schemas.base import problems
from api.schemas.payments import WebhookOut
from api.schemas.sessions import JoinOut
from kernel import clock
from scheduling import visits

router = Router(tags=["rooms"])
joining = Router(tags=["sessions"])  # an address of a session


@joining.post(
    "/{session_id}/join",
    operation_id="sessions_join",
    auth=allowed("sessions_join"),
    response={200: JoinOut, **problems(404, 409, 422)},
    summary="Enter the video room",
)
def sessions_join(
    request: HttpRequest, session_id: Annotated[PublicId, Path(..., alias="session_id")]
) -> JoinOut:
    """From ten minutes before the start until shortly after the end, for the two people alone.

    409 `room_not_open` names `opens_at`. Safe to repeat: it changes nothing, and whoever has the
    answer has not come yet; only what the room's provider reports counts as presence.
    """
    user = user_of(request)
    session = session_of(user, session_id)
    if user.pk not in {session.client.user_id, session.mentor.user_id}:
        raise no_such("session")  # staff may see it, and have no seat in it
    admission = visits.join(session=session, user=user, now=clock.now())
    return JoinOut(
        url=admission.url,
        token=admission.token,
        provider=admission.provider,  # type: ignore[arg-type]
        opens_at=admission.hours.opens_at,
        closes_at=admission.hours.closes_at,
    )


@router.post(
    "/webhook/jitsi",
    operation_id="rooms_webhook_jitsi",
    auth=allowed("rooms_webhook_jitsi"),
    throttle=[],
    response={200: WebhookOut, **problems(400)},
    summary="Take a report of Jitsi",
)
def rooms_webhook_jitsi(request: HttpRequest) -> WebhookOut:
    """Jitsi calls this when somebody comes or goes, signed over the raw body."""
    return _received("jitsi", request)


@router.post(
    "/webhook/livekit",
    operation_id="rooms_webhook_livekit",
    auth=allowed("rooms_webhook_livekit"),
    throttle=[],
    response={200: WebhookOut, **problems(400)},
    summary="Take a report of LiveKit",
)
def rooms_webhook_livekit(request: HttpRequest) -> WebhookOut:
    """LiveKit calls this when somebody comes or goes, signed by a token over the raw body."""
    return _received("livekit", request)


def _received(name: str, request: HttpRequest) -> WebhookOut:
    visits.receive(name=name, body=request.body, headers=dict(request.headers), now=clock.now())
    return WebhookOut(received=True)
