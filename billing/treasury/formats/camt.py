"""CAMT.053 (ISO 20022), read by the standard library behind two walls. Knows no bank by name.

No kept parser of it is on PyPI that does only this: the known ones bring pandas or lxml. The first
wall is a pass of expat alone, which refuses any document type (and with it every entity) and any
depth or number of elements that no statement has; only then is a tree built.
"""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.parsers import expat

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

DEEPEST = 40
MOST_ELEMENTS = 60 * MOST_LINES // 2


def read_camt(data: bytes, *, currency: str) -> ParsedStatement:
    """Read the booked entries of every statement in the file. Raises Unreadable."""
    _refuse_hostile(data)
    try:
        root = ET.fromstring(data)  # noqa: S314 - no entity can be in it
    except ET.ParseError as error:
        raise Unreadable(f"The file is no XML: {error}.") from error
    statements = [node for node in root.iter() if _name(node) == "Stmt"]
    if not statements:
        raise Unreadable("The file is no CAMT.053: it has no statement (Stmt).")
    parsed = [_statement(node, currency) for node in statements]
    lines = [line for each in parsed for line in each.lines]
    if len(lines) > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES} lines. Split it.")
    for earlier, later in itertools.pairwise(parsed):
        if None not in (earlier.closing_minor, later.opening_minor) and (
            earlier.closing_minor != later.opening_minor
        ):
            raise Unreadable("One statement of the file does not begin where the last one ended.")
    return ParsedStatement(
        lines=[_numbered(line, number) for number, line in enumerate(lines, start=1)],
        opening_minor=parsed[0].opening_minor,
        closing_minor=parsed[-1].closing_minor,
        account=parsed[0].account,
        errors=[error for each in parsed for error in each.errors],
    )


def _refuse_hostile(data: bytes) -> None:
    """Refuse document types, entities, and shapes that no statement has. Raises Unreadable."""
    depth = count = 0

    def refuse(*_: object) -> None:
        raise Unreadable("The file defines a document type or entities. No bank's statement does.")

    def open_(_name: str, _attributes: object) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise Unreadable("The file is nested or long beyond any statement.")

    def close(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = open_
    parser.EndElementHandler = close
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # an unknown encoding, too
        raise Unreadable(f"The file is no XML: {error}.") from error


def _statement(node: ET.Element, currency: str) -> ParsedStatement:
    lines: list[ParsedLine] = []
    errors: list[RowError] = []
    for number, entry in enumerate(_children(node, "Ntry"), start=1):
        if _status(entry) not in ("BOOK", ""):
            continue  # announced, not booked
        try:
            lines.extend(_entry(number, entry, currency))
        except RowUnreadable as error:
            errors.append(RowError(number, str(error)))
    balances = {_text(each, "Tp/CdOrPrtry/Cd"): each for each in _children(node, "Bal")}
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    account = _text(node, "Acct/Id/IBAN") or _text(node, "Acct/Id/Othr/Id")
    try:
        return ParsedStatement(
            lines=lines,
            opening_minor=None if opening is None else _amount(opening, currency),
            closing_minor=None if closing is None else _amount(closing, currency),
            account=words(account, 40),
            errors=errors,
        )
    except RowUnreadable as error:
        raise Unreadable(f"A balance of the file cannot be read: {error}") from error


def _entry(number: int, entry: ET.Element, currency: str) -> Iterator[ParsedLine]:
    """Yield the entry as one line; what its details say is its text."""
    booked = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm")[:10]
    try:
        day = date.fromisoformat(booked)
    except ValueError as error:
        raise RowUnreadable(f"{words(booked, 30) or 'Nothing'} is no day.") from error
    value = _amount(entry, currency)
    if value == 0:
        raise RowUnreadable("The amount is zero.")
    details = [node for node in entry.iter() if _name(node) == "TxDtls"]
    texts = [node.text or "" for node in entry.iter() if _name(node) in ("Ustrd", "AddtlNtryInf")]
    references = [_text(entry, "AcctSvcrRef"), _text(entry, "NtryRef")]
    for detail in details:
        references += [_text(detail, f"Refs/{name}") for name in ("EndToEndId", "AcctSvcrRef")]
    parties = [node for node in entry.iter() if _name(node) in ("Dbtr", "Cdtr", "UltmtDbtr")]
    names = [_text(party, "Nm") or _text(party, "Pty/Nm") for party in parties]
    known = [each for each in references if each and each != "NOTPROVIDED"]
    yield ParsedLine(
        number=number,
        booked_on=day,
        amount_minor=value,
        currency=currency,
        text=words(" ".join([*texts, *known[1:]]), TEXT),
        reference=words(known[0] if known else "", REFERENCE),
        counterparty=words(next((name for name in names if name), ""), NAME),
    )


def _amount(node: ET.Element, currency: str) -> int:
    found = next(iter(_children(node, "Amt")), None)
    if found is None:
        raise RowUnreadable("It has no amount.")
    if found.get("Ccy") != currency:
        raise RowUnreadable(f"The account is in {currency}, this in {words(found.get('Ccy'), 3)}.")
    try:
        amount = Decimal((found.text or "").strip())
    except InvalidOperation as error:
        raise RowUnreadable("The amount is no number.") from error
    if not amount.is_finite() or amount < 0:
        raise RowUnreadable("The amount is no number.")
    side = _text(node, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise RowUnreadable("It does not say whether money came or went.")
    return minor(amount if side == "CRDT" else -amount, currency)


def _numbered(line: ParsedLine, number: int) -> ParsedLine:
    return ParsedLine(
        number,
        line.booked_on,
        line.amount_minor,
        line.currency,
        line.text,
        line.reference,
        line.counterparty,
    )


def _status(entry: ET.Element) -> str:
    """Return the status: a code inside (version 8 on) or the text itself."""
    return _text(entry, "Sts/Cd") or _text(entry, "Sts")


def _name(node: ET.Element) -> str:
    """Return the tag without its namespace, which names the version."""
    return node.tag.rpartition("}")[2]


def _children(node: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in node if _name(child) == name)


def _text(node: ET.Element, path: str) -> str:
    """Return the text at a path of names, or nothing."""
    here: ET.Element | None = node
    for name in path.split("/"):
        if here is None:
            return ""
        here = next(_children(here, name), None)
    return "" if here is None else (here.text or "").strip()
