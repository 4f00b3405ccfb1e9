"""Writing entries, idempotent by (source, kind): one statement for one, COPY for many.

The ORM is left here for a measured reason (benchmarks, job D): posting is on the path of every
payment, and one prepared statement does what five round trips did. Reads no rule.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError, connection, transaction

from accounts.models import Mentor
from billing.ledger.chart import Code, code_of, family_of
from billing.ledger.posting import Draft, Subject
from billing.models import Purchase
from kernel.ids import uuid7
from kernel.prepared import cursor, execute

type Row = tuple[object, ...]

# From so many entries on, COPY is worth its four round trips more.
COPIED_FROM = 16

_ENTRY = "(id, kind, source_type, source_id, memo, occurred_at, posted_at, booked_at)"
_LINE = "(entry_id, account_id, mentor_id, purchase_id, amount_minor, currency)"

# Note [Where an entry is booked]: three dates. `occurred_at` is when it happened, and decides
# nothing here. `booked_at` is when it counts: when it happened, or, where finance has closed that
# period, the first instant that is open, so that late facts are posted forward and never fail.
# `posted_at` is when the books learned of it: now, or the last seal, where "now" was read before
# the seal was set. A trigger refuses whatever would land behind either line; both lines hold
# postings still while they move (`billing.ledger.seals`, `periods`), so nobody looks too early.
_CLOSED_UNTIL = "(SELECT max(until) FROM billing_periodclose WHERE approved_at IS NOT NULL)"
_SEALED_UNTIL = "(SELECT max(as_of) FROM billing_seal)"

# ON CONFLICT waits for a twin that is being written, then leaves it alone.
_MANY = f"""
WITH entry AS (
    INSERT INTO billing_entry {_ENTRY}
    SELECT id, kind, source_type, source_id, memo, occurred_at,
           greatest(posted_at, {_SEALED_UNTIL}), greatest(occurred_at, {_CLOSED_UNTIL})
    FROM unnest($1::uuid[], $2::varchar[], $3::varchar[], $4::varchar[], $5::varchar[],
                $6::timestamptz[], $7::timestamptz[])
         AS entry (id, kind, source_type, source_id, memo, occurred_at, posted_at)
    ON CONFLICT (source_type, source_id, kind) DO NOTHING
    RETURNING id
), written AS (
    INSERT INTO billing_line {_LINE}
    SELECT line.* FROM unnest($8::uuid[], $9::varchar[], $10::uuid[], $11::uuid[],
                              $12::bigint[], $13::varchar[]) AS line {_LINE}
    JOIN entry ON entry.id = line.entry_id
)
SELECT array(SELECT id FROM entry)
"""  # noqa: S608 - constants

# Foreign keys are checked at the end of the transaction, so what uses an account may open it.
_OPEN = """
INSERT INTO billing_ledgeraccount (key, code, gateway, currency)
SELECT * FROM unnest($1::varchar[], $2::varchar[], $3::varchar[], $4::varchar[])
ON CONFLICT (key) DO NOTHING
"""


@cache
def _one(lines: int) -> str:
    """The statement for one entry of so many lines of one mentor, purchase and currency.

    No arrays to pack, nothing said twice. Answers how many it wrote, and how many of the lines'
    accounts are there.
    """
    accounts = [f"${number}" for number in range(11, 11 + lines)]
    amounts = [f"${number}::bigint" for number in range(11 + lines, 11 + 2 * lines)]
    pairs = ", ".join(
        f"({account}::varchar, {amount})" for account, amount in zip(accounts, amounts, strict=True)
    )
    return f"""
WITH entry AS (
    INSERT INTO billing_entry {_ENTRY} VALUES (
        $1, $2, $3, $4, $5, $6,
        greatest($7, {_SEALED_UNTIL}), greatest($6, {_CLOSED_UNTIL}))
    ON CONFLICT (source_type, source_id, kind) DO NOTHING
    RETURNING id
), written AS (
    INSERT INTO billing_line {_LINE}
    SELECT entry.id, line.account_id, $8::uuid, $9::uuid, line.amount_minor, $10::varchar
    FROM entry, (VALUES {pairs}) AS line (account_id, amount_minor)
)
SELECT (SELECT count(*) FROM entry),
       (SELECT count(*) FROM billing_ledgeraccount WHERE key IN ({", ".join(accounts)}))
