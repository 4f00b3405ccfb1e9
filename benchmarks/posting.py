"""Job D: posting a balanced four-line entry, one per transaction and in batches.

Compares `billing.ledger.entries` with the same four lines as one prepared psycopg CTE and COPY, on
lean tables (entry and account as foreign keys where ours also name mentor and purchase, and fewer
indexes) with the same balance trigger, and with the Django ORM on our own; in one database and one
run; only the ratios count. Everything happens in a test database that is dropped at the end.

    python -m benchmarks.posting
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

import psycopg  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from billing.fees import Split  # noqa: E402
from billing.ledger import entries, posting  # noqa: E402
from billing.models import Entry, Line, Payment  # noqa: E402
from kernel.ids import uuid7  # noqa: E402
from tests.factories.billing import open_payment  # noqa: E402
from tests.factories.sessions import pending_session  # noqa: E402
from tests.template_database import use_template  # noqa: E402

SECONDS = 2.0
ROUNDS = 3
NOW = datetime(2027, 1, 1, tzinfo=UTC)
SPLIT = Split(fee_minor=320, commission_minor=1500, mentor_minor=8180)

PEER = """
CREATE SCHEMA bench;
CREATE TABLE bench.account (id int PRIMARY KEY);
INSERT INTO bench.account SELECT generate_series(1, 4);
CREATE TABLE bench.entry (
    id uuid PRIMARY KEY, kind text NOT NULL, source_id text NOT NULL, at timestamptz NOT NULL,
    UNIQUE (source_id, kind));
CREATE TABLE bench.line (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id uuid NOT NULL REFERENCES bench.entry, account_id int NOT NULL REFERENCES bench.account,
    amount bigint NOT NULL, currency text NOT NULL);
CREATE INDEX ON bench.line (entry_id);
CREATE INDEX ON bench.line (account_id, id);
CREATE FUNCTION bench.balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added GROUP BY entry_id, currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'out of balance';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER balanced AFTER INSERT ON bench.line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION bench.balanced();
"""
CTE = """
WITH entry AS (
    INSERT INTO bench.entry VALUES (%s, 'captured', %s, %s) RETURNING id)
INSERT INTO bench.line (entry_id, account_id, amount, currency)
SELECT id, account, amount, 'USD' FROM entry, (VALUES
    (1, %s::bigint), (2, %s::bigint), (3, %s::bigint), (4, %s::bigint)) AS line (account, amount)
"""
AMOUNTS = (10_000, -8180, -1500, -320)


def rate(act: Callable[[], int]) -> float:
    """Call `act` for SECONDS and return how many entries it made per second."""
    made, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        made += act()
    return made / (time.perf_counter() - began)


def draft(payment: Payment) -> posting.Draft:
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    return posting.captured(subject=subject, payment_id=uuid7(), paid=SPLIT, at=NOW)


def ours(payment: Payment) -> int:
    with transaction.atomic():
        entries.post(draft(payment), posted_at=NOW)
    return 1


def ours_batched(payment: Payment) -> int:
    with transaction.atomic():
        return entries.post_all([draft(payment) for _ in range(500)], posted_at=NOW)


def orm(payment: Payment) -> int:
    made = draft(payment)
    with transaction.atomic():
        entry = Entry.objects.create(
            kind=made.kind,
            source_type=made.source_type,
            source_id=made.source_id,
            occurred_at=NOW,
            posted_at=NOW,
        )
        Line.objects.bulk_create(
            Line(
                entry=entry,
                account_id=line.account,
                mentor_id=line.mentor_id,
                purchase_id=line.purchase_id,
                amount_minor=line.amount_minor,
                currency=line.currency,
            )
            for line in made.lines
        )
    return 1


def prepared_cte(peer: psycopg.Connection) -> int:
    with peer.transaction():
        key = uuid7()
        peer.execute(CTE, (key, str(key), NOW, *AMOUNTS), prepare=True)
    return 1


def copied(peer: psycopg.Connection) -> int:
    keys = [uuid7() for _ in range(500)]
    with peer.transaction(), peer.cursor() as cursor:
        with cursor.copy("COPY bench.entry FROM STDIN") as copy:
            for key in keys:
                copy.write_row((key, "captured", str(key), NOW))
        with cursor.copy(
            "COPY bench.line (entry_id, account_id, amount, currency) FROM STDIN"
        ) as copy:
            for key in keys:
                for account, amount in enumerate(AMOUNTS, start=1):
                    copy.write_row((key, account, amount, "USD"))
    return len(keys)


@contextmanager
def scratch() -> Iterator[psycopg.Connection]:
    """A connection to a migrated test database that also holds the peers' tables."""
    name = connection.settings_dict["NAME"]
    use_template()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    options = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname", "options")
    try:
        with psycopg.connect(**{k: options[k] for k in keys if k in options}) as peer:
            peer.autocommit = True
            peer.execute(PEER)
            yield peer
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def main() -> None:
    with scratch() as peer:
        payment = open_payment(pending_session())
        acts: dict[str, Callable[[], int]] = {
            "one prepared CTE (peer)": lambda: prepared_cte(peer),
            "entries.post": lambda: ours(payment),
            "Django ORM": lambda: orm(payment),
            "COPY of 500 (peer)": lambda: copied(peer),
            "entries.post_all of 500": lambda: ours_batched(payment),
        }
        rates: dict[str, list[float]] = {name: [] for name in acts}
        for _ in range(ROUNDS):  # interleaved, so that a slow moment hits all of them
            for name, act in acts.items():
                rates[name].append(rate(act))
    found = {name: median(values) for name, values in rates.items()}
    for name, value in found.items():
        print(f"{name:28}{value:10,.0f} entries/s")
    one = found["entries.post"] / found["one prepared CTE (peer)"]
    many = found["entries.post_all of 500"] / found["COPY of 500 (peer)"]
    print(f"\nentries.post ÷ prepared CTE    {one:.2f}  (target ≥ 0.60)")
    print(f"entries.post_all ÷ COPY        {many:.2f}  (target ≥ 0.70)")
    print(f"entries.post ÷ Django ORM      {found['entries.post'] / found['Django ORM']:.2f}")


if __name__ == "__main__":
    main()
