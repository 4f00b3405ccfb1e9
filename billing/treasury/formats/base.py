"""What every format of a bank statement gives: lines, balances, and the rows that were no lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from kernel.errors import Kind, Refusal
from kernel.money import exponent

MOST_LINES = 100_000
TEXT, REFERENCE, NAME = 500, 120, 140
LARGEST = 10**15


class Unreadable(Refusal):
    """The file as a whole cannot be read; nothing of it was kept."""

    code = "unreadable"
    kind = Kind.INVALID


class RowUnreadable(ValueError):
    """One row cannot be read; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One line of the bank's: positive came in. `number` is its row, or its place in the file."""

    number: int
    booked_on: date
    amount_minor: int
    currency: str
    text: str = ""
    reference: str = ""
    counterparty: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that is no line: where it is, and what is wrong with it."""

    row: int
    problem: str


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """What a file holds. The balances are there where the bank gives them."""

    lines: Sequence[ParsedLine]
    opening_minor: int | None = None
    closing_minor: int | None = None
    account: str = ""
    errors: Sequence[RowError] = field(default_factory=tuple)

    @property
    def difference_minor(self) -> int | None:
        """Return closing − opening − lines, or None where a balance is not given."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        total = sum(line.amount_minor for line in self.lines)
        return self.closing_minor - self.opening_minor - total


# An exponent in a file costs a few bytes there and gigabytes here.
MOST_DIGITS = 15


def minor(amount: Decimal, currency: str) -> int:
    """Return an exact amount in minor units. Raises RowUnreadable."""
    if not amount.is_finite() or amount.adjusted() > MOST_DIGITS:
        raise RowUnreadable("The amount is too large to be meant.")
    try:
        exact = amount.scaleb(exponent(currency))
        value = int(exact)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise RowUnreadable("The amount is no number.") from error
    if value != exact:
        raise RowUnreadable(f"{currency} has {exponent(currency) or 'no'} decimals.")
    if abs(value) >= LARGEST:
        raise RowUnreadable("The amount is too large to be meant.")
    return value


def words(text: object, most: int) -> str:
    """Return a file's text as one line, without what no line of text may hold."""
    plain = "".join(sign if sign.isprintable() else " " for sign in str(text or ""))
    return " ".join(plain.split())[:most]
