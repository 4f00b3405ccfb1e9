"""What each guard of the books costs: the same four lines posted without it.

For each variant a copy of one database with 10,000 entries, from which guards are dropped. The
server posts entry by entry in a loop of its own, each in its transaction, so that neither protocol
nor client is in the figures; they are the backend's CPU, the least fifth of many short slices in
random order. The first variant is there twice: as far as the two differ, figures mean nothing.

    python -m benchmarks.posting_guards
"""

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.kit.measure import cpu_of  # noqa: E402
from benchmarks.kit.scratch import scratch  # noqa: E402
from billing.fees import Split  # noqa: E402
from billing.ledger import entries, posting  # noqa: E402
from billing.models import Payment  # noqa: E402
from kernel.ids import uuid7  # noqa: E402
from tests.factories.billing import PAID_AT, open_payment  # noqa: E402
from tests.factories.sessions import pending_session  # noqa: E402

SLICES = int(os.environ.get("BENCH_SLICES", "50"))
IN_A_SLICE = 80
SPLIT = Split(fee_minor=320, commission_minor=1500, mentor_minor=8180)

LOOP = """
DO $do$
DECLARE
    made uuid;
BEGIN
    FOREACH made IN ARRAY '{{{ids}}}'::uuid[] LOOP
        WITH entry AS (
            INSERT INTO billing_entry
                (id, kind, source_type, source_id, memo, occurred_at, posted_at, booked_at)
            VALUES (made, 'captured', 'payment', made::text, '', '{at}', '{at}', '{at}')
            RETURNING id)
        INSERT INTO billing_line
            (entry_id, account_id, mentor_id, purchase_id, amount_minor, currency)
        SELECT id, account, '{mentor}', '{purchase}', amount, 'USD' FROM entry, (VALUES
            ('1100:stripe:USD', 10000::bigint), ('2110:USD', -8180), ('2200:USD', -1500),
            ('4020:USD', -320)) AS line (account, amount);
        COMMIT;
    END LOOP;
END $do$
"""


def keys(*columns: str) -> list[str]:
    """Drop the foreign keys of these columns of the lines."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "billing_line")
    return [
        f"ALTER TABLE billing_line DROP CONSTRAINT {name}"
        for name, facts in found.items()
        if facts["foreign_key"] and facts["columns"][0] in columns
    ]


def checks(*names: str) -> list[str]:
    return [f"ALTER TABLE billing_line DROP CONSTRAINT billing_line_{name}" for name in names]


def of_purchase() -> str:
    """Return the name of the index that Django named."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "billing_line")
    [name] = [
        name
        for name, facts in found.items()
        if facts["index"] and facts["columns"] == ["purchase_id"]
    ]
    return name


FACTS = ("not_zero", "in_its_accounts_currency", "names_its_mentor", "names_its_purchase")
POINTED = ("account_id", "mentor_id", "purchase_id")
BALANCE = "DROP TRIGGER billing_line_balanced ON billing_line"
BOOKS = [
    "DROP TRIGGER billing_entry_in_open_books ON billing_entry",
    "DROP TRIGGER billing_entry_dated ON billing_entry",
]
# What the three keys would be as one question per statement, beside the balance.
ASKED_AT_ONCE = """
CREATE FUNCTION bench_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added WHERE
            (SELECT key FROM public.billing_ledgeraccount WHERE key = account_id) IS NULL
            OR (SELECT id FROM public.accounts_mentor WHERE id = mentor_id) IS NULL
            OR (SELECT id FROM public.billing_purchase WHERE id = purchase_id) IS NULL) THEN
        RAISE EXCEPTION 'unknown';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER bench_known AFTER INSERT ON billing_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION bench_known();
"""


def variants() -> dict[str, list[str]]:
    """Return what to drop, by name."""
    four = keys("entry_id", *POINTED)
    lists = [
        f"DROP INDEX {name}"
        for name in (of_purchase(), "billing_line_by_mentor", "billing_entry_by_booking")
    ]
    return {
        "all guards": [],
        "all guards, once more": [],
        **{f"foreign key {column}": keys(column) for column in ("entry_id", *POINTED)},
        "the four foreign keys": four,
        "three keys asked once per statement": [*keys(*POINTED), ASKED_AT_ONCE],
        "the four checks": checks(*FACTS),
        "the three indexes of lists": lists,
        "trigger: balance": [BALANCE],
        "triggers: open books, booking date": BOOKS,
        "as the lean tables": [*keys("mentor_id", "purchase_id"), *checks(*FACTS), *lists, *BOOKS],
        "nothing but the unique keys": [*four, *checks(*FACTS), *lists, *BOOKS, BALANCE],
    }


def poster(one: psycopg.Connection, payment: Payment) -> Callable[[], float]:
    """Return what posts a slice, and returns its CPU per entry in microseconds."""
    pid = one.info.backend_pid

    def posted() -> float:
        loop = LOOP.format(
            ids=",".join(str(uuid7()) for _ in range(IN_A_SLICE)),
            at=PAID_AT.isoformat(),
            mentor=payment.purchase.mentor_id,
            purchase=payment.purchase_id,
        )
        before = cpu_of(pid)
        one.execute(loop)
        return (cpu_of(pid) - before) / IN_A_SLICE * 1e6

    return posted


def seeded() -> Payment:
    """Post 10,000 entries: plans made for empty tables would be what is measured."""
    payment = open_payment(pending_session())
    subject = entries.subject_of(purchase=payment.purchase, gateway="stripe")
    for _ in range(20):
        drafts = [
            posting.captured(subject=subject, payment_id=uuid7(), paid=SPLIT, at=PAID_AT)
            for _ in range(500)
        ]
        entries.post_all(drafts, posted_at=PAID_AT)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return payment


def main() -> None:
    with scratch() as parameters:
        payment, dropped = seeded(), variants()
        connection.close()
        copies = {name: f"bench_{os.getpid()}_{at}" for at, name in enumerate(dropped)}
        with psycopg.connect(**parameters | {"dbname": "postgres"}, autocommit=True) as server:
            try:
                for copy in copies.values():
                    server.execute(f"CREATE DATABASE {copy} TEMPLATE {parameters['dbname']}")
                report(measured(parameters, copies, dropped, payment))
            finally:
                for copy in copies.values():
                    server.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")


def measured(
    parameters: dict[str, Any],
    copies: dict[str, str],
    dropped: dict[str, list[str]],
    payment: Payment,
) -> dict[str, float]:
    """Return the CPU per entry of each variant."""
    posts: dict[str, Callable[[], float]] = {}
    for name, statements in dropped.items():
        one = psycopg.connect(**parameters | {"dbname": copies[name]}, autocommit=True)
        for statement in statements:
            one.execute(statement)
        posts[name] = poster(one, payment)
        posts[name]()
    taken: dict[str, list[float]] = {name: [] for name in posts}
    for _ in range(SLICES):
        for name in random.sample(list(posts), len(posts)):
            taken[name].append(posts[name]())
    return {name: mean(sorted(slices)[: SLICES // 5]) for name, slices in taken.items()}


def report(found: dict[str, float]) -> None:
    whole = found["all guards"]
    print(f"{'without':40}{'CPU µs':>8}{'saved':>8}")
    for name, cost in found.items():
        print(f"{name:40}{cost:8.0f}{whole - cost:8.0f}")


if __name__ == "__main__":
    main()
