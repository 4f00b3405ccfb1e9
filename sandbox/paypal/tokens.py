"""Access tokens. https://developer.paypal.com/api/rest/authentication/

Any client id will do; the secret that first comes with it is its secret from then on. Tokens live
by the wall clock, whatever the sandbox's clock is told.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import time
from urllib.parse import parse_qs

from sandbox.core.messages import Json, Request, Response
from sandbox.paypal.errors import PayPalError, problem
from sandbox.paypal.world import World

LIFETIME_SECONDS = 9 * 3600
_SCOPES = (
    "https://uri.paypal.com/services/payments/payment https://uri.paypal.com/services/payments/"
    "refund https://uri.paypal.com/payments/payouts https://uri.paypal.com/services/reporting/"
    "search/read https://uri.paypal.com/services/disputes/read-seller https://uri.paypal.com/"
    "services/applications/webhooks https://uri.paypal.com/services/customer/partner-referrals/"
    "readwrite"
)


def issue(world: World, request: Request) -> Response:
    """POST /v1/oauth2/token with `grant_type=client_credentials`; the errors are OAuth's own."""
    client, secret = _basic(request)
    if not client or not secret:
        return _refused(401, "invalid_client", "Client Authentication failed")
    form = parse_qs(request.body.decode(errors="replace"))
    if form.get("grant_type") != ["client_credentials"]:
        return _refused(400, "unsupported_grant_type", "unsupported grant_type")
    digest = hashlib.sha256(secret.encode()).hexdigest()
    known = world.select("client", client=client)
    if not known:
        world.add("client", {"id": f"client_{client}", "client": client, "digest": digest})
    elif known[0]["digest"] != digest:
        return _refused(401, "invalid_client", "Client Authentication failed")
    token = f"A21AA{world.ids.text(92)}"
    body = {"id": _id_of(token), "client": client, "until": int(time.time()) + LIFETIME_SECONDS}
    world.add("token", body)
    return Response.of_json(
        {
            "scope": _SCOPES,
            "access_token": token,
            "token_type": "Bearer",
            "app_id": "APP-80W284485P519543T",
            "expires_in": LIFETIME_SECONDS,
            "nonce": world.ids.text(43),
        }
    )


def check(world: World, request: Request) -> None:
    """Let a request pass that carries a living token.

    Raises:
        PayPalError: 401.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    found = world.get("token", _id_of(token)) if scheme.lower() == "bearer" else None
    if found is None or found["until"] <= time.time():
        text = "Token signature verification failed"
        detail = problem("INVALID_TOKEN", text)
        raise PayPalError("AUTHENTICATION_FAILURE", status=401, details=[detail])


def expire(world: World, names: Json, given: Json) -> Json:
    """Let every token be too old, as a lever."""
    alive = world.select("token")
    for token in alive:
        world.save(token | {"until": 0})
    return {"expired": len(alive)}


def _id_of(token: str) -> str:
    return f"token_{hashlib.sha256(token.encode()).hexdigest()}"


def _basic(request: Request) -> tuple[str, str]:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client, _, secret = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret


def _refused(status: int, error: str, text: str) -> Response:
    return Response.of_json({"error": error, "error_description": text}, status=status)
