"""CSV statements: no two banks write one alike, so a mapping says which column is what.

`guess` proposes a mapping from the file itself, `preview` shows what it makes of the first rows,
and `read_csv` reads. The mapping is kept with the bank account and asked for once.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from billing.treasury.formats.base import (
    MOST_LINES,
    NAME,
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

ENCODINGS = ("utf-8", "cp1252", "utf-16")
DELIMITERS = (",", ";", "\t", "|")
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%Y%m%d")
CELL = 10_000
MOST_ERRORS = 200
MOST_COLUMNS = 100
_HINTS = {
    "date": r"book|buchung|datum|date|valuta",
    "amount": r"amount|betrag|umsatz|montant",
    "debit": r"debit|soll|out|withdraw",
    "credit": r"credit|haben|paid in|deposit",
    "balance": r"balance|saldo",
    "text": r"text|descr|zweck|purpose|detail|memo|narrat",
    "reference": r"refer|end.?to.?end|trace",
    "counterparty": r"name|payee|payer|beguenst|counter|auftrag",
}


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a bank's CSV is read. Columns are named as the heading names them; empty: there is none.

    Either one signed `amount`, or `debit` and `credit`. `skip` lines stand before the heading.
    """

    date: str = ""
    amount: str = ""
    debit: str = ""
    credit: str = ""
    balance: str = ""
    text: str = ""
    reference: str = ""
    counterparty: str = ""
    currency: str = ""
    delimiter: str = ","
    decimal: str = "."
    date_format: str = "%Y-%m-%d"
    encoding: str = "utf-8"
    skip: int = 0
    reverse_sign: bool = False

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """Return a kept mapping; what is not known any more is left out."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in names})

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as it is kept with the account."""
        return asdict(self)

    def columns(self) -> dict[str, str]:
        """Return the columns that are named, by what they mean."""
        return {name: getattr(self, name) for name in (*_HINTS, "currency") if getattr(self, name)}


def guess(data: bytes) -> Mapping:
    """Propose a mapping: an encoding and a delimiter that fit, columns by name, the day's form."""
    encoding = next((name for name in ENCODINGS if _decodes(data, name)), "cp1252")
    head = data.decode(encoding, "replace")[: 64 * 1024]
    lines = head.splitlines()[:30]
    delimiter = max(DELIMITERS, key=lambda sign: sorted(line.count(sign) for line in lines)[-1:])
    skip = _first_heading(lines, delimiter)
    rows = list(csv.reader(lines[skip:], delimiter=delimiter))
    heading = [words(cell, 80) for cell in rows[0]] if rows else []
    found: dict[str, str] = {}
    for name, hint in _HINTS.items():
        free = [column for column in heading if column and column not in found.values()]
        column = next((column for column in free if re.search(hint, column.lower())), "")
        if column:
            found[name] = column
    if "amount" in found:
        found.pop("debit", None)
        found.pop("credit", None)
    sample = _cells(rows[1:], heading, found.get("date", ""))
    amounts = _cells(rows[1:], heading, found.get("amount") or found.get("credit") or "")
    return Mapping.of(
        {
            **found,
            "delimiter": delimiter,
            "encoding": encoding,
            "skip": skip,
            "decimal": "," if any(re.search(r",\d{1,2}$", cell) for cell in amounts) else ".",
            "date_format": next(
                (form for form in DATES if sample and all(_is_day(cell, form) for cell in sample)),
                DATES[0],
            ),
        }
    )


def headings(data: bytes, mapping: Mapping) -> list[str]:
    """Return the names of the file's columns. Raises Unreadable."""
    return next(_rows(data, mapping))[1]


def preview(
    data: bytes, mapping: Mapping, *, currency: str, rows: int = 8
) -> tuple[list[str], list[tuple[list[str], ParsedLine | str]]]:
    """Return the heading and the first rows, each with the line it makes or what is wrong with it.

    Raises Unreadable.
    """
    found = _rows(data, mapping)
    heading = next(found)[1]
    _check(mapping, heading)
    shown: list[tuple[list[str], ParsedLine | str]] = []
    for number, cells in found:
        try:
            made: ParsedLine | str = _line(number, dict(zip(heading, cells)), mapping, currency)  # noqa: B905 - short rows are told below
        except RowUnreadable as error:
            made = str(error)
        shown.append((cells, made))
        if len(shown) == rows:
            break
    return heading, shown


def read_csv(data: bytes, mapping: Mapping, *, currency: str) -> ParsedStatement:
    """Read all rows; what is no line is an error with its row. Raises Unreadable.

    A column of balances is checked row by row, in whichever order the bank lists them.
    """
    found = _rows(data, mapping)
    heading = next(found)[1]
    _check(mapping, heading)
    lines: list[ParsedLine] = []
    errors: list[RowError] = []
    balances: list[int] = []
    for number, cells in found:
        if len(lines) >= MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES} lines. Split it.")
        row = dict(zip(heading, cells))  # noqa: B905 - a short row lacks its amount, and is told
        try:
            line = _line(number, row, mapping, currency)
            if mapping.balance:
                balances.append(minor(_number(row.get(mapping.balance, ""), mapping), currency))
            lines.append(line)
        except RowUnreadable as error:
            errors.append(RowError(number, str(error)))
            if len(errors) > MOST_ERRORS:
                raise Unreadable(
                    f"More than {MOST_ERRORS} rows cannot be read. The first: row "
                    f"{errors[0].row}: {errors[0].problem} Is the mapping right?"
                ) from error
    if not balances or errors:
        return ParsedStatement(lines, errors=errors)
    return _with_balances(lines, balances)


