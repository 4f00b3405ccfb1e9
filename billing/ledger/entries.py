"""Writing entries: one prepared statement, idempotent by (source, kind). Reads no rule.

The ORM is left here for a measured reason (benchmarks, job D): posting is on the path of every
payment, and one statement with arrays does what five round trips did.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from uuid import UUID

import psycopg
from django.db import connection

from accounts.models import Mentor
from billing.ledger.chart import Code, code_of
from billing.ledger.posting import Draft, Subject
from billing.models import Purchase
from kernel.ids import uuid7

# Foreign keys are checked at commit, so an account may be opened by the statement that uses it.
# ON CONFLICT waits for a twin that is being written, then leaves it alone.
_STATEMENT = """
WITH entry AS (
    INSERT INTO billing_entry
        (id, kind, source_type, source_id, occurred_at, posted_at, memo)
    {entries}
    ON CONFLICT (source_type, source_id, kind) DO NOTHING
    RETURNING id
), draft AS (
    {lines}
), opened AS (
    INSERT INTO billing_ledgeraccount (key, code, gateway, currency)
    SELECT DISTINCT account_id, left(account_id, 4),
           CASE WHEN length(account_id) > 8 THEN split_part(account_id, ':', 2) ELSE '' END,
           currency
    FROM draft
    WHERE NOT EXISTS (SELECT FROM billing_ledgeraccount WHERE key = account_id)
    ORDER BY 1
    ON CONFLICT (key) DO NOTHING
), written AS (
    INSERT INTO billing_line
        (entry_id, account_id, mentor_id, purchase_id, amount_minor, currency)
    SELECT entry_id, account_id, mentor_id, purchase_id, amount_minor, currency FROM draft
)
SELECT id FROM entry
"""
_MANY = _STATEMENT.format(
    entries="""SELECT * FROM unnest(
        %s::uuid[], %s::varchar[], %s::varchar[], %s::varchar[], %s::timestamptz[],
        %s::timestamptz[], %s::varchar[])""",
    lines="""SELECT line.* FROM unnest(
        %s::uuid[], %s::varchar[], %s::uuid[], %s::uuid[], %s::bigint[], %s::varchar[])
        AS line (entry_id, account_id, mentor_id, purchase_id, amount_minor, currency)
    JOIN entry ON entry.id = line.entry_id""",
)


_LINES_OF_ONE = """SELECT entry.id AS entry_id, line.* FROM entry, (VALUES {rows})
        AS line (account_id, mentor_id, purchase_id, amount_minor, currency)"""


@cache
def _one(lines: int) -> str:
    """The statement for one entry of so many lines: no arrays to pack, a plan of its own."""
    row = "(%s::varchar, %s::uuid, %s::uuid, %s::bigint, %s::varchar)"
    return _STATEMENT.format(
        entries="VALUES (%s, %s, %s, %s, %s, %s, %s)",
        lines=_LINES_OF_ONE.format(rows=", ".join([row] * lines)),
    )


def post(draft: Draft, *, posted_at: datetime) -> bool:
    """Write one entry; return False where this source and kind were posted before.

    Atomic by itself; call it in the transaction of the fact that it tells. A draft without
    lines is not written.
    """
    if not draft.lines:
        return False
    lock_mentors(_takers([draft]))
    parameters = list(_entry_row(draft, posted_at))
    for line in draft.lines:
        parameters.extend(line)
    written = bool(_execute(_one(len(draft.lines)), parameters))
    if written and (seen := _seen.get()) is not None:
        seen.append(draft)
    return written


def post_all(drafts: Sequence[Draft], *, posted_at: datetime) -> int:
    """Write many entries in one statement; return how many were new. Empty ones are skipped."""
    rows = [(_entry_row(draft, posted_at), draft) for draft in drafts if draft.lines]
    if not rows:
        return 0
    lock_mentors(_takers(drafts))
    entries = [entry for entry, _ in rows]
    lines: list[Row] = [(entry[0], *line) for entry, draft in rows for line in draft.lines]
    written = _execute(_MANY, [*_columns(entries), *_columns(lines)])
    if (seen := _seen.get()) is not None:
        new = {entry_id for (entry_id,) in written}
        seen.extend(draft for entry, draft in rows if entry[0] in new)
    return len(written)


_seen: ContextVar[list[Draft] | None] = ContextVar("entries_seen", default=None)


@contextmanager
def watching() -> Iterator[list[Draft]]:
    """Collect the drafts that are written in this block, in their order; twins are left out."""
    seen: list[Draft] = []
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


# Note [The mentor's lock]: a payout may not take 2120 below zero (I7), so nobody may take from it
# between a payout's look at the balance and its entry. Whoever posts to 2120 therefore locks the
# mentors first, all at once and in the order of their ids, as the last lock of all. Lines of one
# mentor get their ids under it, so that their order is the order of what happened.
def lock_mentors(mentor_ids: Iterable[UUID]) -> None:
    """Take the locks on these mentors' money, until the transaction ends."""
    wanted = list(mentor_ids)
    if wanted:
        rows = Mentor.objects.select_for_update(no_key=True).filter(pk__in=wanted)
        list(rows.order_by("pk").values_list("pk", flat=True))


def _takers(drafts: Iterable[Draft]) -> set[UUID]:
    """Return the mentors whose available money the drafts move."""
    return {
        line.mentor_id
        for draft in drafts
        for line in draft.lines
        if line.mentor_id is not None and code_of(line.account) is Code.MENTOR_AVAILABLE
    }


type Row = tuple[object, ...]


def _entry_row(draft: Draft, posted_at: datetime) -> Row:
    """Return the draft as a row of the entries, under a new id."""
    return (
        uuid7(),
        draft.kind,
        draft.source_type,
        draft.source_id,
        draft.occurred_at,
        posted_at,
        draft.memo,
    )


def _columns(rows: list[Row]) -> Iterable[list[object]]:
    return (list(column) for column in zip(*rows, strict=True))


def _execute(statement: str, parameters: Sequence[object]) -> list[tuple[UUID]]:
    """Run the statement prepared, on Django's own connection and in its transaction.

    Django's cursors bind on the client's side, which never prepares.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, parameters, prepare=True)
        return cursor.fetchall()


def subject_of(*, purchase: Purchase, gateway: str) -> Subject:
    """Return whose money a posting moves. `purchase` is locked, or its state could pass."""
    return Subject(
        purchase_id=purchase.pk,
        mentor_id=purchase.mentor_id,
        currency=purchase.currency,
        gateway=gateway,
        recognised=purchase.recognised_at is not None,
        released=purchase.released_at is not None,
    )
