"""Bring the gateway's movements in, as they are. Interprets nothing but our ids.

A row that the gateway shows as it did before is not stored again: the run only notes that it saw
it again. So a run's rows are those it stored and those it saw again (the view `billing_listing`).
"""

import json
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import batched, chain
from threading import Lock
from typing import IO

import psycopg
from django.db import connection, transaction
from psycopg import sql

from billing.gateways.base import BalanceTransaction, Gateway
from billing.gateways.payees import row_id
from billing.models import GatewayTransaction, ReconciliationRun
from kernel.errors import Invalid

BATCH = 1000
BLOCK = 1 << 20
MANY = 10_000

_TYPES = {
    "transaction_id": "text",
    "category": "text",
    "source_id": "text",
    "payment_ref": "uuid",
    "refund_ref": "uuid",
    "intent_id": "text",
    "payout_ref": "uuid",
    "transfer_id": "text",
    "amount_minor": "bigint",
    "fee_minor": "bigint",
    "net_minor": "bigint",
    "refunded_minor": "bigint",
    "currency": "text",
    "occurred_at": "timestamptz",
}
COLUMNS = tuple(_TYPES)
NEEDED = frozenset(COLUMNS) - {"payment_ref", "refund_ref", "payout_ref", "refunded_minor"}
_NAMES = ", ".join(COLUMNS)
_SAME = ", ".join(f"known.{name}" for name in COLUMNS)
_GIVEN = ", ".join(f"given.{name}" for name in COLUMNS)

# What the plans of the matching are chosen by; few pages tell it as well as all of them.
_WEIGHED = "run_id, gateway, transaction_id, category, source_id, transfer_id, occurred_at"

# Pages shift while they are read, so a batch may name a movement twice. Compared with what is known
# within the days of what is given: the table's index by days is small and there is no other.
_STORE = f"""
WITH given AS MATERIALIZED (SELECT DISTINCT * FROM ({{given}}) AS row), known AS (
    SELECT known.id, known.run_id, known.occurred_at, given.transaction_id FROM given
    JOIN billing_gatewaytransaction known ON known.gateway = %(gateway)s
     AND known.transaction_id = given.transaction_id
     AND known.occurred_at BETWEEN (SELECT min(occurred_at) FROM given)
                               AND (SELECT max(occurred_at) FROM given)
     AND ({_SAME}) IS NOT DISTINCT FROM ({_GIVEN})
), again AS (
    INSERT INTO billing_seenagain (run_id, transaction_ids, since, until)
    SELECT %(run)s, array_agg(DISTINCT id), min(occurred_at), max(occurred_at)
    FROM known WHERE run_id <> %(run)s
    HAVING count(*) > 0
)
INSERT INTO billing_gatewaytransaction (run_id, gateway, {_NAMES})
SELECT %(run)s, %(gateway)s, {_NAMES} FROM given
WHERE NOT EXISTS (SELECT FROM known WHERE known.transaction_id = given.transaction_id)
"""  # noqa: S608 - constants
_TYPED = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
_BATCH = _STORE.format(
    given=f"SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row({_TYPED})"  # noqa: S608 - constants
)


def import_rows(
    *, run: ReconciliationRun, gateway: Gateway, since: datetime, until: datetime
) -> int:
    """Store every movement created in [since, until) and note that `run` saw it.

    Each batch is a transaction of its own and the gateway is called between them; a run that
    dies half-way leaves rows that the next one finds already there. Returns how many came.
    Raises GatewayUnavailable.
    """
    count = 0
    movements = gateway.balance_transactions(since=since, until=until)
    for batch in batched(movements, BATCH):
        rows = json.dumps(list(_rows(iter(batch))))
        with transaction.atomic(), connection.cursor() as cursor:
            _queue(run)
            cursor.execute(_BATCH, {"rows": rows, "gateway": run.gateway, "run": run.pk})
        count += len(batch)
    return count


def import_file(*, run: ReconciliationRun, file: IO[bytes]) -> int:
    """Store the movements of a CSV file whose first line names our columns; return how many came.

    Amounts are minor units, instants ISO 8601, references our rows' ids. COPY reads it: a bad line
    stores nothing. Raises Invalid.
    """
    names = file.readline().decode("utf-8", "replace").strip().split(",")
    if len(set(names)) != len(names) or not NEEDED <= set(names) <= set(COLUMNS):
        raise Invalid(
            f"The first line must name these columns: {', '.join(COLUMNS)}.", pointer="/file"
        )
    on_two = not connection.in_atomic_block
    with transaction.atomic():
        _queue(run)
        if GatewayTransaction.objects.filter(gateway=run.gateway).exists():
            count = _merge(run=run, file=file, names=names)
        else:
            count = _append(run=run, file=file, names=names, on_two=on_two)
    if count > MANY:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL default_statistics_target = 20")
            cursor.execute(f"ANALYZE billing_gatewaytransaction ({_WEIGHED})")
    return count


