"""Bring the gateway's movements in, as they are. Interprets nothing but our ids.

A row that the gateway shows as it did before is not stored again: the run only notes that it saw
it again. So a run's rows are those it stored and those it saw again (the view `billing_listing`).
"""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from typing import IO

import psycopg
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from billing.gateways.base import BalanceTransaction, Gateway
from billing.gateways.payees import row_id
from billing.models import ReconciliationRun
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

# What the plans of the matching are chosen by.
_WEIGHED = "run_id, gateway, transaction_id, category, source_id, transfer_id, occurred_at"

# Pages shift while they are read, so a batch may name a movement twice. Compared with what is known
# within the days of what is given: the table's index by days is small and there is no other.
_STORE = f"""
WITH given AS MATERIALIZED (SELECT DISTINCT * FROM ({{given}}) AS row), known AS (
    SELECT known.id, known.run_id, given.transaction_id FROM given
    JOIN billing_gatewaytransaction known ON known.gateway = %(gateway)s
     AND known.transaction_id = given.transaction_id
     AND known.occurred_at BETWEEN (SELECT min(occurred_at) FROM given)
                               AND (SELECT max(occurred_at) FROM given)
     AND ({_SAME}) IS NOT DISTINCT FROM ({_GIVEN})
), again AS (
    INSERT INTO billing_seenagain (run_id, transaction_ids)
    SELECT %(run)s, array_agg(DISTINCT id) FROM known WHERE run_id <> %(run)s
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
            cursor.execute(_BATCH, {"rows": rows, "gateway": run.gateway, "run": run.pk})
        count += len(batch)
    return count


def import_file(*, run: ReconciliationRun, file: IO[bytes]) -> int:
    """Store the movements of a CSV file whose first line names our columns; return how many came.

    Amounts are minor units, instants ISO 8601, references our rows' ids. COPY reads it, in one
    transaction: a bad line stores nothing. Raises Invalid.
    """
    names = file.readline().decode("utf-8", "replace").strip().split(",")
    if len(set(names)) != len(names) or not NEEDED <= set(names) <= set(COLUMNS):
        raise Invalid(
            f"The first line must name these columns: {', '.join(COLUMNS)}.", pointer="/file"
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM billing_gatewaytransaction WHERE gateway = %s)",
            [run.gateway],
        )
        if cursor.fetchone() == (False,):
            count = _copy(
                cursor,
                "billing_gatewaytransaction",
                ["run_id", "gateway", *names],
                _prefixed(file, f"{run.pk},{run.gateway},".encode()),
            )
        else:
            table = f"given_{uuid.uuid4().hex}"
            cursor.execute(
                f"CREATE TEMP TABLE {table} ON COMMIT DROP AS "  # noqa: S608 - constants
                f"SELECT {_NAMES} FROM billing_gatewaytransaction LIMIT 0"
            )
            count = _copy(cursor, table, names, _prefixed(file, b""))
            given = f"SELECT * FROM {table}"  # noqa: S608 - constants
            cursor.execute(_STORE.format(given=given), {"gateway": run.gateway, "run": run.pk})
            cursor.execute(f"DROP TABLE {table}")
        if count > MANY:
            cursor.execute(f"ANALYZE billing_gatewaytransaction ({_WEIGHED})")
    return count


def _copy(cursor: CursorWrapper, table: str, columns: list[str], blocks: Iterator[bytes]) -> int:
    texts = [name for name in columns if _TYPES.get(name) == "text"]
    options = "COPY {} ({}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({}))"
    statement = sql.SQL(options).format(
        sql.Identifier(table),
        *(sql.SQL(", ").join(map(sql.Identifier, each)) for each in (columns, texts)),
    )
    try:
        with cursor.copy(statement) as copy:
            for block in blocks:
                copy.write(block)
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        said = error.diag.message_primary
        raise Invalid(f"The file cannot be read: {said}.", pointer="/file") from error
    return int(cursor.rowcount)


def _prefixed(file: IO[bytes], prefix: bytes) -> Iterator[bytes]:
    """Yield the file with `prefix` before each line. Our columns need no quotes, so none may come:
    a line break inside one would be taken for a new line.
    """
    begins = True
    while block := file.read(BLOCK):
        if b'"' in block:
            raise Invalid("The file must not quote its values.", pointer="/file")
        head = prefix if begins else b""
        begins = block.endswith(b"\n")
        body = block[:-1] if begins else block
        yield head + body.replace(b"\n", b"\n" + prefix) + (b"\n" if begins else b"")


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
