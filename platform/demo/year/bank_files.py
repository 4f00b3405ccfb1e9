"""A bank's statement in three forms, as the demo's three accounts send it: CSV, MT940, CAMT.053.

Written by hand from the formats' descriptions, as small as a bank's own files may be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from billing.treasury.formats import Mapping

CSV_MAPPING = Mapping(
    date="Date", amount="Amount", balance="Balance", text="Description", date_format="%m/%d/%Y"
)


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a statement; what came in is positive."""

    day: date
    amount_minor: int
    text: str


def csv(_number: str, opening_minor: int, movements: Sequence[Movement]) -> str:
    """An American bank's export: months first, a balance after each line."""
    rows, balance = ["Date,Description,Amount,Balance"], opening_minor
    for one in movements:
        balance += one.amount_minor
        rows.append(f'{one.day:%m/%d/%Y},"{one.text}",{_plain(one.amount_minor)},{_plain(balance)}')
    return "\n".join(rows) + "\n"


def mt940(number: str, opening_minor: int, movements: Sequence[Movement]) -> str:
    """SWIFT's old form, decimals after a comma."""
    first, last = movements[0].day, movements[-1].day
    closing = opening_minor + sum(one.amount_minor for one in movements)
    rows = [":20:STATEMENT", f":25:{number}", f":28C:{last:%j}/1"]
    rows.append(f":60F:{_side(opening_minor)}{first:%y%m%d}GBP{_comma(opening_minor)}")
    for one in movements:
        side = _side(one.amount_minor)
        rows.append(f":61:{one.day:%y%m%d%m%d}{side}{_comma(one.amount_minor)}NTRFNONREF")
        rows += [f":86:{one.text}"]
    rows.append(f":62F:{_side(closing)}{last:%y%m%d}GBP{_comma(closing)}")
    return "\n".join(rows) + "\n"


def camt(number: str, opening_minor: int, movements: Sequence[Movement]) -> str:
    """ISO 20022's statement, version 8."""
    first, last = movements[0].day, movements[-1].day
    closing = opening_minor + sum(one.amount_minor for one in movements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>{number}</IBAN></Id></Acct>"
        + _camt_balance("OPBD", opening_minor, first)
        + _camt_balance("CLBD", closing, last)
        + "".join(
            f"<Ntry>{_camt_amount(one.amount_minor)}<Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{one.day}</Dt></BookgDt><NtryDtls><TxDtls><RmtInf>"
            f"<Ustrd>{escape(one.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
            for one in movements
        )
        + "</Stmt></BkToCstmrStmt></Document>"
    )


def _camt_balance(code: str, minor: int, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_camt_amount(minor)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _camt_amount(minor: int) -> str:
    side = "DBIT" if minor < 0 else "CRDT"
    return f'<Amt Ccy="EUR">{_plain(abs(minor))}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _side(minor: int) -> str:
    return "D" if minor < 0 else "C"


def _comma(minor: int) -> str:
    return _plain(abs(minor)).replace(".", ",")


def _plain(minor: int) -> str:
    """The three currencies all have two decimals."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}"