def _queue(run: ReconciliationRun) -> None:
    """Wait until what others bring in of this gateway is committed or undone; nobody else begins
    before this transaction ends. Each looks at what is known, and two at once would both store it.
    """
    with connection.cursor() as cursor:
        name = f"billing.reconciliation.import:{run.gateway}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _merge(*, run: ReconciliationRun, file: IO[bytes], names: list[str]) -> int:
    """Store what is not known yet of a file."""
    table = f"given_{uuid.uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {table} ON COMMIT DROP AS "  # noqa: S608 - constants
            f"SELECT {_NAMES} FROM billing_gatewaytransaction LIMIT 0"
        )
        count = _copy(table, names, _blocks(file, b""))
        given = f"SELECT * FROM {table}"  # noqa: S608 - constants
        cursor.execute(_STORE.format(given=given), {"gateway": run.gateway, "run": run.pk})
        cursor.execute(f"DROP TABLE {table}")
    return count


def _append(*, run: ReconciliationRun, file: IO[bytes], names: list[str], on_two: bool) -> int:
    """Store a file of a gateway of which nothing is known; a large one on two cores."""
    blocks = _blocks(file, f"{run.pk.hex},{run.gateway},".encode())
    first = next(blocks, b"")
    drawn = Drawn(chain([first], blocks))
    copy = partial(_copy, "billing_gatewaytransaction", ["run_id", "gateway", *names], drawn)
    return _both(copy) if on_two and len(first) >= BLOCK else copy()


def _both(copy: Callable[[], int]) -> int:
    """Copy on this connection and on a second one; what fails on either is undone on both.

    The server reads a COPY on one core. The second commits when both have read to the end, the
    caller's transaction after it; were the machine to stop between the two, half of the rows would
    stand, which the next run finds there.
    """
    verdict: Future[None] = Future()

    def beside() -> int:
        try:
            with transaction.atomic():
                count = copy()
                verdict.result()
            return count
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        other = pool.submit(beside)
        try:
            count = copy()
        except BaseException as error:
            verdict.set_exception(error)
            raise
        verdict.set_result(None)
        return count + other.result()


class Drawn:
    """Blocks that each thread draws the next of; after one that cannot be read there is none."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._lock = Lock()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self._lock:
            return next(self._blocks)


def _copy(table: str, columns: list[str], blocks: Iterator[bytes]) -> int:
    texts = [name for name in columns if _TYPES.get(name) == "text"]
    options = "COPY {} ({}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({}))"
    statement = sql.SQL(options).format(
        sql.Identifier(table),
        *(sql.SQL(", ").join(map(sql.Identifier, each)) for each in (columns, texts)),
    )
    try:
        with connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for block in blocks:
                    copy.write(block)
            return int(cursor.rowcount)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        said = error.diag.message_primary
        raise Invalid(f"The file cannot be read: {said}.", pointer="/file") from error


def _blocks(file: IO[bytes], prefix: bytes) -> Iterator[bytes]:
    """Yield whole lines of the file, with `prefix` before each. Our columns need no quotes, so none
    may come: a line break inside one would be taken for a new line.
    """
    while block := file.read(BLOCK) + file.readline():
        if b'"' in block:
            raise Invalid("The file must not quote its values.", pointer="/file")
        body = block.removesuffix(b"\n")
        yield prefix + body.replace(b"\n", b"\n" + prefix) + b"\n"


def _rows(movements: Iterator[BalanceTransaction]) -> Iterator[dict[str, object]]:
    for movement in movements:
        references = {
            name: row_id(movement.metadata, field, prefix=prefix)
            for name, field, prefix in (
                ("payment_ref", "payment_id", "pay"),
                ("refund_ref", "refund_id", "rfd"),
                ("payout_ref", "payout_id", "po"),
            )
        }
        yield {
            **{name: str(ref) if ref else None for name, ref in references.items()},
            "transaction_id": movement.id,
            "category": movement.category,
            "source_id": movement.source_id or "",
            "intent_id": movement.intent_id or "",
            "transfer_id": movement.transfer_id or "",
            "amount_minor": movement.amount_minor,
            "fee_minor": movement.fee_minor,
            "net_minor": movement.net_minor,
            "refunded_minor": movement.refunded_minor,
            "currency": movement.currency,
            "occurred_at": movement.created_at.isoformat(),
        }
