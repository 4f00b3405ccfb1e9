"""Jitsi Meet: passes as its token authentication reads them, reports as its webhooks send them.

Tokens: https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md (HS256 under the
installation's app id and secret). Reports: https://developer.8x8.com/jaas/docs/webhooks-payload,
signed as https://developer.8x8.com/jaas/docs/webhooks-signatures says.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

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

_LONGEST_STAMP = 12  # digits of a Unix time; Python refuses to read thousands of them
_MOVES = {"PARTICIPANT_JOINED": Move.JOINED, "PARTICIPANT_LEFT": Move.LEFT}


class JitsiRooms:
    """One Jitsi installation."""

    name: ClassVar[str] = "jitsi"

    def __init__(
        self,
        *,
        url: str,
        domain: str,
        app_id: str,
        app_secret: str,
        webhook_secrets: tuple[str, ...],
    ) -> None:
        self._url, self._domain = url.rstrip("/"), domain
        self._app_id, self._app_secret = app_id, app_secret
        self._webhook_secrets = webhook_secrets

    def pass_for(self, *, room: str, guest: Guest, opens_at: datetime, until: datetime) -> Pass:
        """Return a pass; the host is the room's moderator."""
        claims = {
            "aud": "jitsi",
            "iss": self._app_id,
            "sub": self._domain,
            "room": room,
            "nbf": unix(opens_at),
            "exp": unix(until),
            "context": {
                "user": {
                    "id": guest.id,
                    "name": guest.name,
                    "moderator": guest.is_host,
                    "affiliation": "owner" if guest.is_host else "member",
                }
            },
        }
        token = jwt.encode(claims, self._app_secret, algorithm="HS256")
        return Pass(url=f"{self._url}/{room}?jwt={token}", token=token)

    def read(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Report | None:
        """Check `X-Jaas-Signature` and return who came or went."""
        self._verify(body, lower(headers).get("x-jaas-signature", ""), now)
        told = read_json(body)
        move = _MOVES.get(str(told.get("eventType")))
        if move is None:
            return None
        try:
            return Report(
                event_id=str(told["idempotencyKey"]),
                move=move,
                room=str(told["fqn"]).rpartition("/")[2],
                guest=str(told["data"].get("id") or ""),
                at=datetime.fromtimestamp(int(told["timestamp"]) / 1000, UTC),
            )
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError) as error:
            raise BadRoomSignature(f"The report lacks what it must have: {error!r}.") from error

    def _verify(self, body: bytes, header: str, now: datetime) -> None:
        """Raise BadRoomSignature unless one of our secrets made one of the v1 signatures."""
        parts = [part.strip().partition("=") for part in header.split(",")]
        stamps = [value for name, _, value in parts if name == "t"]
        given = [value for name, _, value in parts if name == "v1"]
        if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()):
            raise BadRoomSignature("X-Jaas-Signature is missing, or names no time.")
        stamp = stamps[0]
        if len(stamp) > _LONGEST_STAMP or abs(unix(now) - int(stamp)) > TOLERANCE.total_seconds():
            raise BadRoomSignature("The report's signature is too old.")
        signed = stamp.encode() + b"." + body
        for secret in self._webhook_secrets:
            made = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
            if any(hmac.compare_digest(made, one.encode()) for one in given):
                return
        raise BadRoomSignature("The report's signature is none of ours.")
