"""Which hosts the payer's browser talks to, and which script the demo brings itself.

Production loads Stripe's script from Stripe, by the package that Stripe publishes for it. The
demo's gateway is a stand-in on loopback, so its script takes the place of Stripe's in the page,
and the app has no branch.
"""

from dataclasses import dataclass

from django.conf import settings

STRIPE_API = "https://api.stripe.com"


@dataclass(frozen=True, slots=True)
class BrowserHosts:
    """Origins for a content policy, and the stand-in's script (None: the real gateway's)."""

    scripts: tuple[str, ...]
    frames: tuple[str, ...]
    calls: tuple[str, ...]
    images: tuple[str, ...]
    stand_in: str | None = None


STRIPE = BrowserHosts(
    # https://docs.stripe.com/security/guide#content-security-policy
    scripts=("https://js.stripe.com", "https://*.js.stripe.com"),
    frames=("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
    calls=(STRIPE_API,),
    images=("https://*.stripe.com",),
)


def browser_hosts() -> BrowserHosts:
    """Return what a checkout page may load, by the gateway that this site is configured for."""
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