def _with_balances(lines: list[ParsedLine], balances: list[int]) -> ParsedStatement:
    """Return the statement with its balances, oldest line first. Raises Unreadable."""
    amounts = [line.amount_minor for line in lines]
    for order in (1, -1):
        ordered, after = amounts[::order], balances[::order]
        before = after[0] - ordered[0]
        running = [before]
        for amount in ordered:
            running.append(running[-1] + amount)
        if running[1:] == after:
            return ParsedStatement(lines[::order], opening_minor=before, closing_minor=after[-1])
    raise Unreadable(
        "The balances of the file do not follow from its amounts: a row is missing, or the mapping "
        "of the signs is not right. Nothing was kept."
    )


def _line(number: int, row: dict[str, str], mapping: Mapping, currency: str) -> ParsedLine:
    booked = row.get(mapping.date, "").strip()
    if not _is_day(booked, mapping.date_format):
        raise RowUnreadable(f"{words(booked, 30) or 'An empty cell'} is no day of this form.")
    own = words(row.get(mapping.currency, ""), 3).upper() if mapping.currency else currency
    if own != currency:
        raise RowUnreadable(f"The account is in {currency}, the row in {own or 'no currency'}.")
    if mapping.amount:
        amount = _number(row.get(mapping.amount, ""), mapping)
    else:
        out, came = (row.get(name, "") if name else "" for name in (mapping.debit, mapping.credit))
        amount = (_number(came, mapping) if came.strip() else Decimal(0)) - abs(
            _number(out, mapping) if out.strip() else Decimal(0)
        )
    value = minor(-amount if mapping.reverse_sign else amount, currency)
    if value == 0:
        raise RowUnreadable("The amount is zero or missing.")
    return ParsedLine(
        number=number,
        booked_on=_day(booked, mapping.date_format),
        amount_minor=value,
        currency=currency,
        text=words(row.get(mapping.text, ""), TEXT),
        reference=words(row.get(mapping.reference, ""), REFERENCE),
        counterparty=words(row.get(mapping.counterparty, ""), NAME),
    )


def _number(cell: str, mapping: Mapping) -> Decimal:
    """Read an amount: `-1.234,50`, `1,234.50-`, `(12.00)`, with or without a currency's sign."""
    text = cell.replace("\u2212", "-").replace("\xa0", " ").strip()
    negative = text.startswith("(") and text.endswith(")")
    text = re.sub(r"[^0-9.,+-]", "", text)
    if text.endswith(("-", "+")):
        text = text[-1] + text[:-1]
    group = "." if mapping.decimal == "," else ","
    text = text.replace(group, "").replace(mapping.decimal, ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,6})?", text):
        raise RowUnreadable(f"{words(cell, 30) or 'An empty cell'} is no amount.")
    try:
        amount = Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern above is stricter
        raise RowUnreadable(f"{words(cell, 30)} is no amount.") from error
    return -amount if negative else amount


def _rows(data: bytes, mapping: Mapping) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells), the heading first; empty rows are left out. Raises Unreadable."""
    if mapping.encoding not in ENCODINGS or mapping.delimiter not in DELIMITERS:
        raise Unreadable("This encoding or delimiter is not known here.")
    try:
        text = data.decode("utf-8-sig" if mapping.encoding == "utf-8" else mapping.encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"The file is not written in {mapping.encoding}.") from error
    body = io.StringIO(text.replace("\x00", ""), newline="")
    for _ in range(max(0, min(mapping.skip, 100))):
        body.readline()
    reader = csv.reader(body, delimiter=mapping.delimiter)
    some = False
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS or any(len(cell) > CELL for cell in cells):
                raise Unreadable("A row is too long to be a row: is the delimiter right?")
            if any(cell.strip() for cell in cells):
                some = True
                yield mapping.skip + reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Unreadable(f"The file is no CSV: {error}.") from error
    if not some:
        raise Unreadable("The file has no rows.")


def _check(mapping: Mapping, heading: Sequence[str]) -> None:
    missing = [column for column in mapping.columns().values() if column not in heading]
    if missing:
        raise Unreadable(f"The file has no column {missing[0]!r}. Map its columns again.")
    if not mapping.date or not (mapping.amount or mapping.credit or mapping.debit):
        raise Unreadable("Say which column is the day, and which the amount.")
    if mapping.date_format not in DATES:
        raise Unreadable("This form of a day is not known here.")


def _first_heading(lines: Sequence[str], delimiter: str) -> int:
    """Return how many lines stand before the heading: it is the first with the most columns."""
    counts = [len(line.split(delimiter)) for line in lines]
    return counts.index(max(counts)) if counts else 0


def _cells(rows: Sequence[Sequence[str]], heading: Sequence[str], column: str) -> list[str]:
    if column not in heading:
        return []
    at = heading.index(column)
    return [row[at].strip() for row in rows if len(row) > at and row[at].strip()]


def _decodes(data: bytes, encoding: str) -> bool:
    if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_day(cell: str, form: str) -> bool:
    try:
        day = _day(cell, form)
    except ValueError:
        return False
    return 2000 <= day.year <= 2100


def _day(cell: str, form: str) -> date:
    return datetime.strptime(cell, form).date()  # noqa: DTZ007 - a bank's day has no zone
