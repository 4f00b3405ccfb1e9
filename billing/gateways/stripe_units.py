"""Stripe's minor units. Pure: it knows where Stripe and ISO 4217 count differently, and no more.

Our amounts are in ISO's minor units. Source: Stripe, "Supported currencies", the sections on
zero-decimal, special-case and three-decimal currencies.
"""

# Stripe keeps two decimals where ISO has none; the amount has to be whole.
_TWO_DECIMALS_AT_STRIPE = frozenset({"ISK", "UGX"})
# Stripe has none where ISO has two.
_NO_DECIMALS_AT_STRIPE = frozenset({"MGA"})
# Three decimals at both, but Stripe takes them only with a last digit of zero.
_LAST_DIGIT_ZERO = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


class NotExpressible(ValueError):
    """The amount has no exact counterpart in the other's minor units."""


def to_stripe(amount_minor: int, currency: str) -> int:
    """Return our amount in Stripe's minor units; raise NotExpressible rather than round."""
    if currency in _TWO_DECIMALS_AT_STRIPE:
        return amount_minor * 100
    if currency in _NO_DECIMALS_AT_STRIPE:
        return _divide(amount_minor, 100, currency)
    if currency in _LAST_DIGIT_ZERO:
        return _divide(amount_minor, 10, currency) * 10
    return amount_minor


def from_stripe(amount: int, currency: str) -> int:
    """Return Stripe's amount in our minor units; raise NotExpressible rather than round."""
    if currency in _TWO_DECIMALS_AT_STRIPE:
        return _divide(amount, 100, currency)
    if currency in _NO_DECIMALS_AT_STRIPE:
        return amount * 100
    return amount


def _divide(amount: int, by: int, currency: str) -> int:
    if amount % by:
        raise NotExpressible(f"{amount} minor units of {currency} cannot be said without rounding")
    return amount // by
