-- The typed breaks, as one query that DuckDB and PostgreSQL both run: `theirs` is the gateway's
-- file, `ours` the books (OURS in reconciling.py).
WITH charges AS NOT MATERIALIZED (SELECT * FROM theirs WHERE category = 'charge'),
refunds AS NOT MATERIALIZED (SELECT * FROM theirs WHERE category = 'refund'),
paid AS NOT MATERIALIZED (SELECT * FROM ours WHERE kind = 'charge' AND booked),
back AS NOT MATERIALIZED (SELECT * FROM ours WHERE kind = 'refund'),
joined AS MATERIALIZED (
    SELECT t.source_id, t.payment_ref, t.currency, t.amount_minor, t.fee_minor, t.occurred_at,
        o.id AS mine, o.amount AS our_amount, o.fee AS our_fee, o.currency AS our_currency
    FROM charges t FULL JOIN paid o ON o.id = t.source_id
    WHERE o.id IS NULL OR t.source_id IS NULL OR o.amount <> t.amount_minor
       OR o.fee <> t.fee_minor OR o.currency <> t.currency
), named AS (
    SELECT j.*, n.id AS named_charge FROM joined j
    LEFT JOIN paid n ON j.mine IS NULL AND n.payment = j.payment_ref::text
    WHERE j.source_id IS NOT NULL
), strangers AS (
    SELECT r.source_id, r.intent_id, -r.amount_minor = p.amount AS undone
    FROM refunds r LEFT JOIN back b ON b.id = r.source_id
    LEFT JOIN paid p ON p.payment = r.payment_ref::text WHERE b.id IS NULL
), lost AS (
    SELECT b.id, b.intent, c.refunded_minor < -b.amount AS denied FROM back b
    LEFT JOIN refunds r ON r.source_id = b.id
    LEFT JOIN paid p ON p.payment = b.payment
    LEFT JOIN charges c ON c.source_id = p.id
    WHERE r.source_id IS NULL
)
SELECT source_id, 'charge_missing_here' FROM named
WHERE mine IS NULL AND named_charge IS NULL
  AND occurred_at < (SELECT max(occurred_at) FROM theirs) - INTERVAL '10 minutes'
UNION ALL SELECT source_id, 'duplicate_charge' FROM named
WHERE mine IS NULL AND named_charge IS NOT NULL
UNION ALL SELECT source_id, 'currency' FROM named WHERE our_currency <> currency
UNION ALL SELECT source_id, 'amount' FROM named
WHERE our_currency = currency AND our_amount <> amount_minor
UNION ALL SELECT source_id, 'fee' FROM named WHERE our_currency = currency AND our_fee <> fee_minor
UNION ALL SELECT mine, 'charge_missing_there' FROM joined WHERE source_id IS NULL
UNION ALL SELECT intent_id, 'status_refunded_there' FROM strangers WHERE undone
UNION ALL SELECT source_id, 'refund_missing_here' FROM strangers WHERE undone IS NOT TRUE
UNION ALL SELECT intent, 'status_refunded_here' FROM lost WHERE denied
UNION ALL SELECT id, 'refund_missing_there' FROM lost WHERE denied IS NOT TRUE
UNION ALL SELECT source_id, 'dispute_missing_here' FROM theirs WHERE category = 'dispute'
UNION ALL SELECT transaction_id, 'unknown_category' FROM theirs
WHERE category NOT IN ('charge', 'refund', 'dispute')
