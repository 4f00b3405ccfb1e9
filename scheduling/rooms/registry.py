"""Which video providers exist and how they are set up: the only module that imports them."""

from functools import cache

from django.conf import settings

from kernel.errors import NotFound
from scheduling.rooms.base import RoomProvider
from scheduling.rooms.jitsi import JitsiRooms
from scheduling.rooms.livekit import LiveKitRooms


def provider(name: str) -> RoomProvider:
    """Return the provider that rows and addresses call `name`; raise NotFound for another."""
    if name == JitsiRooms.name:
        return _jitsi(
            url=settings.JITSI_URL,
            domain=settings.JITSI_DOMAIN,
            app_id=settings.JITSI_APP_ID,
            app_secret=settings.JITSI_APP_SECRET,
            webhook_secrets=tuple(settings.JITSI_WEBHOOK_SECRETS),
        )
    if name == LiveKitRooms.name:
        return _livekit(
            url=settings.LIVEKIT_URL,
            meet_url=settings.LIVEKIT_MEET_URL,
            api_key=settings.LIVEKIT_API_KEY,
            api_secret=settings.LIVEKIT_API_SECRET,
        )
    raise NotFound(f"There is no video provider called {name!r} here.")


@cache
def _jitsi(
    *, url: str, domain: str, app_id: str, app_secret: str, webhook_secrets: tuple[str, ...]
) -> JitsiRooms:
    return JitsiRooms(
        url=url,
        domain=domain,
        app_id=app_id,
        app_secret=app_secret,
        webhook_secrets=webhook_secrets,
    )


@cache
def _livekit(*, url: str, meet_url: str, api_key: str, api_secret: str) -> LiveKitRooms:
    return LiveKitRooms(url=url, meet_url=meet_url, api_key=api_key, api_secret=api_secret)
