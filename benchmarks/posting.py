"""Job D: posting a balanced four-line entry, one per transaction and in batches of 500.

`billing.ledger.entries` beside django-hordak and django-ledger (each in its own process and
database), the Django ORM on our tables, and limits of two kinds: hand-written SQL on *lean* tables
(per line foreign keys to entry and account, three indexes, the balance trigger) and on *our own*
(per line foreign keys to entry, account, mentor and purchase, five indexes, four checks, the
triggers for balance, history and closed periods). One run, interleaved rounds, medians.

    python -m benchmarks.posting
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

import psycopg  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from benchmarks.kit import peers  # noqa: E402
from benchmarks.kit.measure import Cost, cost_of, interleaved  # noqa: E402
from benchmarks.kit.scratch import connected, scratch  # noqa: E402
from billing.fees import Split  # noqa: E402
from billing.ledger import entries, posting  # noqa: E402
from billing.models import Entry, Line, Payment  # noqa: E402
from kernel.ids import uuid7  # noqa: E402
from tests.factories.billing import open_payment  # noqa: E402
from tests.factories.sessions import pending_session  # noqa: E402

SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
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
            booked_at=NOW,
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


def piped(peer: psycopg.Connection) -> int:
    """The prepared CTE again, 500 on their way before the first is answered."""
    keys = [uuid7() for _ in range(500)]
    with peer.transaction(), peer.pipeline():
        for key in keys:
            peer.execute(CTE, (key, str(key), NOW, *AMOUNTS), prepare=True)
    return len(keys)


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


OWN_CTE = """
WITH entry AS (
    INSERT INTO billing_entry
        (id, kind, source_type, source_id, memo, occurred_at, posted_at, booked_at)
    VALUES (%s, 'captured', 'payment', %s, '', %s, %s, %s) RETURNING id)
INSERT INTO billing_line (entry_id, account_id, mentor_id, purchase_id, amount_minor, currency)
SELECT id, account, %s::uuid, %s::uuid, amount, 'USD' FROM entry, (VALUES
    ('1100:stripe:USD', %s::bigint), ('2110:USD', %s::bigint), ('2200:USD', %s::bigint),
    ('4020:USD', %s::bigint)) AS line (account, amount)
