"""Which differences are there? One set-based statement per side; nothing is decided in Python.

Theirs are the rows that the run saw; ours are payments and refunds, whose amounts the ledger
invariants tie to account 1100. A row is matched by the gateway's object id, or by our id in its
metadata; never by amount and day, which only ever suggests (docs/money.md, Reconciliation).

Timing is no break: what the gateway has and we have not yet, for a quarter of an hour (a webhook
may be on its way); what we have and the gateway has not listed yet, for a day, unless it once
did.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from billing.models import ReconciliationRun
from billing.reconciliation import transfers
from billing.reconciliation.transfers import REVERSALS, TRANSFERS

# The two sides stamp one event with two clocks, so rows this far outside the window are imported
# too: they may be the other half of something inside it.
MARGIN = timedelta(days=1)
WEBHOOK_GRACE = timedelta(minutes=15)
LISTING_GRACE = timedelta(hours=24)

CHARGES = ("charge", "payment")
REFUNDS = ("refund", "payment_refund")
REFUND_FAILURES = ("refund_failure", "payment_failure_refund")
DISPUTES = ("dispute", "dispute_reversal")
# Money that leaves the gateway for the bank is legs B and C; its categories are known and not
# looked at here. Money for mentors is in `transfers`.
ELSEWHERE = ("payout", "payout_reversal", "payout_failure", *TRANSFERS, *REVERSALS)

_THEIRS = """
WITH seen AS MATERIALIZED (
    SELECT t.* FROM billing_sighting s
    JOIN billing_gatewaytransaction t ON t.id = s.transaction_id
    WHERE s.run_id = %(run)s
), inside AS (
    SELECT * FROM seen WHERE occurred_at >= %(since)s AND occurred_at < %(until)s
), charges AS (
    SELECT t.*, mine.id AS mine, named.id AS named,
        COALESCE(mine.amount_minor, named.amount_minor) AS our_amount,
        COALESCE(mine.currency, named.currency) AS our_currency,
        mine.actual_fee_minor AS our_fee,
        named.gateway_charge_id AS named_charge
    FROM inside t
    LEFT JOIN billing_payment mine
        ON mine.gateway = %(gateway)s AND mine.gateway_charge_id = t.source_id
    LEFT JOIN billing_payment named
        ON mine.id IS NULL AND named.gateway = %(gateway)s AND named.id = t.payment_ref
    WHERE t.category = ANY(%(charges)s)
), refunds AS (
    SELECT t.*, r.id AS mine, r.state AS our_state, r.amount_minor AS our_amount,
        r.currency AS our_currency, p.id AS payment, p.amount_minor AS paid,
        p.gateway_intent_id AS intent,
        p.refunded_minor + p.pending_refund_minor AS given_back
    FROM inside t
    LEFT JOIN billing_refund r ON r.gateway_refund_id = t.source_id OR r.id = t.refund_ref
    LEFT JOIN billing_payment p ON p.gateway = %(gateway)s AND (
        p.id = COALESCE(r.payment_id, t.payment_ref)
        OR (r.id IS NULL AND t.payment_ref IS NULL AND p.gateway_intent_id = t.intent_id))
    WHERE t.category = ANY(%(refunds)s)
      AND NOT EXISTS (
          SELECT FROM seen f
          WHERE f.category = ANY(%(refund_failures)s) AND f.source_id = t.source_id)
), disputes AS (
    -- A movement is matched by its own id: a dispute takes once and may give back once.
    SELECT t.*, COALESCE(NULLIF(t.source_id, ''), t.transaction_id) AS key,
        COALESCE(d.payment_id, p.id) AS payment,
        CASE t.transaction_id WHEN d.withdrawal_id THEN -d.withdrawn_minor - d.fee_minor
                              WHEN d.reinstatement_id THEN d.reinstated_minor + d.fee_returned_minor
        END AS ours,
        loss.share_minor AS share, loss.excess_minor AS excess,
        t.transaction_id = d.withdrawal_id AS taking
    FROM inside t
    LEFT JOIN billing_dispute d ON d.gateway_dispute_id = t.source_id
    LEFT JOIN billing_disputeloss loss ON loss.dispute_id = d.id AND loss.reversed_at IS NULL
    LEFT JOIN billing_payment p
        ON p.gateway = %(gateway)s AND p.gateway_intent_id = NULLIF(t.intent_id, '')
    WHERE t.category = ANY(%(disputes)s)
), strangers AS (
    SELECT *, SUM(-amount_minor) OVER (PARTITION BY payment) AS together
    FROM refunds WHERE mine IS NULL
)
SELECT source_id AS key, 'charge_missing_here' AS type, named AS payment, NULL::bigint AS ours,
    amount_minor AS theirs, currency, occurred_at,
    CASE WHEN named IS NULL THEN 'The gateway holds a charge that names none of our payments.'
         ELSE 'The gateway holds the money of a payment that is not paid here.' END AS detail
