"""PayPal's amounts: decimal strings. It knows where PayPal and ISO 4217 count differently.

Our amounts are in ISO's minor units. Source: PayPal, "Currency codes"
(https://developer.paypal.com/reference/currency-codes/): three currencies take no decimals there,
every other one has two.
"""

import re

from billing.gateways.base import NotExpressible
from kernel.money import exponent

_NO_DECIMALS_AT_PAYPAL = frozenset({"HUF", "JPY", "TWD"})
_DECIMAL = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,8}))?", re.ASCII)


class NoAmount(ValueError):
    """What PayPal says is no amount of ours."""


def smallest_step(currency: str) -> int:
    """Return the step of the amounts that PayPal can say, in our minor units."""
    finer: int = 10 ** max(0, exponent(currency) - _places(currency))
    return finer


def to_paypal(amount_minor: int, currency: str) -> str:
    """Return our amount as PayPal writes it; raise NotExpressible rather than round."""
    ours, theirs = exponent(currency), _places(currency)
    if theirs < ours:
        amount, rest = divmod(amount_minor, smallest_step(currency))
        if rest:
            raise NotExpressible(f"PayPal takes {currency} with {theirs or 'no'} decimals only.")
    else:
        amount = amount_minor * 10 ** (theirs - ours)
    sign = "-" if amount < 0 else ""
    whole, small = divmod(abs(amount), 10**theirs)
    return f"{sign}{whole}.{small:0{theirs}d}" if theirs else f"{sign}{whole}"


def from_paypal(value: str, currency: str) -> int:
    """Return PayPal's amount in our minor units; raise NoAmount rather than round."""
    match = _DECIMAL.fullmatch(value)
    if match is None:
        raise NoAmount(f"{value!r} is no amount")
    places = exponent(currency)
    decimals = (match[3] or "").rstrip("0")
    if len(decimals) > places:
        raise NoAmount(f"{value} {currency} is finer than our minor unit")
    amount = int(match[2] + decimals.ljust(places, "0"))
    return -amount if match[1] else amount


def _places(currency: str) -> int:
    return 0 if currency in _NO_DECIMALS_AT_PAYPAL else 2
