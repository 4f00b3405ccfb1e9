"""Signed webhook parcels. https://docs.stripe.com/webhooks#verify-manually

`Stripe-Signature: t=‹unix›,v1=‹hex hmac-sha256 of "t.body"›`. While a secret is rolled both secrets
sign. The time is the wall clock's, because the receiver compares it with its own.
"""

from __future__ import annotations

import hashlib
import hmac
import time

import orjson

from sandbox.core.store import Store
from sandbox.core.webhooks import Parcel
from sandbox.stripe.present import present


def signature(body: bytes, secrets: list[str], *, at: int) -> str:
    """Return the header's value."""
    made = [
        hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        for secret in secrets
    ]
    return ",".join([f"t={at}", *(f"v1={one}" for one in made)])


def parcel(store: Store, event_id: str, endpoint_id: str, *, now: int) -> Parcel | None:
    """Make the signed parcel, or None when event or endpoint is gone. Expects the store's lock."""
    event, endpoint = store.find(event_id), store.get("webhook_endpoint", endpoint_id)
    if event is None or endpoint is None or endpoint["status"] != "enabled":
        return None
    body = orjson.dumps(present(store, event, now=now), option=orjson.OPT_INDENT_2)
    secrets = [endpoint["_secret"], *endpoint["_older_secrets"]]
    return Parcel(
        url=endpoint["url"],
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(body, secrets, at=int(time.time())),
        },
        body=body,
    )