FROM charges
WHERE mine IS NULL AND occurred_at < %(webhook_due)s
  AND (named IS NULL OR (named_charge IS NULL AND our_currency = currency
                         AND our_amount = amount_minor))
UNION ALL
SELECT source_id, 'duplicate_charge', named, NULL, amount_minor, currency, occurred_at,
    'A second charge for a payment that ' || named_charge || ' has paid already.'
FROM charges WHERE mine IS NULL AND named_charge IS NOT NULL
UNION ALL
SELECT source_id, 'currency', COALESCE(mine, named), our_amount, amount_minor, currency,
    occurred_at, 'Ours is in ' || our_currency || ', theirs in ' || currency || '.'
FROM charges WHERE our_currency <> currency AND named_charge IS NULL
UNION ALL
SELECT source_id, 'amount', COALESCE(mine, named), our_amount, amount_minor, currency,
    occurred_at, 'The charge differs from the payment.'
FROM charges
WHERE our_currency = currency AND our_amount <> amount_minor AND named_charge IS NULL
UNION ALL
SELECT source_id, 'fee', mine, our_fee, fee_minor, currency, occurred_at,
    'The fee that was booked is not the fee that was taken.'
FROM charges WHERE our_currency = currency AND our_fee <> fee_minor
UNION ALL
SELECT source_id, 'currency', payment, -our_amount, amount_minor, currency, occurred_at,
    'Our refund is in ' || our_currency || ', theirs in ' || currency || '.'
FROM refunds WHERE our_currency <> currency
UNION ALL
SELECT source_id, 'amount', payment, -our_amount, amount_minor, currency, occurred_at,
    'The refund there differs from the refund here.'
FROM refunds WHERE our_currency = currency AND our_amount <> -amount_minor
UNION ALL
SELECT source_id, 'status_refunded_there', payment, 0, amount_minor, currency, occurred_at,
    'The refund ended here without money; there it stands.'
FROM refunds WHERE our_state IN ('failed', 'cancelled')
UNION ALL
SELECT intent, 'status_refunded_there', payment, 0, SUM(amount_minor)::bigint, MIN(currency),
    MIN(occurred_at), 'The payment is paid here and refunded in full there.'
FROM strangers WHERE paid = together AND given_back = 0
GROUP BY intent, payment HAVING MAX(occurred_at) < %(webhook_due)s
UNION ALL
SELECT source_id, 'refund_missing_here', payment, NULL, amount_minor, currency, occurred_at,
    'A refund was made at the gateway and is not in our books.'
FROM strangers
WHERE (paid = together AND given_back = 0) IS NOT TRUE AND occurred_at < %(webhook_due)s
UNION ALL
SELECT key, 'dispute_missing_here', payment, NULL, SUM(net_minor)::bigint, MIN(currency),
    MIN(occurred_at), 'The gateway has moved money for a dispute, and our books do not say so.'
FROM disputes WHERE ours IS NULL
GROUP BY key, payment HAVING MAX(occurred_at) < %(webhook_due)s
UNION ALL
SELECT key, 'amount', payment, ours, net_minor, currency, occurred_at,
    'The dispute there moved another amount than here.'
FROM disputes WHERE ours <> net_minor
UNION ALL
SELECT key, 'amount', payment, -share, amount_minor, currency, occurred_at,
    'The dispute took more than was left of the payment; the rest is in 5030.'
