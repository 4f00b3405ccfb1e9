"""The gateway stand-in as the year uses it: the payer's browser, its dashboard, its webhooks.

Every request says at which instant it is made (`Sandbox-Time`), so that several may tell the
year at once. Whatever the product itself asks goes through its own port and the official SDK.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import stripe
from django.conf import settings

from billing import webhooks
from billing.checkout import Started
from billing.gateways.registry import in_place_of
from billing.gateways.stripe_gateway import StripeGateway
from demo.busy_day import NotTheStandIn
from kernel import clock

SECONDS = 30
HEADER = "Sandbox-Time"
ENDPOINT = "we_commandline"
RECENT = timedelta(minutes=1)


class _TravellingClient(stripe.RequestsClient):
    """The SDK's own HTTP client, which also says when it is."""

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **usage: Any,
    ) -> Any:
        return super().request(method, url, {**(headers or {}), **_now()}, post_data, **usage)


@contextmanager
def travelling() -> Iterator[None]:
    """Let the product's gateway calls be made at the travelled clock."""
    client = _TravellingClient(timeout=SECONDS)
    port = StripeGateway(
        secret_key=settings.STRIPE_SECRET_KEY,
        publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
        api_base=settings.STRIPE_API_BASE,
        webhook_secrets=tuple(settings.STRIPE_WEBHOOK_SECRETS),
        timeout_seconds=SECONDS,
        max_network_retries=0,
        http_client=client,
    )
    try:
        with in_place_of("stripe", port):
            yield
    finally:
        client.close()  # type: ignore[no-untyped-call]


class StandIn(AbstractContextManager["StandIn"]):
    """One connection to the stand-in, closed at the end of its `with`.

    Raises NotTheStandIn for an address beyond this machine.
    """

    def __init__(self) -> None:
        if urlsplit(settings.STRIPE_API_BASE).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise NotTheStandIn(f"{settings.STRIPE_API_BASE} is not this machine's stand-in.")
        self._http = httpx.Client(
            base_url=settings.STRIPE_API_BASE, timeout=SECONDS, trust_env=False
        )

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def pay(self, started: Started, *, card: str) -> bool:
        """Confirm an intent with the publishable key; return whether the bank took the card."""
        intent_id = started.client_secret.partition("_secret_")[0]
        answer = self._http.post(
            f"/v1/payment_intents/{intent_id}/confirm",
            data={"payment_method": card, "client_secret": started.client_secret},
            headers={"Authorization": f"Bearer {started.publishable_key}", **_now()},
        )
        if answer.status_code == httpx.codes.PAYMENT_REQUIRED:
            return False
        answer.raise_for_status()
        return True

    def dashboard(self, method: str, path: str, **form: Any) -> Any:
        """Do something on the gateway's dashboard: its API with the secret key."""
        answer = self._http.request(
            method,
            path,
            data=form if method == "POST" else None,
            params=form if method == "GET" else None,
            headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}", **_now()},
        )
        answer.raise_for_status()
        return answer.json()

    def lever(self, path: str, **given: Any) -> Any:
        """Pull a lever of the control plane (sandbox/README.md lists them)."""
        when = {} if path == "clock" else _now()
        answer = self._http.post(f"/_sandbox/{path}", json=given, headers=when)
        answer.raise_for_status()
        return answer.json()

    def deliver(self, event_type: str, *, about: str) -> bool:
        """Hand the newest event of the last minute about an object to the product's webhook.

        Signed as the stand-in signs, at the travelled clock. Returns whether there was one.
        """
        until = int(clock.now().timestamp())
        since = until - int(RECENT.total_seconds())
        window = {"created[gte]": since, "created[lte]": until}
        found = self.dashboard("GET", "/v1/events", type=event_type, limit=20, **window)
        for event in found["data"]:
            thing = event["data"]["object"]
            if about in {thing["id"], thing.get("payment_intent"), thing.get("charge")}:
                self._ring(event)
                return True
        return False

    def _ring(self, event: Mapping[str, Any]) -> None:
        body = json.dumps(event).encode()
        now = clock.now()
        stamp = int(now.timestamp())
        secret = settings.STRIPE_WEBHOOK_SECRETS[0].encode()
        mark = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        webhooks.receive(
            gateway="stripe",
            body=body,
            headers={"Stripe-Signature": f"t={stamp},v1={mark}"},
            now=now,
        )

    def state(self) -> Path:
        """Return the folder in which the stand-in keeps what it remembers."""
        answer = self._http.get("/_sandbox/health")
        answer.raise_for_status()
        return Path(answer.json()["state"])

    def set_clock(self, to: datetime) -> None:
        """Stop the stand-in's own clock at an instant; what is due by then happens."""
        self.lever("clock", set=to.isoformat(), frozen=True)

    def begin(self, at: datetime) -> None:
        """Empty the stand-in for a new year: nothing of before, no deliveries by itself."""
        self.lever("reset")
        self._deliver_by_itself(False)
        self.set_clock(at)

    def end(self, now: datetime) -> None:
        """Let its clock run with the wall's again, and its webhooks be delivered."""
        self.lever("clock", set=now.isoformat(), frozen=False)
        self._deliver_by_itself(True)

    def _deliver_by_itself(self, wanted: bool) -> None:
        with suppress(httpx.HTTPStatusError):  # one that was started without an endpoint has none
            self.dashboard(
                "POST", f"/v1/webhook_endpoints/{ENDPOINT}", disabled=str(not wanted).lower()
            )


def _now() -> dict[str, str]:
    return {HEADER: str(int(clock.now().timestamp()))}
