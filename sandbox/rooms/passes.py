"""Passes into rooms, looked at as Jitsi looks at them before it lets somebody in.

https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md: HS256 under the installation's
secret; `iss` its app id, `aud` jitsi, `sub` its domain or `*`, `room` the room's name or `*`; `exp`
is needed, `nbf` is heeded. Who is inside stays inside: nothing is looked at again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from sandbox.core.messages import Json

_ALGORITHM = "HS256"
_AUDIENCE = "jitsi"
_ANY = "*"
_AGAIN = "Go back to the page of your session and press Join again."


class BadPass(Exception):
    """Nobody gets in with this; `title` says what is wrong, the message what to do."""

    def __init__(self, title: str, message: str, *, status: int = 403) -> None:
        super().__init__(message)
        self.title, self.status = title, status


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a pass is for, as it says itself."""

    id: str
    name: str
    is_host: bool


def opened(token: str, *, room: str, domain: str, app_id: str, secret: str, now: int) -> Guest:
    """Return whom the pass lets into this room at `now` (Unix time).

    Raises:
        BadPass: not genuine, for another room or service, too early, or too late.
    """
    if not token:
        raise BadPass("You need a pass", "Open the room by Join on the page of your session.",
                      status=401)  # fmt: skip
    claims = _genuine(token, secret)
    if claims.get("iss") != app_id or _AUDIENCE not in _several(claims.get("aud")):
        raise BadPass("A pass of another service", f"This one does not know it. {_AGAIN}")
    begins, expires = _instant(claims.get("nbf", 0)), _instant(claims.get("exp"))
    if now >= expires:
        raise BadPass("This pass has run out", f"It held until {_words(expires)}. {_AGAIN}")
    if now < begins:
        raise BadPass("The room is not open yet", f"This pass holds from {_words(begins)}.")
    if claims.get("sub") not in {_ANY, domain} or claims.get("room") not in {_ANY, room}:
        raise BadPass("A pass for another room", f"It does not open this one. {_AGAIN}")
    return _guest(claims)


def _genuine(token: str, secret: str) -> Json:
    """Return the claims of a token that this secret has signed."""
    forged = BadPass("This pass is not genuine", f"It is damaged, or not signed by us. {_AGAIN}")
    head, _, rest = token.partition(".")
    claims, _, signature = rest.partition(".")
    made = hmac.new(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    try:
        if _object(head).get("alg") != _ALGORITHM or not hmac.compare_digest(
            made, _bytes(signature)
        ):
            raise forged
        return _object(claims)
    except ValueError:
        raise forged from None


def _object(part: str) -> Json:
    found = orjson.loads(_bytes(part))
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - whoever calls looks for one kind
    return found


def _bytes(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _instant(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**36:
        raise BadPass("A pass without its hours", f"It does not say how long it holds. {_AGAIN}")
    return value


def _words(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _guest(claims: Json) -> Guest:
    """Return the person of `context.user`; nobody has to be named there."""
    context = claims.get("context")
    user = context.get("user") if isinstance(context, dict) else None
    told: Json = user if isinstance(user, dict) else {}
    name = str(told.get("name") or "").strip() or "Somebody"
    return Guest(str(told.get("id") or ""), name, is_host=told.get("moderator") is True)
