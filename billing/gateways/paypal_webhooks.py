"""PayPal's webhooks: is this body PayPal's, and what does it speak of? Checked offline.

The signature is RSA-SHA256 over `transmission id|time|webhook id|crc32 of the raw body`. PayPal
delivers an event up to 25 times over three days; its pages do not promise that each try is signed
anew, so a transmission may be that old (an event counts once, by its id, and `settle` asks PayPal
for the truth), but not from the future. Source: https://developer.paypal.com/api/rest/webhooks/rest/
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from billing.gateways.base import BadSignature, GatewayMessage
from billing.gateways.payees import row_id
from billing.gateways.paypal_certificates import Certificates
from billing.gateways.paypal_objects import instant, linked, named

OLDEST = timedelta(days=4)
TOLERANCE = timedelta(seconds=300)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_TRANSMISSION = re.compile(r"[0-9A-Za-z-]{8,100}", re.ASCII)

type Json = dict[str, Any]


def read_webhook(
    *,
    body: bytes,
    headers: Mapping[str, str],
    webhook_ids: tuple[str, ...],
    certificates: Certificates,
    now: datetime,
) -> GatewayMessage:
    """Check PayPal's signature over the raw bytes, then read the event; raise BadSignature.

    What costs nothing is looked at first, so that hardly anything forged gets as far as a
    certificate that has to be fetched.
    """
    given = {name.lower(): value for name, value in headers.items()}
    transmission = given.get("paypal-transmission-id", "")
    at = given.get("paypal-transmission-time", "")
    if given.get("paypal-auth-algo") != "SHA256withRSA" or not _TRANSMISSION.fullmatch(
        transmission
    ):
        raise BadSignature("The webhook carries no signature of PayPal's that can be read.")
    _refuse_untimely(at, now=now)
    signature = _signature(given.get("paypal-transmission-sig", ""))
    event = _event(body)
    key = certificates.key(given.get("paypal-cert-url", ""), now=now)
    for webhook_id in webhook_ids:
        signed = f"{transmission}|{at}|{webhook_id}|{zlib.crc32(body)}"
        try:
            key.verify(signature, signed.encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        break
    else:
        raise BadSignature("The webhook's signature does not match its body.")
    try:
        return _message(event)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise BadSignature("The webhook is signed, but it is no event of PayPal's.") from error


def _refuse_untimely(at: str, *, now: datetime) -> None:
    try:
        sent = datetime.fromisoformat(at) if _TIME.fullmatch(at) else None
    except ValueError:
        sent = None
    if sent is None or not now - OLDEST <= sent <= now + TOLERANCE:
        raise BadSignature("The webhook's transmission time is not within reach of now.")


def _signature(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadSignature("The webhook's signature cannot be read.") from error


def _event(body: bytes) -> Json:
    """Read the body; replace what JSON allows and PostgreSQL's jsonb does not."""
    try:
        event = json.loads(body)
        text = json.dumps(event, ensure_ascii=False, allow_nan=False).replace("\\u0000", "\ufffd")
        cleaned = json.loads(text.encode(errors="replace"))
    except (ValueError, RecursionError) as error:
        raise BadSignature("The webhook's body is no event of PayPal's.") from error
    if not isinstance(cleaned, dict) or not isinstance(cleaned.get("id"), str):
        raise BadSignature("The webhook's body is no event of PayPal's.")
    return cleaned


def _message(event: Json) -> GatewayMessage:
    kind, thing = _text(event["event_type"]), event["resource"]
    told = _told(kind, thing)
    ours = named(told.get("custom_id"))
    return GatewayMessage(
        event_id=_text(event["id"]),
        type=kind,
        object_type=told["object_type"] or _text(event.get("resource_type") or "unknown")[:60],
        object_id=_text(told.get("id") or ""),
        intent_id=told.get("intent_id"),
        charge_id=told.get("charge_id"),
        payment_id=row_id(ours, "payment_id", prefix="pay"),
        payout_id=row_id(ours, "payout_id", prefix="po"),
        created_at=instant(_text(event["create_time"])).astimezone(UTC),
        payload=event,
    )


def _told(kind: str, thing: Json) -> Json:
    """Say in the port's words which object has news, by the family of the event's name."""
    if kind.startswith(("CHECKOUT.ORDER.", "CHECKOUT.PAYMENT-APPROVAL.")):
        order_id = thing.get("id") or thing.get("order_id")
        unit = (thing.get("purchase_units") or [{}])[0]
        return {
            "object_type": "payment_intent",
            "id": order_id,
            "intent_id": order_id,
            "custom_id": unit.get("custom_id"),
        }
    if kind in ("PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED") or kind.startswith(
        "PAYMENT.REFUND."
    ):
        return {
            "object_type": "refund",
            "id": thing.get("id"),
            "charge_id": linked(thing, "up"),
            "custom_id": thing.get("custom_id"),
        }
    if kind.startswith("PAYMENT.CAPTURE."):
        related = thing.get("supplementary_data", {}).get("related_ids", {})
        return {
            "object_type": "charge",
            "id": thing.get("id"),
            "charge_id": thing.get("id"),
            "intent_id": related.get("order_id"),
            "custom_id": thing.get("custom_id"),
        }
    if kind.startswith("CUSTOMER.DISPUTE."):
        about = (thing.get("disputed_transactions") or [{}])[0]
        return {
            "object_type": "dispute",
            "id": thing.get("dispute_id"),
            "charge_id": about.get("seller_transaction_id"),
            "custom_id": about.get("custom"),
        }
    if kind.startswith("PAYMENT.PAYOUTS-ITEM."):
        return {
            "object_type": "transfer",
            "id": thing.get("payout_batch_id"),
            "custom_id": thing.get("payout_item", {}).get("sender_item_id"),
        }
    if kind.startswith(("MERCHANT.ONBOARDING.", "MERCHANT.PARTNER-CONSENT.")):
        return {"object_type": "account", "id": thing.get("tracking_id") or ""}
    return {"object_type": "", "id": str(thing.get("id") or "")}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value
