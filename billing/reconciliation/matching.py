"""Leg A: which differences are there between our entries and the gateway's movements?

Theirs are the rows that the run saw; ours is what the ledger said at the run's instant. Both are
only ever appended to, so a run's differences can be found again at any time (`differences`).
A row is matched by the gateway's object id, or by our id in its metadata; never by amount and
day, which only ever suggests (docs/money.md, Reconciliation). Nothing is decided in Python.

Timing is no break: each difference has an instant from which on it is one (`due_at`). What the
gateway has and we have not, after a quarter of an hour (a webhook may be on its way); what we
have and the gateway has not listed yet, after a day, unless it once did.
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from billing.models import ReconciliationRun
from billing.reconciliation import charges, disputes, refunds, transfers
from billing.reconciliation.keeping import Kept, keep
from billing.reconciliation.transfers import REVERSALS, TRANSFERS
from billing.reconciliation.windows import Windows

LEG = "A"
WEBHOOK_GRACE = timedelta(minutes=15)
LISTING_GRACE = timedelta(hours=24)

CHARGES = ("charge", "payment")
REFUNDS = ("refund", "payment_refund")
REFUND_FAILURES = ("refund_failure", "payment_failure_refund")
DISPUTES = ("dispute", "dispute_reversal")
# Money that leaves the gateway for our bank is legs B and C.
TO_OUR_BANK = ("payout", "payout_reversal", "payout_failure")

_SIDES = (
    charges.DIFFERENCES,
    refunds.THEIRS,
    refunds.OURS,
    disputes.DISPUTES,
    disputes.UNKNOWN,
    transfers.THEIRS,
    transfers.OURS,
)

# What the run saw beside charges is a twentieth of it: found once, for all sides. So are the pairs.
_SHARED = f"""
WITH listed AS MATERIALIZED (
    SELECT * FROM billing_listing WHERE seen_by = %(run)s AND NOT category = ANY(%(charges)s)
), pairs AS MATERIALIZED ({charges.PAIRS})
"""  # noqa: S608 - constants

# A hash of a million rows; only the matching of a large file comes near it. Few rows differ, which
# the planner cannot know: it would take their way from one process to the other for dear.
_MEANS = "SET LOCAL work_mem = '64MB'; SET LOCAL parallel_tuple_cost = 0"


def match(*, run: ReconciliationRun) -> Kept:
    """Compare both sides over the run's windows and keep the breaks; in the caller's transaction.

    Runs of one gateway wait for each other here (a transaction-level advisory lock).
    """
    found, values = _query(run)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"billing.reconciliation:{run.gateway}"],
        )
        cursor.execute(_MEANS)
    inside = Windows.of(run).sql("occurred_at", name="inside")
    return keep(found=found, inside=inside, values=values)


def differences(*, run: ReconciliationRun) -> list[tuple[Any, ...]]:
    """Return what a run found, computed anew and writing nothing: the same at any later time.

    Each row: key, type, payment, payout, ours, theirs, currency, when, since when it is a break
    (None: at once), and the words.
    """
    found, values = _query(run)
    columns = "key, type, payment, payout, ours, theirs, currency, occurred_at"
    columns += ", nullif(due_at, '-infinity'), detail"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ({found}) AS found ORDER BY type, key", values)  # noqa: S608 - constants
        return list(cursor.fetchall())


def _query(run: ReconciliationRun) -> tuple[str, dict[str, Any]]:
    """Return the one query of all differences, and its values."""
    inside, around = Windows.of(run), Windows.of(run).wider()
    found = _SHARED + " UNION ALL ".join(f"({side})" for side in _SIDES)
    for name, windows in (("inside", inside), ("around", around)):
        parts = found.split(f"{{{name}:")
        found = parts[0] + "".join(
            windows.sql(column, name=name) + rest
            for column, _, rest in (part.partition("}") for part in parts[1:])
        )
    return found, values_of(run)


def values_of(run: ReconciliationRun) -> dict[str, Any]:
    """Return the values that the queries of all legs name."""
    inside, around = Windows.of(run), Windows.of(run).wider()
    values = {
        "leg": LEG,
        "run": run.pk,
        "gateway": run.gateway,
        "as_of": run.started_at,
        "webhook": WEBHOOK_GRACE,
        "listing": LISTING_GRACE,
        "charges": list(CHARGES),
        "refunds": list(REFUNDS),
        "refund_failures": list(REFUND_FAILURES),
        "of_refunds": [*REFUNDS, *REFUND_FAILURES],
        "disputes": list(DISPUTES),
        "transfers": list(TRANSFERS),
        "reversals": list(REVERSALS),
        "to_mentors": [*TRANSFERS, *REVERSALS],
        "known": [
            *CHARGES,
            *REFUNDS,
            *REFUND_FAILURES,
            *DISPUTES,
            *TRANSFERS,
            *REVERSALS,
            *TO_OUR_BANK,
        ],
    }
    return values | inside.parameters(name="inside") | around.parameters(name="around")