"""  # noqa: S608 - constants


def post(draft: Draft, *, posted_at: datetime) -> bool:
    """Write one entry; return False where this source and kind were posted before.

    Atomic by itself; call it in the transaction of the fact that it tells. A draft without
    lines is not written.
    """
    if not draft.lines:
        return False
    subjects = {(line.mentor_id, line.purchase_id, line.currency) for line in draft.lines}
    if len(subjects) > 1:
        return bool(post_all([draft], posted_at=posted_at))
    accounts = [line.account for line in draft.lines]
    amounts = [line.amount_minor for line in draft.lines]
    parameters = (*_entry_row(draft, posted_at), *subjects.pop(), *accounts, *amounts)
    with transaction.atomic(savepoint=False):
        lock_mentors(_takers([draft]))
        written, known = execute(_one(len(amounts)), parameters)
        if known < len(set(accounts)):
            _open(accounts)
    if written and (seen := _seen.get()) is not None:
        seen.append(draft)
    return bool(written)


def post_all(drafts: Sequence[Draft], *, posted_at: datetime) -> int:
    """Write many entries at once; return how many were new. Empty ones are skipped."""
    rows = [(_entry_row(draft, posted_at), draft) for draft in drafts if draft.lines]
    if not rows:
        return 0
    entries = [entry for entry, _ in rows]
    lines: list[Row] = [(entry[0], *line) for entry, draft in rows for line in draft.lines]
    new: Iterable[object] = [entry[0] for entry in entries]
    with transaction.atomic(savepoint=False):
        lock_mentors(_takers(drafts))
        if len(rows) < COPIED_FROM or not _copied(entries, lines):
            [new] = execute(_MANY, [*_columns(entries), *_columns(lines)])
        _open(line.account for draft in drafts for line in draft.lines)
    written = set(new)
    if (seen := _seen.get()) is not None:
        seen.extend(draft for entry, draft in rows if entry[0] in written)
    return len(written)


def _open(accounts: Iterable[str]) -> None:
    """Have these accounts, and with them all of their currency, in one order for everybody.

    Else two transactions that open one account after the other could wait for each other.
    """
    rows = {row for account in set(accounts) for row in family_of(account)}
    execute(_OPEN, [list(column) for column in zip(*sorted(rows), strict=True)])


def _copied(entries: list[Row], lines: list[Row]) -> bool:
    """Write all of them by COPY; False, and nothing written, where one was posted before."""
    try:
        with transaction.atomic():
            # The lock of every INSERT, taken early: the lines stay while the rows are on their way.
            execute("LOCK TABLE billing_entry IN ROW EXCLUSIVE MODE", [])
            closed, sealed = execute(f"SELECT {_CLOSED_UNTIL}, {_SEALED_UNTIL}", [])
            dated = (
                (*facts, occurred, _later(posted, sealed), _later(occurred, closed))
                for *facts, occurred, posted in entries
            )
            _copy(f"COPY billing_entry {_ENTRY} FROM STDIN", dated)
            _copy(f"COPY billing_line {_LINE} FROM STDIN", lines)
    except IntegrityError as error:
        if _constraint(error) != "billing_entry_once":
            raise
        return False
    return True


def _later(at: Any, line: datetime | None) -> Any:
    return at if line is None else max(at, line)


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


def _entry_row(draft: Draft, posted_at: datetime) -> Row:
    """Return the draft as a row of the entries, under a new id."""
    return (
        uuid7(),
        draft.kind,
        draft.source_type,
        draft.source_id,
        draft.memo,
        draft.occurred_at,
        posted_at,
    )


def _columns(rows: list[Row]) -> Iterable[list[object]]:
    return (list(column) for column in zip(*rows, strict=True))


def _copy(statement: str, rows: Iterable[Row]) -> None:
    with connection.wrap_database_errors, cursor() as own, own.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _constraint(error: IntegrityError) -> str | None:
    """Return the name of the constraint that refused."""
    cause = error.__cause__
    return cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None


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
