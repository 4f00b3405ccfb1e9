"""Money as integer minor units with its ISO 4217 code. Pure; refuses floats and mixed currencies.

The exponent here is ISO's, for display and for prices that people type. What a *gateway* calls
a minor unit is the gateway's business (`billing.gateways`): Stripe and ISO disagree on some.
"""

from dataclasses import dataclass
from typing import Self

# ISO 4217 (SIX, list one): currencies whose minor unit is not two digits.
_EXPONENTS = {
    **dict.fromkeys(
        (
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF",
            "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    "CLF": 4,
    "UYW": 4,
}  # fmt: skip


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added or compared."""


def exponent(currency: str) -> int:
    """Return how many digits ISO 4217 gives the minor unit of `currency` (JPY 0, USD 2)."""
    return _EXPONENTS.get(currency, 2)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest integer; a half goes away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    quotient, remainder = divmod(abs(numerator), abs(denominator))
    return sign * (quotient + (2 * remainder >= abs(denominator)))


def divide_half_even(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest integer; a half goes to the even neighbour."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    quotient, remainder = divmod(abs(numerator), abs(denominator))
    twice = 2 * remainder
    up = twice > abs(denominator) or (twice == abs(denominator) and quotient % 2 == 1)
    return sign * (quotient + up)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units and its currency (three capital letters)."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount_minor, bool) or not isinstance(self.amount_minor, int):
            raise TypeError("amount_minor is an int of minor units")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"{self.currency!r} is not an ISO 4217 code")

    def _same(self, other: Self) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: Self) -> "Money":
        self._same(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: Self) -> "Money":
        self._same(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        self._same(other)
        return self.amount_minor < other.amount_minor

    def __le__(self, other: Self) -> bool:
        self._same(other)
        return self.amount_minor <= other.amount_minor

    def __str__(self) -> str:
        """Return such as `USD 81.80` or `−USD 3.20`: for logs and messages, never parsed."""
        digits = exponent(self.currency)
        whole, part = divmod(abs(self.amount_minor), 10**digits)
        sign = "−" if self.amount_minor < 0 else ""
        tail = f".{part:0{digits}d}" if digits else ""
        return f"{sign}{self.currency} {whole:,}{tail}"
