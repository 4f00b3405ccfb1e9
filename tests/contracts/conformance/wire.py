"""A tap on both adapters: every request that leaves one, with the port's method that sent it."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import stripe
from django.conf import settings

from billing.gateways.base import Gateway
from billing.gateways.paypal_certificates import MOST_BYTES, Certificates
from billing.gateways.paypal_client import PayPalClient
from billing.gateways.paypal_gateway import PayPalGateway
from billing.gateways.registry import in_place_of
from billing.gateways.stripe_gateway import StripeGateway


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it went out; `by` is the method of the port that was called."""

    gateway: str
    by: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.gateway}.{self.by}: {self.method} {self.path}"


@dataclass(slots=True)
class Tap:
    """What has left so far, and the ports through which it did."""

    sent: list[Sent] = field(default_factory=list)
    ports: list[Gateway] = field(default_factory=list)

    def hear(
        self, gateway: str, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> None:
        parts = urlsplit(url)
        known = {name.lower(): value for name, value in headers.items()}
        self.sent.append(
            Sent(
                gateway=gateway,
                by=self._method_of_port(),
                method=method.upper(),
                path=parts.path,
                query=parts.query,
                headers=known,
                body=body,
            )
        )

    def _method_of_port(self) -> str:
        """Return the outermost method of one of our ports that is being run."""
        found = "-"
        frame = inspect.currentframe()
        while frame is not None:
            name = frame.f_code.co_name
            itself = frame.f_locals.get("self")
            if not name.startswith("_") and any(itself is port for port in self.ports):
                found = name
            frame = frame.f_back
        return found


class _StripeWire(stripe.RequestsClient):
    """The SDK's own HTTP client, overheard; a test's retries are repeated requests too."""

    def __init__(self, tap: Tap, **options: Any) -> None:
        super().__init__(**options)
        self._tap = tap

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **options: Any,
    ) -> Any:
        text = post_data if isinstance(post_data, bytes) else str(post_data or "").encode()
        self._tap.hear("stripe", method, url, dict(headers or {}), text)
        return super().request(method, url, headers, post_data, **options)


class _PayPalWire(httpx.BaseTransport):
    """httpx's own transport, overheard."""

    def __init__(self, tap: Tap, prefix: str) -> None:
        self._tap, self._prefix, self._inner = tap, prefix, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url).replace(self._prefix, "http://paypal", 1)
        self._tap.hear("paypal", request.method, url, dict(request.headers), request.read())
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@contextmanager
def tapped() -> Iterator[Tap]:
    """Put both gateways in place, overheard, as the settings describe them."""
    tap = Tap()
    at_stripe = StripeGateway(
        secret_key=settings.STRIPE_SECRET_KEY,
        publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
        api_base=settings.STRIPE_API_BASE,
        webhook_secrets=tuple(settings.STRIPE_WEBHOOK_SECRETS),
        timeout_seconds=settings.STRIPE_TIMEOUT_SECONDS,
        http_client=_StripeWire(tap, timeout=settings.STRIPE_TIMEOUT_SECONDS),
    )
    wire = _PayPalWire(tap, settings.PAYPAL_API_BASE.rstrip("/"))
    at_paypal = _paypal(wire)
    tap.ports += [cast("Gateway", at_stripe), cast("Gateway", at_paypal)]
    with in_place_of("stripe", tap.ports[0]), in_place_of("paypal", tap.ports[1]):
        yield tap
    wire.close()


def _paypal(wire: httpx.BaseTransport) -> PayPalGateway:
    client = PayPalClient(
        client_id=settings.PAYPAL_CLIENT_ID,
        client_secret=settings.PAYPAL_CLIENT_SECRET,
        api_base=settings.PAYPAL_API_BASE,
        timeout_seconds=settings.PAYPAL_TIMEOUT_SECONDS,
        transport=wire,
    )
    return PayPalGateway(
        client=client,
        certificates=Certificates(
            api_base=settings.PAYPAL_API_BASE,
            fetch=partial(client.fetch, "give a certificate", most_bytes=MOST_BYTES),
            authorities=settings.PAYPAL_WEBHOOK_CA,
        ),
        client_id=settings.PAYPAL_CLIENT_ID,
        webhook_ids=tuple(settings.PAYPAL_WEBHOOK_IDS),
        partner_id=settings.PAYPAL_PARTNER_ID,
        site_url=settings.PUBLIC_URL,
    )
