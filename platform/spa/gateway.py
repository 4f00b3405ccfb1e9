"""Which hosts the payer's browser talks to, and which scripts the demo brings itself.

Production loads each gateway's script from that gateway: Stripe's by the package that Stripe
publishes for it, PayPal's from the address that the page names. The demo's gateways are stand-ins
on loopback, whose scripts take the place of theirs, and the app has no branch.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

STRIPE_API = "https://api.stripe.com"
PAYPAL_SCRIPT = "https://www.paypal.com/sdk/js"


@dataclass(frozen=True, slots=True)
class BrowserHosts:
    """Origins for a content policy, and where scripts lie that Stripe's package does not load.

    `stand_in` is the demo's script in place of Stripe's (None: the real one's).
    """

    scripts: tuple[str, ...]
    frames: tuple[str, ...]
    calls: tuple[str, ...]
    images: tuple[str, ...]
    stand_in: str | None = None
    paypal_script: str = PAYPAL_SCRIPT


STRIPE = BrowserHosts(
    # https://docs.stripe.com/security/guide#content-security-policy
    scripts=("https://js.stripe.com", "https://*.js.stripe.com"),
    frames=("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
    calls=(STRIPE_API,),
    images=("https://*.stripe.com",),
)
PAYPAL = BrowserHosts(
    # https://developer.paypal.com/sdk/js/csp/; the test accounts' pages lie beside the others.
    scripts=("https://www.paypal.com", "https://www.paypalobjects.com"),
    frames=("https://www.paypal.com", "https://www.sandbox.paypal.com"),
    calls=("https://www.paypal.com", "https://www.sandbox.paypal.com"),
    images=("https://www.paypal.com", "https://www.paypalobjects.com"),
)


def browser_hosts() -> BrowserHosts:
    """Return what a checkout page may load, by the gateways that this site is configured for."""
    stripe, paypal = _stripe(), _paypal()
    return BrowserHosts(
        scripts=_both(stripe.scripts, paypal.scripts),
        frames=_both(stripe.frames, paypal.frames),
        calls=_both(stripe.calls, paypal.calls),
        images=_both(stripe.images, paypal.images),
        stand_in=stripe.stand_in,
        paypal_script=paypal.paypal_script,
    )


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _stripe() -> BrowserHosts:
    origin = settings.STRIPE_API_BASE.rstrip("/")
    if origin == STRIPE_API or not settings.DEMO:
        return STRIPE
    return BrowserHosts(
        scripts=(origin,),
        frames=(origin,),
        calls=(origin,),
        images=(),
        stand_in=f"{origin}/js/v3/",
    )


def _paypal() -> BrowserHosts:
    base = urlsplit(settings.PAYPAL_API_BASE)
    if (base.hostname or "").endswith(".paypal.com") or not settings.DEMO:
        return PAYPAL
    origin = f"{base.scheme}://{base.netloc}"
    return BrowserHosts(
        scripts=(origin,),
        frames=(origin,),
        calls=(origin,),
        images=(),
        paypal_script=f"{settings.PAYPAL_API_BASE.rstrip('/')}/sdk/js",
    )
