"""Amounts as PayPal writes them, and its price list: 3.49 % + 49 ¢ for US dollars.

Currencies: https://developer.paypal.com/reference/currency-codes/ (three take no decimals).
Fees: https://www.paypal.com/us/webapps/mpp/merchant-fees, rounded half up on the sum.
"""

from __future__ import annotations

import re

from sandbox.core.messages import Json
from sandbox.paypal.errors import unprocessable

_WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
_BPS, _BPS_PARTS = 349, 10_000
_LARGEST_DIGITS = 15  # before the point
_PRECISION = "only two decimal place precision is supported."

# The fixed part of a sale's fee, in minor units.
FIXED_FEES = {
    "AUD": 59,
    "BRL": 290,
    "CAD": 59,
    "CHF": 49,
    "CZK": 900,
    "DKK": 290,
    "EUR": 39,
    "GBP": 39,
    "HKD": 379,
    "HUF": 149,
    "ILS": 160,
    "JPY": 49,
    "MXN": 900,
    "MYR": 200,
    "NOK": 390,
    "NZD": 69,
    "PHP": 2500,
    "PLN": 189,
    "SEK": 409,
    "SGD": 69,
    "THB": 1500,
    "TWD": 14,
    "USD": 49,
}


def exponent(currency: str) -> int:
    """Return how many decimals PayPal writes."""
    return 0 if currency in _WITHOUT_DECIMALS else 2


def sale_fee(amount: int, currency: str) -> int:
    """Return `half_up(amount · 3.49 % + fixed)` without floats."""
    return (2 * amount * _BPS + _BPS_PARTS) // (2 * _BPS_PARTS) + FIXED_FEES[currency]


def text_of(minor: int, currency: str) -> str:
    """Write minor units as a decimal string: `-1234` US cents are `-12.34`."""
    places = exponent(currency)
    if not places:
        return str(minor)
    whole, small = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}.{small:0{places}d}"


def money(minor: int, currency: str) -> Json:
    """Return an amount object of Orders and Payments."""
    return {"currency_code": currency, "value": text_of(minor, currency)}


def read(given: Json, *, field: str, code: str = "currency_code") -> tuple[int, str]:
    """Read an amount that shall be more than nothing; return minor units and currency.

    Raises:
        PayPalError: an unknown currency, too many decimals, nothing or less.
    """
    currency, value = given[code], given["value"]
    if currency not in FIXED_FEES:
        text = (
            "Currency code is invalid or is not currently supported. Please refer"
            " https://developer.paypal.com/api/rest/reference/currency-codes/ for list of supported"
            " currency codes."
        )
        raise unprocessable("INVALID_CURRENCY_CODE", text, field=f"{field}/{code}", value=currency)
    match = re.fullmatch(r"(-?)(\d*)(?:\.(\d+))?", value)
    if match is None:  # the shape was checked before
        raise ValueError(value)
    sign, whole, decimals = match[1], match[2], match[3] or ""
    places, at = exponent(currency), f"{field}/value"
    if len(decimals) > places and (places or decimals.strip("0")):
        text = f"If the currency supports decimals, {_PRECISION}"
        raise unprocessable("DECIMAL_PRECISION", text, field=at, value=value)
    if len(whole.lstrip("0")) > _LARGEST_DIGITS:
        text = "Should be less than or equal to 999999999999999.99."
        raise unprocessable("MAX_VALUE_EXCEEDED", text, field=at, value=value)
    minor = int((whole or "0") + decimals.ljust(places, "0")[:places])
    if sign or minor == 0:
        text = f"Must be greater than zero. If the currency supports decimals, {_PRECISION}"
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", text, field=at, value=value)
    return minor, currency
