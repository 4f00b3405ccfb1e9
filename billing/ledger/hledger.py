"""The journal as plain-text accounting that `hledger` reads: an independent proof. Pure text.

Every account and commodity is declared, so `hledger check --strict` holds. An account is named
by its statement, code and name; where there is one at each gateway, by that too.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from billing.ledger.chart import CHART, Kind, code_of
from billing.ledger.journal import JournalEntry, JournalLine
from kernel.money import exponent

_TOP = {
    Kind.ASSET: ("Assets", "A"),
    Kind.LIABILITY: ("Liabilities", "L"),
    Kind.INCOME: ("Income", "R"),
    Kind.EXPENSE: ("Expenses", "X"),
    Kind.TRADING: ("Equity:Trading", "E"),
}


def account_name(account: str) -> str:
    """Return such as `Assets:1100 Gateway clearing:stripe`; the currency is the commodity's."""
    row = CHART[code_of(account)]
    top, _ = _TOP[row.kind]
    gateway = account[5:-4]
    name = f"{top}:{row.code} {row.name}"
    return f"{name}:{gateway}" if gateway else name


def amount_text(amount_minor: int, currency: str) -> str:
    """Return such as `USD -81.80`, `JPY 5000`, `KWD 1.250`."""
    digits = exponent(currency)
    whole, part = divmod(abs(amount_minor), 10**digits)
    sign = "-" if amount_minor < 0 else ""
    return f"{currency} {sign}{whole}" + (f".{part:0{digits}d}" if digits else "")


def declarations(*, accounts: Iterable[str], title: str) -> Iterator[str]:
    """Yield the head of a journal: what it is, its commodities with their digits, its accounts."""
    keys = sorted(set(accounts))
    yield f"; {title}\n"
    yield "decimal-mark .\n\n"
    for currency in sorted({account[-3:] for account in keys}):
        yield f"commodity {currency} 1000.{'0' * exponent(currency)}\n"
    yield "\n"
    named = {account_name(account): CHART[code_of(account)] for account in keys}
    for name in sorted(named, key=lambda name: (named[name].code, name)):
        yield f"account {name}  ; type:{_TOP[named[name].kind][1]}\n"


def opening(*, balances: Mapping[str, int], at: datetime) -> Iterator[str]:
    """Yield the balances that a journal of later entries begins with, as one transaction."""
    left = {account: minor for account, minor in balances.items() if minor}
    if left:
        yield f"\n{at.astimezone(UTC):%Y-%m-%d} * Opening balances  ; opening:\n"
        for account, minor in sorted(left.items()):
            yield _posting(JournalLine(account, None, None, minor, account[-3:]))


def transactions(entries: Iterable[JournalEntry]) -> Iterator[str]:
    """Yield each entry as a transaction: the date is the booked one, the second the posted one.

    Tags name the source, the mentor and the purchase; `occurred` where it is another day.
    """
    for entry in entries:
        booked, posted = (_day(at) for at in (entry.booked_at, entry.posted_at))
        tags = [f"source:{_tag(entry.source)}", f"kind:{entry.kind}", f"entry:{entry.id}"]
        if _day(entry.occurred_at) != booked:
            tags.append(f"occurred:{_day(entry.occurred_at)}")
        words = _words(f"{entry.event} | {entry.memo}" if entry.memo else entry.event)
        yield f"\n{booked}={posted} * {words}  ; {', '.join(tags)}\n"
        for line in entry.lines:
            yield _posting(line)


def _posting(line: JournalLine) -> str:
    tags = [
        f"{name}:{value}"
        for name, value in (("mentor", line.mentor), ("purchase", line.purchase))
        if value
    ]
    amount = amount_text(line.amount_minor, line.currency)
    return f"    {account_name(line.account)}  {amount}" + (
        f"  ; {', '.join(tags)}\n" if tags else "\n"
    )


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _words(text: str) -> str:
    """Return text in which nothing begins a comment or a line, or ends a description."""
    return " ".join("".join(" " if not c.isprintable() or c == ";" else c for c in text).split())


def _tag(text: str) -> str:
    """Return text in which nothing ends a tag's value."""
    return _words(text).replace(",", " ")