"""
KEYS = ("1100:stripe:USD", "2110:USD", "2200:USD", "4020:USD")


def own_cte(peer: psycopg.Connection, payment: Payment) -> int:
    whose = (payment.purchase.mentor_id, payment.purchase_id)
    with peer.transaction():
        key = uuid7()
        peer.execute(OWN_CTE, (key, str(key), NOW, NOW, NOW, *whose, *AMOUNTS), prepare=True)
    return 1


def own_piped(peer: psycopg.Connection, payment: Payment) -> int:
    whose = (payment.purchase.mentor_id, payment.purchase_id)
    made = [uuid7() for _ in range(500)]
    with peer.transaction(), peer.pipeline():
        for key in made:
            peer.execute(OWN_CTE, (key, str(key), NOW, NOW, NOW, *whose, *AMOUNTS), prepare=True)
    return len(made)


def own_copied(peer: psycopg.Connection, payment: Payment) -> int:
    whose = (payment.purchase.mentor_id, payment.purchase_id)
    made = [uuid7() for _ in range(500)]
    with peer.transaction(), peer.cursor() as cursor:
        with cursor.copy(
            "COPY billing_entry (id, kind, source_type, source_id, memo, occurred_at, posted_at,"
            " booked_at) FROM STDIN"
        ) as copy:
            for key in made:
                copy.write_row((key, "captured", "payment", str(key), "", NOW, NOW, NOW))
        with cursor.copy(
            "COPY billing_line (entry_id, account_id, mentor_id, purchase_id, amount_minor,"
            " currency) FROM STDIN"
        ) as copy:
            for key in made:
                for account, amount in zip(KEYS, AMOUNTS, strict=True):
                    copy.write_row((key, account, *whose, amount, "USD"))
    return len(made)


@contextmanager
def django_peer(which: str, parameters: dict[str, Any]) -> Iterator[Callable[[], Cost]]:
    """A peer that is a Django app, in a process and a database of its own."""
    name = f"bench_{which}"
    with psycopg.connect(**parameters | {"dbname": "postgres"}, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        given = {key: parameters[key] for key in parameters if key != "options"}
        there = subprocess.Popen(
            [str(peers.python()), str(peers.peer("django_peer")), which],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=peers.environment(BENCH_DATABASE=json.dumps(given | {"dbname": name})),
        )
        if there.stdin is None or there.stdout is None:
            raise RuntimeError("no pipes")
        while (line := there.stdout.readline()) != "ready\n":
            if not line:
                raise RuntimeError(f"{which} did not start")

        def measured() -> Cost:
            there.stdin.write(f"go {SECONDS}\n")
            there.stdin.flush()
            return Cost(*json.loads(there.stdout.readline()))

        try:
            yield measured
        finally:
            there.stdin.close()
            there.wait(timeout=30)
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    with scratch() as parameters, connected(parameters) as peer, ExitStack() as others:
        peer.execute(PEER)
        payments = [open_payment(pending_session()) for _ in range(50)]
        ours(payments[0])  # opens the accounts

        def here() -> int:
            return int(connection.connection.info.backend_pid)

        def there() -> int:
            return peer.info.backend_pid

        def one_of(act: Callable[..., int], *first: Any) -> Callable[[], int]:
            return lambda: act(*first, random.choice(payments))

        measured: dict[str, Callable[[], Cost]] = {}
        for name, act, backend in (
            ("entries.post", one_of(ours), here),
            ("CTE, lean tables", lambda: prepared_cte(peer), there),
            ("CTE, our tables", one_of(own_cte, peer), there),
            ("Django ORM, our tables", one_of(orm), here),
            ("entries.post_all of 500", one_of(ours_batched), here),
            ("pipeline of 500, lean tables", lambda: piped(peer), there),
            ("pipeline of 500, our tables", one_of(own_piped, peer), there),
            ("COPY of 500, lean tables", lambda: copied(peer), there),
            ("COPY of 500, our tables", one_of(own_copied, peer), there),
        ):
            measured[name] = lambda act=act, backend=backend: cost_of(
                act, backend=backend, seconds=SECONDS
            )
        for which in ("hordak", "ledger"):
            measured[f"django-{which}"] = others.enter_context(django_peer(which, parameters))
        report(interleaved(measured, rounds=ROUNDS, warm=False))


# (ours, theirs, how many times as fast ours is to be)
TARGETS: tuple[tuple[str, str, float | None], ...] = (
    ("entries.post", "django-hordak", 8.0),
    ("entries.post", "django-ledger", None),
    ("entries.post", "Django ORM, our tables", None),
    ("entries.post", "CTE, our tables", 0.6),
    ("entries.post", "CTE, lean tables", None),
    ("entries.post_all of 500", "COPY of 500, our tables", 0.7),
    ("entries.post_all of 500", "COPY of 500, lean tables", None),
    ("entries.post_all of 500", "pipeline of 500, our tables", None),
    ("entries.post_all of 500", "pipeline of 500, lean tables", None),
)


def report(found: dict[str, Cost]) -> None:
    """Print what each takes per entry, and the ratios by wall and by CPU beside their targets."""
    print(f"{'per entry':30}{'entries/s':>10}{'CPU µs':>9}{'process':>9}{'backend':>9}")
    for name, cost in found.items():
        rate, parts = 1e6 / cost.wall, (cost.cpu, cost.process, cost.backend)
        print(f"{name:30}{rate:10,.0f}" + "".join(f"{part:9,.0f}" for part in parts))
    print(f"\n{'ours ÷ theirs (speed)':46}{'wall':>7}{'CPU':>7}  target")
    for ours_, theirs, target in TARGETS:
        mine, other = found[ours_], found[theirs]
        ratios = {"wall": other.wall / mine.wall, "CPU": other.cpu / mine.cpu}
        name = f"{ours_.split()[0]} ÷ {theirs}"
        said = "" if target is None else f"≥ {target:g}: {verdicts(ratios, target)}"
        print(f"{name:46}{ratios['wall']:7.2f}{ratios['CPU']:7.2f}  {said}".rstrip())


def verdicts(ratios: dict[str, float], target: float) -> str:
    """Say of each ratio whether it reaches the target."""
    return ", ".join(
        f"{name} {'PASS' if ratio >= target else 'missed'}" for name, ratio in ratios.items()
    )


if __name__ == "__main__":
    main()
