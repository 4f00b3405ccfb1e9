"""The journal on its way out, in the form that was asked for: read, written, never held whole."""

from collections.abc import Iterator
from datetime import UTC, datetime

from billing.ledger import hledger, journal, journal_csv, seals
from billing.ledger.totals import account_totals

FORMATS = {"hledger": "text/plain", "csv": "text/csv"}
SUFFIXES = {"hledger": "journal", "csv": "csv"}


def journal_file_name(form: str, *, as_of: datetime | None) -> str:
    """Return such as `journal-2027-03-31.journal`, or `journal.csv` where it is of now."""
    day = f"-{as_of.astimezone(UTC):%Y-%m-%dT%H%M%SZ}" if as_of else ""
    return f"journal{day}.{SUFFIXES[form]}"


def export_journal(
    *, form: str, now: datetime, as_of: datetime | None = None, since: datetime | None = None
) -> Iterator[str]:
    """Return the pieces of the file. With `as_of` that instant is sealed first (see `seals`).

    Raises NotYet and BooksBusy at once, not while the file is written.
    """
    if as_of is not None:
        seals.seal(as_of=as_of, now=now)
    entries = journal.read(as_of=as_of, since=since)
    if form == "csv":
        return journal_csv.rows(entries)
    return _plain_text(entries, as_of=as_of, since=since)


def _plain_text(
    entries: Iterator[journal.JournalEntry], *, as_of: datetime | None, since: datetime | None
) -> Iterator[str]:
    when = f", as of {as_of.astimezone(UTC).isoformat()}" if as_of else ""
    accounts = [total.account for total in account_totals(as_of=as_of)]
    yield from hledger.declarations(accounts=accounts, title=f"Counterfoil's journal{when}")
    if since is not None:
        before = account_totals(as_of=as_of, until=since)
        balances = {total.account: total.balance_minor for total in before}
        yield from hledger.opening(balances=balances, at=since)
    yield from hledger.transactions(entries)
