"""The journal as CSV, one row a line: text cells never begin a formula, numbers are numbers."""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from billing.ledger.chart import name_of
from billing.ledger.journal import JournalEntry
from kernel.backoffice.exports import decimal_amount, safe_cell

HEADINGS = (
    "Booked on", "Occurred at", "Posted at", "Entry", "Event", "Source", "Memo", "Account",
    "Name", "Gateway", "Currency", "Debit", "Credit", "Mentor", "Purchase",
)  # fmt: skip


class _Echo:
    """What the writer writes is what it returns."""

    def write(self, row: str) -> str:
        return row


def rows(entries: Iterable[JournalEntry]) -> Iterator[str]:
    """Yield the file, line by line; instants are in UTC."""
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow(HEADINGS)
    for entry in entries:
        head = (
            entry.booked_at.astimezone(UTC).date().isoformat(),
            _instant(entry.occurred_at),
            _instant(entry.posted_at),
            str(entry.id),
            entry.event,
            entry.source,
            entry.memo,
        )
        for line in entry.lines:
            amount = decimal_amount(abs(line.amount_minor), line.currency)
            cells = (
                *head,
                line.account[:4],
                name_of(line.account),
                line.account[5:-4],
                line.currency,
                amount if line.amount_minor > 0 else "",
                amount if line.amount_minor < 0 else "",
                line.mentor,
                line.purchase,
            )
            yield writer.writerow([safe_cell(cell) for cell in cells])


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
