"""The peer of job E: DuckDB reads both CSV files and writes the typed breaks. Its own process."""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb

FOLDER = Path(sys.argv[1])

BREAKS = """
WITH theirs AS (SELECT * FROM read_csv($theirs, header = true, all_varchar = false)),
ours AS (SELECT * FROM read_csv($ours, header = true)),
charges AS (SELECT * FROM theirs WHERE category = 'charge'),
paid AS (SELECT * FROM ours WHERE kind = 'charge' AND booked),
back AS (SELECT * FROM ours WHERE kind = 'refund'),
joined AS (
    SELECT t.*, o.id AS mine, o.amount AS our_amount, o.fee AS our_fee, o.currency AS our_currency
    FROM charges t LEFT JOIN paid o ON o.id = t.source_id
    WHERE o.id IS NULL OR o.amount <> t.amount_minor OR o.fee <> t.fee_minor
       OR o.currency <> t.currency
), named AS (
    SELECT j.*, n.id AS named_charge FROM joined j
    LEFT JOIN paid n ON j.mine IS NULL AND n.payment = j.payment_ref::varchar
), refunds AS (SELECT * FROM theirs WHERE category = 'refund'),
strangers AS (
    SELECT r.source_id, r.intent_id, -r.amount_minor = p.amount AS undone
    FROM refunds r LEFT JOIN back b ON b.id = r.source_id
    LEFT JOIN paid p ON p.payment = r.payment_ref::varchar WHERE b.id IS NULL
), lost AS (
    SELECT b.*, c.refunded_minor < -b.amount AS denied FROM back b
    LEFT JOIN refunds r ON r.source_id = b.id
    LEFT JOIN paid p ON p.payment = b.payment
    LEFT JOIN charges c ON c.source_id = p.id
    WHERE r.source_id IS NULL
)
SELECT source_id, 'charge_missing_here' FROM named
WHERE mine IS NULL AND named_charge IS NULL
  AND occurred_at < (SELECT max(occurred_at) FROM theirs) - INTERVAL 10 MINUTES
UNION ALL SELECT source_id, 'duplicate_charge' FROM named
WHERE mine IS NULL AND named_charge IS NOT NULL
UNION ALL SELECT source_id, 'currency' FROM named WHERE our_currency <> currency
UNION ALL SELECT source_id, 'amount' FROM named
WHERE our_currency = currency AND our_amount <> amount_minor
UNION ALL SELECT source_id, 'fee' FROM named WHERE our_currency = currency AND our_fee <> fee_minor
UNION ALL SELECT id, 'charge_missing_there' FROM paid
WHERE NOT EXISTS (SELECT 1 FROM charges WHERE charges.source_id = paid.id)
UNION ALL SELECT intent_id, 'status_refunded_there' FROM strangers WHERE undone
UNION ALL SELECT source_id, 'refund_missing_here' FROM strangers WHERE undone IS NOT TRUE
UNION ALL SELECT intent, 'status_refunded_here' FROM lost WHERE denied
UNION ALL SELECT id, 'refund_missing_there' FROM lost WHERE denied IS NOT TRUE
UNION ALL SELECT source_id, 'dispute_missing_here' FROM theirs WHERE category = 'dispute'
UNION ALL SELECT transaction_id, 'unknown_category' FROM theirs
WHERE category NOT IN ('charge', 'refund', 'dispute')
"""

began, cpu = time.perf_counter(), time.process_time()
found = duckdb.connect()
for name in ("theirs", "ours"):
    BREAKS = BREAKS.replace(f"${name}", f"'{FOLDER / name}.csv'")
found.execute(f"COPY ({BREAKS}) TO '{FOLDER / 'breaks.csv'}' (HEADER false)")
print(
    json.dumps(
        {
            "wall": time.perf_counter() - began,
            "cpu": time.process_time() - cpu,
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
