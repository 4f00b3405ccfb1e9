"""The peer of job E that stays in PostgreSQL: COPY into a bare temporary table, one full join.

It keeps nothing: neither the rows, nor the run, nor who saw what when.
"""

import psycopg
from reconciling import BREAKS, FOLDER, OURS, backend_of, parameters, telling

TABLE = """
CREATE TEMP TABLE theirs (transaction_id text, category text, source_id text, payment_ref uuid,
    refund_ref uuid, intent_id text, payout_ref uuid, transfer_id text, amount_minor bigint,
    fee_minor bigint, net_minor bigint, refunded_minor bigint, currency text,
    occurred_at timestamptz)
"""

with psycopg.connect(**parameters()) as database, telling(backend_of(database)):
    cursor = database.cursor()
    cursor.execute("SET work_mem = '64MB'")
    cursor.execute(TABLE)
    with (
        (FOLDER / "theirs.csv").open("rb") as file,
        cursor.copy("COPY theirs FROM STDIN (FORMAT csv, HEADER)") as copy,
    ):
        while block := file.read(1 << 20):
            copy.write(block)
    cursor.execute("ANALYZE theirs")
    cursor.execute(f"CREATE TEMP VIEW ours AS {OURS}")
    cursor.execute(BREAKS)
    (FOLDER / "breaks.csv").write_text("".join(f"{key},{kind}\n" for key, kind in cursor))
