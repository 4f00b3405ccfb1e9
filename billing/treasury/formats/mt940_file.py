"""MT940 (SWIFT), read by the `mt-940` library, one statement of the file after the other."""

import re
from datetime import date
from decimal import Decimal
from io import StringIO

import mt940

from billing.treasury.formats.base import (
    MOST_LINES,
    REFERENCE,
    TEXT,
    ParsedLine,
    ParsedStatement,
    RowError,
    RowUnreadable,
    Unreadable,
    minor,
    words,
)

LONGEST = 2_000  # of one line; SWIFT allows 65 signs
# Without it the library takes a reversed credit (RC), which goes out, for money that came in.
SIGNS = mt940.Options(reversal_sign=True)


def read_mt940(data: bytes, *, currency: str) -> ParsedStatement:
    """Read every statement of the file; each begins where the one before ended.

    Raises Unreadable.
    """
    text = _text(data)
    blocks = [block for block in re.split(r"(?m)^(?=:20:)", text) if block.startswith(":20:")]
    lines: list[ParsedLine] = []
    errors: list[RowError] = []
    opening = closing = None
    account = ""
    for block in blocks:
        found = _parse(block)
        begins = _balance(found, "final_opening_balance", "intermediate_opening_balance", currency)
        if closing is not None and begins is not None and begins != closing:
            raise Unreadable("One statement of the file does not begin where the last one ended.")
        opening = begins if opening is None else opening
        closing = _balance(found, "final_closing_balance", "intermediate_closing_balance", currency)
        account = account or words(found.data.get("account_identification"), 40)
        for each in found.transactions:
            number = len(lines) + len(errors) + 1
            if number > MOST_LINES:
                raise Unreadable(f"The file has more than {MOST_LINES} lines. Split it.")
            try:
                lines.append(_line(number, each.data, currency))
            except RowUnreadable as error:
                errors.append(RowError(number, str(error)))
    if not blocks:
        raise Unreadable("The file is no MT940: no statement begins with :20:.")
    return ParsedStatement(lines, opening, closing, account, errors)


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if any(len(line) > LONGEST for line in text.split("\n")):
        raise Unreadable("A line of the file is longer than any of SWIFT.")
    return text


def _parse(block: str) -> mt940.models.Transactions:
    try:
        # A file object: a text might be taken for a path.
        return mt940.parse(StringIO(block), options=SIGNS)
    except Exception as error:
        # The library raises whatever its patterns run into; the file is at fault, not we.
        raise Unreadable(f"The file cannot be read as MT940: {words(error, 120)}.") from error


def _balance(
    found: mt940.models.Transactions, final: str, between: str, currency: str
) -> int | None:
    balance = found.data.get(final) or found.data.get(between)
    if balance is None or balance.amount is None:
        return None
    try:
        return _minor(balance.amount, currency)
    except RowUnreadable as error:
        raise Unreadable(f"A balance of the file cannot be read: {error}") from error


def _line(number: int, data: dict[str, object], currency: str) -> ParsedLine:
    booked = data.get("entry_date") or data.get("date")
    if not isinstance(booked, date):
        raise RowUnreadable("It has no day.")
    value = _minor(data.get("amount"), currency)
    if value == 0:
        raise RowUnreadable("The amount is zero.")
    own = words(data.get("customer_reference"), REFERENCE)
    references = [own if own != "NONREF" else "", words(data.get("bank_reference"), REFERENCE)]
    known = [each for each in references if each]
    said = [data.get("transaction_details"), data.get("extra_details"), *known[1:]]
    return ParsedLine(
        number=number,
        booked_on=date(booked.year, booked.month, booked.day),
        amount_minor=value,
        currency=currency,
        text=words(" ".join(str(each or "") for each in said), TEXT),
        reference=known[0] if known else "",
    )


def _minor(amount: object, currency: str) -> int:
    if not isinstance(amount, mt940.models.Amount) or not isinstance(amount.amount, Decimal):
        raise RowUnreadable("It has no amount.")
    if amount.currency != currency:
        raise RowUnreadable(f"The account is in {currency}, this in {words(amount.currency, 3)}.")
    return minor(amount.amount, currency)
