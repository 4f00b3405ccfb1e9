"""Stripe's webhooks: is this body Stripe's, and what does it speak of? It makes no call.

The check is ours and not the SDK's: that one reads the clock by itself, accepts instants of the
future, and fails on a body that is not UTF-8 with an error that means something else. Source:
Stripe, "Receive events in your webhook endpoint", verifying manually.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from billing.gateways.base import BadSignature, GatewayMessage
from billing.gateways.payees import row_id

TOLERANCE = timedelta(seconds=300)

# What reading a body raises that is signed and still no event, absurdly deep JSON among it.
_NO_EVENT = (
    *(ValueError, KeyError, TypeError, AttributeError),
    *(OverflowError, RecursionError),
)


def read_webhook(
    *, body: bytes, headers: Mapping[str, str], secrets: tuple[str, ...], now: datetime
) -> GatewayMessage:
    """Check `Stripe-Signature` over the raw bytes, then read the event; raise BadSignature."""
    header = next((v for k, v in headers.items() if k.lower() == "stripe-signature"), "")
    _check(body=body, header=header, secrets=secrets, now=now)
    try:
        return _message(_storable(json.loads(body)))
    except _NO_EVENT as error:
        raise BadSignature("The webhook is signed, but it is no event of Stripe's.") from error


def _check(*, body: bytes, header: str, secrets: tuple[str, ...], now: datetime) -> None:
    """Accept a `v1` signature by any of our secrets, made within five minutes of `now`."""
    pairs = [part.partition("=") for part in header.split(",")]
    stamps = [value for key, _, value in pairs if key.strip() == "t"]
    given = [value for key, _, value in pairs if key.strip() == "v1"]
    if len(stamps) != 1 or not given or not (stamps[0].isascii() and stamps[0].isdigit()):
        raise BadSignature("The webhook carries no signature that can be read.")
    signed = stamps[0].encode() + b"." + body
    valid = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    # Headers may hold anything, lone surrogates too: they become text that matches nothing.
    seen = [one.encode(errors="backslashreplace") for one in given]
    if not any(hmac.compare_digest(one, other.encode()) for one in seen for other in valid):
        raise BadSignature("The webhook's signature does not match its body.")
    # The length first: an absurd stamp, though signed, is no number that we want to make.
    if len(stamps[0]) > 12 or abs(int(stamps[0]) - now.timestamp()) > TOLERANCE.total_seconds():
        raise BadSignature("The webhook's signature is more than five minutes away from now.")


def _storable(event: dict[str, Any]) -> dict[str, Any]:
    """Replace what JSON allows and PostgreSQL's jsonb does not: NUL and lone surrogates."""
    text = json.dumps(event, ensure_ascii=False, allow_nan=False).replace("\\u0000", "\ufffd")
    cleaned: dict[str, Any] = json.loads(text.encode(errors="replace"))
    return cleaned


def _message(event: dict[str, Any]) -> GatewayMessage:
    thing = event["data"]["object"]
    kind = _text(thing["object"])
    metadata = thing.get("metadata") or {}
    return GatewayMessage(
        event_id=_text(event["id"]),
        type=_text(event["type"]),
        object_type=kind,
        object_id=_text(thing.get("id") or ""),
        intent_id=_reference(thing, "id" if kind == "payment_intent" else "payment_intent"),
        charge_id=_reference(thing, "id" if kind == "charge" else "charge"),
        payment_id=row_id(metadata, "payment_id", prefix="pay"),
        payout_id=row_id(metadata, "payout_id", prefix="po"),
        created_at=datetime.fromtimestamp(event["created"], UTC),
        payload=event,
    )


def _reference(thing: dict[str, Any], name: str) -> str | None:
    """Return the id of a related object, whether or not it came expanded."""
    value = thing.get(name)
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value
