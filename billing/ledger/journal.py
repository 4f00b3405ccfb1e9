"""The whole journal, entry by entry, read as a stream: its size is not its reader's memory.

One statement, so one snapshot: entries that are posted meanwhile are in it whole or not at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from billing.ledger.sources import event_name, source_name
from kernel.ids import public_id

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One side of an entry: a debit is positive."""

    account: str
    mentor_id: UUID | None
    purchase_id: UUID | None
    amount_minor: int
    currency: str

    @property
    def mentor(self) -> str:
        return public_id("mtr", self.mentor_id) if self.mentor_id else ""

    @property
    def purchase(self) -> str:
        return public_id("pur", self.purchase_id) if self.purchase_id else ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An entry with its lines, in the order of posting."""

    id: UUID
    kind: str
    source_type: str
    source_id: str
    memo: str
    occurred_at: datetime
    booked_at: datetime
    posted_at: datetime
    lines: tuple[JournalLine, ...]

    @property
    def event(self) -> str:
        return event_name(self.source_type, self.kind)

    @property
    def source(self) -> str:
        return source_name(self.source_type, self.source_id)


_ENTRIES = """
    SELECT entry.id, kind, source_type, source_id, memo, occurred_at, booked_at, posted_at,
           account_id, mentor_id, purchase_id, amount_minor, currency
    FROM billing_entry entry JOIN billing_line line ON line.entry_id = entry.id
    WHERE (%(as_of)s::timestamptz IS NULL OR posted_at < %(as_of)s)
      AND (%(since)s::timestamptz IS NULL OR booked_at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR booked_at < %(until)s)
    ORDER BY booked_at, entry.id, line.id
"""


def read(
    *, as_of: datetime | None = None, since: datetime | None = None, until: datetime | None = None
) -> Iterator[JournalEntry]:
    """Yield what was posted before `as_of` and is booked in [since, until), by date and id."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ENTRIES, {"as_of": as_of, "since": since, "until": until})
        for _, rows in groupby(_rows(cursor), key=itemgetter(0)):
            yield _entry(list(rows))


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def _entry(rows: list[tuple[Any, ...]]) -> JournalEntry:
    lines = tuple(JournalLine(*row[8:]) for row in rows)
    entry_id, kind, source_type, source_id, memo, occurred_at, booked_at, posted_at = rows[0][:8]
    return JournalEntry(
        entry_id, kind, source_type, source_id, memo, occurred_at, booked_at, posted_at, lines
    )


def accounts_of(entries: Iterable[JournalEntry]) -> list[str]:
    """Return the keys of all accounts that the entries move, in their order."""
    return sorted({line.account for entry in entries for line in entry.lines})
