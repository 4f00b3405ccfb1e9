"""LiveKit: access tokens with a video grant, and its signed webhooks.

Tokens: https://docs.livekit.io/home/get-started/authentication/. Webhooks
(https://docs.livekit.io/home/server/webhooks/): the `Authorization` header is a JWT under the same
key, whose claim `sha256` is the digest of the body.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import urlencode

import jwt

from scheduling.rooms.base import (
    TOLERANCE,
    BadRoomSignature,
    Guest,
    Move,
    Pass,
    Report,
    lower,
    read_json,
    unix,
)

# An aborted connection was a presence that nobody ended in words.
_MOVES = {
    "participant_joined": Move.JOINED,
    "participant_left": Move.LEFT,
    "participant_connection_aborted": Move.LEFT,
}


class LiveKitRooms:
    """One LiveKit project, and the page that opens its rooms in a browser."""

    name: ClassVar[str] = "livekit"

    def __init__(self, *, url: str, meet_url: str, api_key: str, api_secret: str) -> None:
        self._url, self._meet_url = url, meet_url
        self._key, self._secret = api_key, api_secret

    def pass_for(self, *, room: str, guest: Guest, opens_at: datetime, until: datetime) -> Pass:
        """Return a pass; the host may also mute and remove."""
        grant: dict[str, object] = {"roomJoin": True, "room": room}
        if guest.is_host:
            grant["roomAdmin"] = True
        claims = {
            "iss": self._key,
            "sub": guest.id,
            "name": guest.name,
            "nbf": unix(opens_at),
            "exp": unix(until),
            "video": grant,
        }
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        query = urlencode({"liveKitUrl": self._url, "token": token})
        return Pass(url=f"{self._meet_url}?{query}", token=token)

    def read(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Report | None:
        """Check the token of the `Authorization` header and return who came or went."""
        self._verify(body, lower(headers).get("authorization", ""), now)
        told = read_json(body)
        move = _MOVES.get(str(told.get("event")))
        if move is None:
            return None
        try:
            return Report(
                event_id=str(told["id"]),
                move=move,
                room=str(told["room"]["name"]),
                guest=str(told["participant"].get("identity") or ""),
                at=datetime.fromtimestamp(int(told["createdAt"]), UTC),
            )
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError) as error:
            raise BadRoomSignature(f"The report lacks what it must have: {error!r}.") from error

    def _verify(self, body: bytes, header: str, now: datetime) -> None:
        try:
            claims = jwt.decode(
                header.removeprefix("Bearer ").strip(),
                self._secret,
                algorithms=["HS256"],
                issuer=self._key,
                # The times are compared with the clock that we were handed.
                options={
                    "require": ["iss", "exp", "sha256"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            late = unix(now) - int(claims["exp"])
            early = int(claims.get("nbf", 0)) - unix(now)
        except (jwt.InvalidTokenError, TypeError, ValueError) as error:
            raise BadRoomSignature("The report's token is none of ours.") from error
        if max(late, early) > TOLERANCE.total_seconds():
            raise BadRoomSignature("The report's token is too old.")
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if not hmac.compare_digest(digest, str(claims["sha256"])):
            raise BadRoomSignature("The report's token was made for another body.")
