"""Signed webhook parcels. https://developer.paypal.com/api/rest/webhooks/rest/#link-eventheaders

What is signed is `transmission id|time|webhook id|crc32 of the body`. The time is the wall clock's,
because the receiver compares it with its own.
"""

from __future__ import annotations

import uuid
import zlib
from datetime import UTC, datetime

import orjson

from sandbox.core.messages import Response
from sandbox.core.store import Store
from sandbox.core.webhooks import Parcel
from sandbox.paypal.authority import Authority

CERTS = "/v1/notifications/certs/"


def parcel(
    store: Store, event_id: str, webhook_id: str, *, authority: Authority, base_url: str
) -> Parcel | None:
    """Make the signed parcel, or None when event or endpoint is gone. Expects the store's lock."""
    event = store.get("paypal_event", event_id)
    webhook = store.get("paypal_webhook", webhook_id)
    if event is None or webhook is None or not webhook["url"]:
        return None
    body = orjson.dumps(event["body"])
    transmission = str(uuid.uuid4())
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = f"{transmission}|{at}|{webhook_id}|{zlib.crc32(body)}"
    return Parcel(
        url=webhook["url"],
        headers={
            "Content-Type": "application/json",
            "User-Agent": "PayPal/AUHD-214.0-58765860",
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            "PAYPAL-AUTH-VERSION": "v2",
            "PAYPAL-CERT-URL": f"{base_url}{CERTS}{authority.name}",
            "PAYPAL-TRANSMISSION-ID": transmission,
            "PAYPAL-TRANSMISSION-SIG": authority.sign(message.encode()),
            "PAYPAL-TRANSMISSION-TIME": at,
        },
        body=body,
    )


def certificate(authority: Authority, path: str) -> Response:
    """GET /v1/notifications/certs/{name}: the leaf; `ca.pem` is the root that vouches for it."""
    found = {authority.name: authority.leaf_pem, "ca.pem": authority.ca_pem}.get(
        path.removeprefix(CERTS)
    )
    if found is None:
        return Response(status=404, body=b"Not here", content_type="text/plain")
    return Response(body=found, content_type="text/plain")