FROM disputes WHERE excess > 0 AND taking
UNION ALL
SELECT transaction_id, 'unknown_category', NULL::uuid, NULL, net_minor, currency, occurred_at,
    'The category ' || left(category, 60) || ' has no place in our books.'
FROM inside WHERE NOT category = ANY(%(known)s)
"""

_OURS = """
WITH seen AS MATERIALIZED (
    SELECT t.category, t.source_id, t.refunded_minor, t.occurred_at FROM billing_sighting s
    JOIN billing_gatewaytransaction t ON t.id = s.transaction_id
    WHERE s.run_id = %(run)s
), lost AS (
    SELECT r.*, p.gateway_intent_id,
        -- What the charge itself says: does the gateway deny the refund, or only not list it?
        charge.refunded_minor < p.refunded_minor AS denied
    FROM billing_refund r
    JOIN billing_payment p ON p.id = r.payment_id
    LEFT JOIN seen charge
        ON charge.source_id = p.gateway_charge_id AND charge.category = ANY(%(charges)s)
    WHERE p.gateway = %(gateway)s AND r.state = 'succeeded'
      -- The gateway lists a refund when it is ordered, which may be days before it succeeds.
      AND r.created_at >= %(since)s AND r.created_at < %(until)s
      AND NOT EXISTS (SELECT FROM seen WHERE seen.source_id = r.gateway_refund_id
                      AND seen.category = ANY(%(refunds)s)
                      -- One whose money came back to the gateway later does not stand there.
                      AND NOT EXISTS (SELECT FROM seen back
                                      WHERE back.source_id = r.gateway_refund_id
                                        AND back.category = ANY(%(refund_failures)s)
                                        AND back.occurred_at < %(webhook_due)s))
      AND NOT EXISTS (SELECT FROM billing_gatewaytransaction elsewhere
                      WHERE elsewhere.gateway = %(gateway)s
                        AND elsewhere.source_id = r.gateway_refund_id
                        AND (elsewhere.occurred_at < %(imported_since)s
                             OR elsewhere.occurred_at >= %(imported_until)s))
      AND (r.settled_at < %(listing_due)s
           OR EXISTS (SELECT FROM billing_gatewaytransaction known
                      WHERE known.gateway = %(gateway)s
                        AND known.source_id = r.gateway_refund_id))
)
SELECT p.gateway_charge_id AS key, 'charge_missing_there' AS type, p.id AS payment,
    p.amount_minor AS ours, NULL::bigint AS theirs, p.currency, p.succeeded_at AS occurred_at,
    'A payment is paid here, and the gateway lists no charge for it.' AS detail
FROM billing_payment p
WHERE p.gateway = %(gateway)s AND p.state = 'succeeded'
  AND p.succeeded_at >= %(since)s AND p.succeeded_at < %(until)s
  AND (p.succeeded_at < %(listing_due)s
       -- Its fee was read, so it is listed; but perhaps not yet when this run asked for the list.
       OR p.gateway_balance_transaction_id IS NOT NULL AND p.succeeded_at < %(webhook_due)s)
  AND NOT EXISTS (SELECT FROM seen WHERE seen.source_id = p.gateway_charge_id
                  AND seen.category = ANY(%(charges)s))
UNION ALL
SELECT gateway_intent_id, 'status_refunded_here', payment_id, -SUM(amount_minor)::bigint, 0,
    MIN(currency), MIN(created_at), 'The payment is refunded here, and the charge there is not.'
FROM lost WHERE denied GROUP BY gateway_intent_id, payment_id
UNION ALL
SELECT gateway_refund_id, 'refund_missing_there', payment_id, -amount_minor, NULL, currency,
    created_at, 'A refund is done here, and the gateway lists none.'
FROM lost WHERE denied IS NOT TRUE
"""

_KEEP = """
INSERT INTO billing_break AS b (id, leg, gateway, key, type, state, {about}_id, ours_minor,
    theirs_minor, currency, detail, occurred_at, first_run_id, last_run_id, opened_at,
    resolved_by, resolution)
SELECT gen_random_uuid(), 'A', %(gateway)s, key, type, 'open', {about}, ours, theirs, currency,
    detail, occurred_at, %(run)s, %(run)s, %(now)s, '', ''
