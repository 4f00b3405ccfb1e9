"""Job E: a gateway's CSV beside the books, typed breaks out, all of them found.

Our own code (`billing.reconciliation.runs.run_file`: COPY, set-wise matching, breaks kept) beside
its peers, in one run: DuckDB and polars, which read the same file and take the books out of
PostgreSQL; one full join in plain SQL, which keeps nothing. 0.5 % of the records differ, in twelve
ways; what each finds must be the planted list. The file is in the order of time, as gateways write
it.

    python -m benchmarks.reconcile [records]
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.db import connection  # noqa: E402

from benchmarks.kit import peers  # noqa: E402
from benchmarks.kit.measure import cpu_of, cpu_of_ended, parent_of  # noqa: E402
from benchmarks.kit.scratch import connected, scratch  # noqa: E402
from benchmarks.peers.books import OURS  # noqa: E402
from billing.reconciliation.runs import run_file  # noqa: E402

ROUNDS = 3
PEERS = {
    "DuckDB": ["duckdb_reconcile"],
    "SQL full join": ["sql_reconcile"],
    "polars": ["polars_reconcile"],
    "DuckDB, books ready": ["duckdb_reconcile", "csv"],
}
MOST = 1.5
MOST_MEMORY = 300
SINCE = datetime(2026, 5, 1, tzinfo=UTC)
UNTIL = datetime(2026, 6, 1, tzinfo=UTC)
NOW = UNTIL - timedelta(minutes=1)
KINDS = (
    "charge_missing_here",
    "charge_missing_there",
    "amount",
    "fee",
    "currency",
    "duplicate_charge",
    "dispute_missing_here",
    "unknown_category",
    "refund_missing_here",
    "refund_missing_there",
    "status_refunded_there",
    "status_refunded_here",
)
WITH_REFUND = KINDS[8:]

# Record i is a payment, or, for i = 1 modulo 20, a refund of the payment before it. Every 200th
# payment differs, in the twelve ways by turns; all are older than the day that a listing may lag.
PLAN = """
CREATE UNLOGGED TABLE plan AS
SELECT i, ('01a00000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid AS payment,
    ('01b00000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid AS refund,
    2000 + i * 7919 % 8000 AS amount, 88 + i * 7919 % 8000 * 29 / 1000 AS fee,
    timestamptz '{since}' + i * (interval '29 days' / {count}) + interval '1 hour' AS at,
    CASE WHEN i % 200 = 0 THEN (ARRAY[{kinds}])[(1 + i / 200 % 12)::int] END AS kind,
    i % 20 = 0 AND (i % 200 <> 0 OR (ARRAY[{kinds}])[(1 + i / 200 % 12)::int] IN ({with_refund}))
        AS refunded
FROM generate_series(0::bigint, {count} - 1) AS i WHERE i % 20 <> 1;
ALTER TABLE plan ADD here int, ADD there int;
UPDATE plan SET
    here = CASE WHEN kind IN ('refund_missing_here', 'status_refunded_there') THEN 0
                WHEN refunded THEN 500 ELSE 0 END,
    there = CASE WHEN kind = 'status_refunded_there' THEN amount
                 WHEN kind IN ('refund_missing_there', 'status_refunded_here') THEN 0
                 WHEN refunded THEN 500 ELSE 0 END
WHERE refunded;
UPDATE plan SET here = 0, there = 0 WHERE NOT refunded;
ANALYZE plan;
"""
# The books: payments and refunds as they stand, and the entries that say since when.
BOOKS = """
INSERT INTO billing_payment (id, purchase_id, gateway, amount_minor, currency, state,
    gateway_intent_id, gateway_charge_id, gateway_balance_transaction_id, actual_fee_minor,
    failure_code, late, refunded_minor, pending_refund_minor, disputed_minor, held_by_dispute,
    created_at, succeeded_at)
SELECT payment, payment, 'stripe', amount, 'USD',
    CASE WHEN paid THEN 'succeeded' ELSE 'pending' END,
    'pi_' || i, CASE WHEN paid THEN 'ch_' || i END, CASE WHEN paid THEN 'txn_' || i END,
    CASE WHEN paid THEN fee END, '', false, here, 0, 0, false, at - interval '1 minute',
    CASE WHEN paid THEN at END
FROM (SELECT *, kind IS DISTINCT FROM 'charge_missing_here' AS paid FROM plan) AS plan;
INSERT INTO billing_refund (id, payment_id, amount_minor, currency, cause, bearer, share_minor,
    mentor_minor, commission_minor, fee_minor, fee_waived_minor, state, gateway_refund_id, key,
    requested_by, reason, failure_code, created_at, settled_at, dropped_by, dropped_reason)
SELECT refund, payment, here, 'USD', 'goodwill', 'platform', here, here, 0, 0, 0, 'succeeded',
    're_' || i, 'bench:' || i, 'usr_1', '', '', at, at, '', ''
FROM plan WHERE here > 0;
INSERT INTO billing_entry
    (id, kind, source_type, source_id, occurred_at, posted_at, booked_at, memo)
SELECT gen_random_uuid(), 'captured', 'payment', payment::text, at, at, at, '' FROM plan
WHERE kind IS DISTINCT FROM 'charge_missing_here'
UNION ALL
SELECT gen_random_uuid(), 'gateway_fee', 'balance_transaction', 'stripe:txn_' || i, at, at, at, ''
FROM plan WHERE kind IS DISTINCT FROM 'charge_missing_here'
UNION ALL
SELECT gen_random_uuid(), each.kind, 'refund', refund::text, at, at, at, ''
FROM plan CROSS JOIN (VALUES ('created'), ('succeeded')) AS each (kind) WHERE here > 0;
ANALYZE billing_payment, billing_refund, billing_entry;
"""
_ROW = """transaction_id, category, source_id, payment_ref, refund_ref, intent_id, payout_ref,
    transfer_id, amount_minor, fee_minor, net_minor, refunded_minor, currency, occurred_at"""
THEIRS_CSV = f"""
SELECT {_ROW} FROM (
    SELECT 'txn_' || i, 'charge', 'ch_' || i, payment, NULL::uuid, 'pi_' || i, NULL::uuid, NULL,
        amount + (kind IS NOT DISTINCT FROM 'amount')::int,
        fee + 5 * (kind IS NOT DISTINCT FROM 'fee')::int, amount - fee,
        CASE kind WHEN 'refund_missing_there' THEN 500 ELSE there END,
        CASE kind WHEN 'currency' THEN 'EUR' ELSE 'USD' END, at
    FROM plan WHERE kind IS DISTINCT FROM 'charge_missing_there'
    UNION ALL
    SELECT 'txr_' || i, 'refund', 're_' || i, payment, CASE WHEN here > 0 THEN refund END,
        'pi_' || i, NULL, NULL, -there, 0, -there, NULL, 'USD', at
    FROM plan WHERE there > 0
    UNION ALL
    SELECT 'txd_' || i, 'charge', 'chd_' || i, payment, NULL, 'pid_' || i, NULL, NULL, amount, fee,
        amount - fee, 0, 'USD', at FROM plan WHERE kind = 'duplicate_charge'
    UNION ALL
    SELECT 'txq_' || i, 'dispute', 'dp_' || i, NULL, NULL, 'pi_' || i, NULL, NULL, -amount, 1500,
        -amount - 1500, NULL, 'USD', at FROM plan WHERE kind = 'dispute_missing_here'
    UNION ALL
    SELECT 'txm_' || i, 'mystery', 'xx_' || i, NULL, NULL, NULL, NULL, NULL, -7, 0, -7, NULL,
        'USD', at
    FROM plan WHERE kind = 'unknown_category'
    UNION ALL  -- on its way: no break
    SELECT 'txt_' || i, 'charge', 'cht_' || i, NULL, NULL, NULL, NULL, NULL, 700, 50, 650, 0, 'USD',
        timestamptz '{{now}}' - interval '5 minutes' FROM generate_series(1, 50) AS i
) AS row ({_ROW}) ORDER BY occurred_at
"""
PLANTED = """
SELECT CASE kind
    WHEN 'duplicate_charge' THEN 'chd_' WHEN 'dispute_missing_here' THEN 'dp_'
    WHEN 'unknown_category' THEN 'txm_' WHEN 'refund_missing_here' THEN 're_'
    WHEN 'refund_missing_there' THEN 're_' WHEN 'status_refunded_there' THEN 'pi_'
    WHEN 'status_refunded_here' THEN 'pi_' ELSE 'ch_' END || i, kind
FROM plan WHERE kind IS NOT NULL
"""


def seed(database: Any, folder: Path, count: int) -> set[tuple[str, str]]:
    """Fill the books, write both CSV files, and return the planted breaks."""
    # Rows that only the matching reads: without their sessions and purchases, whose foreign keys
    # are not asked here.
    database.execute("SET session_replication_role = replica")
    kinds, with_refund = (", ".join(f"'{kind}'" for kind in each) for each in (KINDS, WITH_REFUND))
    database.execute(
        PLAN.format(since=SINCE.isoformat(), count=count, kinds=kinds, with_refund=with_refund)
    )
    database.execute(BOOKS)
    # The books as a file are for the peer that has them ready; nobody else reads it.
    for name, query in (("ours", OURS), ("theirs", THEIRS_CSV.format(now=NOW.isoformat()))):
        with (
            (folder / f"{name}.csv").open("wb") as file,
            database.cursor() as cursor,
            cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy,
        ):
            for block in copy:
                file.write(block)
    return set(database.execute(PLANTED).fetchall())


def forget(database: Any) -> None:
    """Before each round: nothing was imported yet."""
    database.execute(
        "TRUNCATE billing_break, billing_gatewaytransaction, billing_seenagain, "
        "billing_reconciliationrun CASCADE"
    )


@contextmanager
def watching(server: int) -> Iterator[list[int]]:
    """Note, twenty times a second, how much memory all of PostgreSQL has come to have (KiB).

    The private memory of its processes, and the segments in which parallel workers share a hash.
    """
    before = _memory(server)
    seen: list[int] = [0]
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            seen.append(_memory(server) - before)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _memory(server: int) -> int:
    found = 0
    for pid in Path(f"/proc/{server}/task/{server}/children").read_text().split():
        with suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("RssAnon"):
                    found += int(line.split()[1])
    for segment in Path("/dev/shm").glob("PostgreSQL.*"):
        with suppress(FileNotFoundError):
            found += segment.stat().st_blocks // 2
    return found


def product(folder: str) -> None:
    """One round of the product, in a process of its own: prints what it took."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    server = parent_of(pid)
    there = cpu_of(pid) + cpu_of_ended(server)
    began, cpu = time.perf_counter(), time.process_time()
    with (Path(folder) / "theirs.csv").open("rb") as file, watching(server) as memory:
        result = run_file(gateway="stripe", file=file, since=SINCE, until=UNTIL, now=NOW)
    took = {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu + cpu_of(pid) + cpu_of_ended(server) - there,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "backend_mb": max(memory) / 1024,
        "timing": sum(result.timing.values()),
    }
    print(json.dumps(took))


def child(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def check(who: str, found: set[tuple[str, str]], planted: set[tuple[str, str]]) -> None:
    """Every planted break, each with its type, and nothing else."""
    if found != planted:
        missed, invented = sorted(planted - found)[:5], sorted(found - planted)[:5]
        raise SystemExit(f"{who} is wrong: missed {missed}, invented {invented}")


def seeded(database: Any, folder: Path, count: int) -> set[tuple[str, str]]:
    planted = seed(database, folder, count)
    with (folder / "theirs.csv").open("rb") as file:
        theirs = sum(1 for _ in file) - 1
    ours = database.execute(
        "SELECT (SELECT count(*) FROM billing_payment) + (SELECT count(*) FROM billing_refund)"
    ).fetchone()[0]
    print(f"{theirs:,} × {ours:,} records, {len(planted):,} planted breaks")
    return planted


def main(count: int) -> None:
    taken: dict[str, list[dict[str, float]]] = {"the product": [], **{who: [] for who in PEERS}}
    with (
        scratch() as parameters,
        connected(parameters) as database,
        TemporaryDirectory() as name,
    ):
        folder = Path(name)
        planted = seeded(database, folder, count)
        itself = os.environ | {"BENCH_DATABASE": parameters["dbname"]}
        theirs = peers.environment(BENCH_PARAMETERS=json.dumps(parameters))
        for _ in range(ROUNDS):
            forget(database)
            taken["the product"].append(
                child([sys.executable, __file__, "--product", name], itself)
            )
            rows = database.execute("SELECT key, type FROM billing_break WHERE state = 'open'")
            check("the product", set(rows.fetchall()), planted)
            for who, (script, *more) in PEERS.items():
                command = [str(peers.python()), str(peers.peer(script)), name, *more]
                taken[who].append(child(command, theirs))
                lines = (folder / "breaks.csv").read_text().splitlines()
                check(who, {tuple(line.split(",")) for line in lines}, planted)
    report(taken)


def report(taken: dict[str, list[dict[str, float]]]) -> None:
    """Print medians, and what the product took of each one's time."""
    middle = {
        who: {key: median(one[key] for one in rounds) for key in rounds[0]}
        for who, rounds in taken.items()
    }
    ours, duck = middle["the product"], middle["DuckDB"]
    print(f"\n{'':20}{'wall s':>9}{'CPU s':>9}{'process MB':>12}{'server MB':>12}{'ours ÷ it':>11}")
    for who, one in middle.items():
        backend = f"{one['backend_mb']:.0f}" if "backend_mb" in one else "–"
        print(
            f"{who:20}{one['wall']:9.2f}{one['cpu']:9.2f}{one['memory_mb']:12.0f}"
            f"{backend:>12}{ours['wall'] / one['wall']:11.2f}{ours['cpu'] / one['cpu']:7.2f}"
        )
    print()
    for target, reached in (
        (f"≤ {MOST:.2f} × DuckDB, both from PostgreSQL", ours["wall"] <= MOST * duck["wall"]),
        (f"≤ {MOST_MEMORY} MB of process memory", ours["memory_mb"] <= MOST_MEMORY),
        ("every break found and typed, by all", True),  # else no table: see `check`
    ):
        print(f"{'PASS  ' if reached else 'missed'}  {target}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--product"]:
        connection.settings_dict["NAME"] = os.environ["BENCH_DATABASE"]
        product(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
