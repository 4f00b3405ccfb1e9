"""Stripe's minor units. It knows where Stripe and ISO 4217 count differently, and no more.

Our amounts are in ISO's minor units. Source: Stripe, "Supported currencies", the sections on
zero-decimal, special-case and three-decimal currencies.
"""

from billing.gateways.base import NotExpressible

# Stripe keeps two decimals where ISO has none; the amount has to be whole.
_TWO_DECIMALS_AT_STRIPE = frozenset({"ISK", "UGX"})
# Stripe has none where ISO has two.
_NO_DECIMALS_AT_STRIPE = frozenset({"MGA"})
# Three decimals at both, but Stripe takes them only with a last digit of zero.
_LAST_DIGIT_ZERO = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


class NoAmount(ValueError):
    """What Stripe says is no amount of ours."""


def smallest_step(currency: str) -> int:
    """Return the step of the amounts that Stripe can say, in our minor units."""
    if currency in _NO_DECIMALS_AT_STRIPE:
        return 100
    return 10 if currency in _LAST_DIGIT_ZERO else 1


def to_stripe(amount_minor: int, currency: str) -> int:
    """Return our amount in Stripe's minor units; raise NotExpressible rather than round."""
    if amount_minor % smallest_step(currency):
        raise NotExpressible(
            f"Stripe takes {currency} in steps of {smallest_step(currency)} minor units only."
        )
    if currency in _TWO_DECIMALS_AT_STRIPE:
        return amount_minor * 100
    if currency in _NO_DECIMALS_AT_STRIPE:
        return amount_minor // 100
    return amount_minor


def from_stripe(amount: int, currency: str) -> int:
    """Return Stripe's amount in our minor units; raise NoAmount rather than round."""
    if currency in _NO_DECIMALS_AT_STRIPE:
        return amount * 100
    if currency not in _TWO_DECIMALS_AT_STRIPE:
        return amount
    if amount % 100:
        raise NoAmount(f"{amount} of Stripe's {currency} is finer than our minor unit")
    return amount // 100
