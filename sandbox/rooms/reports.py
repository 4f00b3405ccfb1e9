"""What the rooms tell of their door, signed. https://developer.8x8.com/jaas/docs/webhooks-payload

`X-Jaas-Signature: t=‹unix›,v1=‹base64 hmac-sha256 of "t.body"›`. The time of a signature is the
wall clock's, because the receiver compares it with its own; the event's is the sandbox's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import orjson

from sandbox.core.messages import Json
from sandbox.core.webhooks import Parcel

JOINED, LEFT = "PARTICIPANT_JOINED", "PARTICIPANT_LEFT"


def body_of(event: Json, *, app_id: str) -> bytes:
    """Return what is told of an event, always the same bytes."""
    seat = event["seat"]
    told = {
        "idempotencyKey": event["id"],
        "customerId": "stand-in",
        "appId": app_id,
        "eventType": event["type"],
        "sessionId": event["meeting"],
        "timestamp": event["created"] * 1000,
        "fqn": f"{app_id}/{seat['room']}",
        "data": {
            "id": seat["guest"],
            "name": seat["name"],
            "moderator": seat["is_host"],
            "participantId": event["participant"],
        },
    }
    if event["type"] == LEFT:
        told["data"]["disconnectReason"] = event["why"]
    return orjson.dumps(told)


def signature(body: bytes, secret: str, *, at: int) -> str:
    """Return the header's value."""
    made = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).digest()
    return f"t={at},v1={base64.b64encode(made).decode()}"


def parcel(event: Json, *, url: str, secret: str, app_id: str) -> Parcel:
    """Make the signed parcel."""
    body = body_of(event, app_id=app_id)
    return Parcel(
        url=url,
        headers={
            "Content-Type": "application/json",
            "X-Jaas-Signature": signature(body, secret, at=int(time.time())),
        },
        body=body,
    )
