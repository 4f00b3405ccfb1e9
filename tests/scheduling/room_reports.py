"""A video provider that the tests play: it makes reports and signs them by its published rules.

Written from the providers' documents and not from the product: it imports nothing of
`scheduling.rooms`, and no library that the product signs with.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from uuid import uuid4

Signed = tuple[bytes, dict[str, str]]


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed_jwt(claims: dict[str, Any], secret: str) -> str:
    """RFC 7515, HS256, by hand."""
    head = b64url(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{head}.{b64url(json.dumps(claims).encode())}"
    return f"{signed}.{b64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def opened_jwt(token: str, secret: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check a token's signature by hand; return its header and claims."""
    head, claims, signature = token.split(".")
    expected = hmac.digest(secret.encode(), f"{head}.{claims}".encode(), "sha256")
    assert signature == b64url(expected), "the token is not signed with this secret"
    first, second = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, claims))
    return first, second


def jitsi(
    room: str,
    guest: str,
    kind: str,
    *,
    at: datetime,
    secret: str = "counterfoil_demo_rooms_webhooks",
    event_id: str = "",
    signed_at: datetime | None = None,
) -> Signed:
    """https://developer.8x8.com/jaas/docs/webhooks-payload, -signatures"""
    body = json.dumps(
        {
            "idempotencyKey": event_id or str(uuid4()),
            "customerId": "c2824d584eac4489a1e32e4e164d5a3c",
            "appId": "counterfoil_demo",
            "eventType": f"PARTICIPANT_{kind.upper()}",
            "sessionId": "c3348153-1027-4382-afad-5ae91b433c26",
            "timestamp": round(at.timestamp() * 1000),
            "fqn": f"counterfoil_demo/{room}",
            "data": {"id": guest, "name": "Somebody", "moderator": False},
        }
    ).encode()
    stamp = str(int((signed_at or at).timestamp()))
    made = hmac.digest(secret.encode(), stamp.encode() + b"." + body, "sha256")
    return body, {"X-Jaas-Signature": f"t={stamp},v1={base64.b64encode(made).decode()}"}


def livekit(
    room: str,
    guest: str,
    kind: str,
    *,
    at: datetime,
    secret: str = "counterfoil_demo_secret_of_the_rooms",
    key: str = "counterfoil_demo",
    event_id: str = "",
    signed_at: datetime | None = None,
) -> Signed:
    """https://docs.livekit.io/home/server/webhooks/ (a token whose claim is the body's digest)."""
    body = json.dumps(
        {
            "event": f"participant_{kind}",
            "room": {"sid": "RM_hycBMAjmt6Ub", "name": room},
            "participant": {"sid": "PA_hycBMAjmt6Ub", "identity": guest, "state": "ACTIVE"},
            "id": event_id or f"EV_{uuid4().hex}",
            "createdAt": str(int(at.timestamp())),
        }
    ).encode()
    stamp = int((signed_at or at).timestamp())
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": key, "nbf": stamp, "exp": stamp + 300, "sha256": digest}
    return body, {"Authorization": signed_jwt(claims, secret)}