FROM (SELECT DISTINCT ON (key, type) * FROM ({found}) AS each ORDER BY key, type) AS found
ON CONFLICT (leg, gateway, key, type) DO UPDATE SET
    last_run_id = EXCLUDED.last_run_id, {about}_id = EXCLUDED.{about}_id,
    detail = EXCLUDED.detail, ours_minor = EXCLUDED.ours_minor,
    theirs_minor = EXCLUDED.theirs_minor, currency = EXCLUDED.currency,
    state = CASE WHEN {settled} THEN 'resolved' ELSE 'open' END,
    closed_at = CASE WHEN {settled} THEN b.closed_at END,
    resolved_by = CASE WHEN {settled} THEN b.resolved_by ELSE '' END,
    resolution = CASE WHEN {settled} THEN b.resolution ELSE '' END
RETURNING b.type, b.state, b.first_run_id = %(run)s
""".replace(
    # A break resolved by a person stays so while both sides still say what they said then.
    "{settled}",
    "b.state = 'resolved' AND (b.ours_minor, b.theirs_minor)"
    " IS NOT DISTINCT FROM (EXCLUDED.ours_minor, EXCLUDED.theirs_minor)",
)

_CLOSE = """
UPDATE billing_break SET state = 'closed', closed_at = %(now)s
WHERE state = 'open' AND leg = 'A' AND gateway = %(gateway)s AND last_run_id <> %(run)s
  AND occurred_at >= %(since)s AND occurred_at < %(until)s
"""

# Each side, and what its breaks are about.
_SIDES = (
    (_THEIRS, "payment"),
    (_OURS, "payment"),
    (transfers.THEIRS, "payout"),
    (transfers.OURS, "payout"),
)

_COUNT = "SELECT type, COUNT(DISTINCT key) FROM ({found}) AS each GROUP BY type"
FOREVER = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Matched:
    """What a run found: open breaks by type, how many are new, how many closed themselves.

    `timing` counts by type what is still expected and becomes a break where it stays.
    """

    by_type: dict[str, int]
    timing: dict[str, int]
    new: int
    closed: int
    resolved: int


def match(*, run: ReconciliationRun, now: datetime) -> Matched:
    """Compare both sides over the run's window and keep the breaks; in the caller's transaction.

    Runs of one gateway wait for each other here (a transaction-level advisory lock).
    """
    values: dict[str, Any] = {
        "run": run.pk,
        "gateway": run.gateway,
        "since": run.since,
        "until": run.until,
        "imported_since": run.since - MARGIN,
        "imported_until": run.until + MARGIN,
        "now": now,
        "webhook_due": now - WEBHOOK_GRACE,
        "listing_due": now - LISTING_GRACE,
        "charges": list(CHARGES),
        "refunds": list(REFUNDS),
        "refund_failures": list(REFUND_FAILURES),
        "disputes": list(DISPUTES),
        "transfers": list(TRANSFERS),
        "reversals": list(REVERSALS),
        "to_mentors": [*TRANSFERS, *REVERSALS],
        "known": [*CHARGES, *REFUNDS, *REFUND_FAILURES, *DISPUTES, *ELSEWHERE],
    }
    by_type: dict[str, int] = {}
    timing: Counter[str] = Counter()
    new = resolved = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"billing.reconciliation:{run.gateway}"],
        )
        for side, about in _SIDES:
            cursor.execute(_KEEP.replace("{about}", about).replace("{found}", side), values)
            for kind, state, first in cursor.fetchall():
                timing[kind] -= 1
                if state == "resolved":
                    resolved += 1
                    continue
                by_type[kind] = by_type.get(kind, 0) + 1
                new += first
        cursor.execute(_CLOSE, values)
        closed = cursor.rowcount
        if run.until > now - LISTING_GRACE:
            patience = {"webhook_due": now + FOREVER, "listing_due": now + FOREVER}
            for side, _ in _SIDES:
                cursor.execute(_COUNT.replace("{found}", side), values | patience)
                timing.update(dict(cursor.fetchall()))
    return Matched(by_type=by_type, timing=dict(+timing), new=new, closed=closed, resolved=resolved)
