"""Which gateways exist and how they are set up: the only module that imports adapters."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from django.conf import settings

from billing.gateways.base import Gateway, UnknownGateway
from billing.gateways.paypal_certificates import MOST_BYTES, Certificates
from billing.gateways.paypal_client import PayPalClient
from billing.gateways.paypal_gateway import PayPalGateway
from billing.gateways.stripe_gateway import StripeGateway
from kernel.offline import refuse_offline

GATEWAYS = ("stripe", "paypal")

_in_place: dict[str, Gateway] = {}


def gateway(name: str) -> Gateway:
    """Return the gateway that rows and addresses call `name`.

    Raises UnknownGateway.
    """
    refuse_unknown(name)
    refuse_offline(f"gateway {name}")
    if name in _in_place:
        return _in_place[name]
    if name == "paypal":
        return _paypal(
            client_id=settings.PAYPAL_CLIENT_ID,
            client_secret=settings.PAYPAL_CLIENT_SECRET,
            api_base=settings.PAYPAL_API_BASE,
            webhook_ids=tuple(settings.PAYPAL_WEBHOOK_IDS),
            webhook_ca=settings.PAYPAL_WEBHOOK_CA,
            partner_id=settings.PAYPAL_PARTNER_ID,
            site_url=settings.PUBLIC_URL,
            timeout_seconds=settings.PAYPAL_TIMEOUT_SECONDS,
        )
    return _stripe(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_PUBLISHABLE_KEY,
        settings.STRIPE_API_BASE,
        tuple(settings.STRIPE_WEBHOOK_SECRETS),
        settings.STRIPE_TIMEOUT_SECONDS,
    )


def refuse_unknown(name: str) -> None:
    """Raise UnknownGateway for a name that no gateway has; nothing is reached."""
    if name not in GATEWAYS:
        raise UnknownGateway(
            f"There is no gateway called {name!r} here. Use one of: {', '.join(GATEWAYS)}."
        )


@contextmanager
def in_place_of(name: str, port: Gateway) -> Iterator[None]:
    """Let everybody in this process reach `port` under this name, for a simulation."""
    _in_place[name] = port
    try:
        yield
    finally:
        del _in_place[name]


@cache
def _stripe(
    secret_key: str,
    publishable_key: str,
    api_base: str,
    webhook_secrets: tuple[str, ...],
    timeout_seconds: int,
) -> StripeGateway:
    """One client per set of settings, so that connections are kept between calls."""
    return StripeGateway(
        secret_key=secret_key,
        publishable_key=publishable_key,
        api_base=api_base,
        webhook_secrets=webhook_secrets,
        timeout_seconds=timeout_seconds,
    )


@cache
def _paypal(
    *,
    client_id: str,
    client_secret: str,
    api_base: str,
    webhook_ids: tuple[str, ...],
    webhook_ca: Path | None,
    partner_id: str,
    site_url: str,
    timeout_seconds: int,
) -> PayPalGateway:
    """One client per set of settings: connections, token and certificates are kept."""
    client = PayPalClient(
        client_id=client_id,
        client_secret=client_secret,
        api_base=api_base,
        timeout_seconds=timeout_seconds,
    )
    return PayPalGateway(
        client=client,
        certificates=Certificates(
            api_base=api_base,
            fetch=partial(client.fetch, "give a certificate", most_bytes=MOST_BYTES),
            authorities=webhook_ca,
        ),
        client_id=client_id,
        webhook_ids=webhook_ids,
        partner_id=partner_id,
        site_url=site_url,
    )
