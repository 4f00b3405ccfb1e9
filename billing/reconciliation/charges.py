"""Charges and payments: one full join of what the gateway listed with what we have booked. SQL.

It is read once from either side, and only the rows that differ go on: that is what lets a million
of each be compared (benchmarks, job E). A charge belongs to a payment by the gateway's id, or by
our id in its metadata; never by amount and day.
"""

# What is compared of payment `p`.
COMPARED = """p.gateway = %(gateway)s AND p.state = 'succeeded' AND p.gateway_charge_id IS NOT NULL
    AND {around:p.succeeded_at} AND COALESCE(p.booked_at, p.succeeded_at) <= %(as_of)s"""

# Beside what differs: what the gateway says of refunds, where it does not say that there are none.
PAIRS = """
SELECT * FROM (
    SELECT t.*, o.*, o.mine IS NULL OR t.source_id IS NULL OR t.amount_minor <> o.our_amount
        OR t.currency <> o.our_currency OR t.fee_minor <> o.our_fee AS differ
    FROM (
        SELECT source_id, payment_ref, amount_minor, fee_minor, refunded_minor, currency,
            occurred_at
        FROM billing_listing WHERE seen_by = %(run)s AND category = ANY(%(charges)s)
    ) t
    FULL JOIN (
        SELECT p.id AS mine, p.gateway_charge_id, p.amount_minor AS our_amount,
            p.currency AS our_currency, p.actual_fee_minor AS our_fee,
            p.gateway_balance_transaction_id, p.succeeded_at
        FROM billing_payment p WHERE {compared}
    ) o ON o.gateway_charge_id = t.source_id
) pair WHERE differ OR refunded_minor IS DISTINCT FROM 0
""".replace("{compared}", COMPARED)

DIFFERENCES = """
WITH unequal AS (
    SELECT * FROM pairs WHERE differ
), charges AS (
    SELECT u.source_id, u.amount_minor, u.fee_minor, u.currency, u.occurred_at,
        COALESCE(u.mine, far.id) AS mine, named.id AS named,
        COALESCE(u.our_amount, far.amount_minor, named.amount_minor) AS our_amount,
        COALESCE(u.our_currency, far.currency, named.currency) AS our_currency,
        COALESCE(u.our_fee, far.actual_fee_minor) AS our_fee,
        COALESCE(u.gateway_balance_transaction_id, far.gateway_balance_transaction_id) AS fee_of,
        CASE WHEN COALESCE(named.booked_at, named.succeeded_at) <= %(as_of)s
             THEN named.gateway_charge_id END AS named_charge
    FROM unequal u
    -- Paid on quite another day than the charge there says: still the same charge.
    LEFT JOIN billing_payment far
        ON u.mine IS NULL AND far.gateway = %(gateway)s AND far.gateway_charge_id = u.source_id
       AND COALESCE(far.booked_at, far.succeeded_at) <= %(as_of)s
    LEFT JOIN billing_payment named
        ON u.mine IS NULL AND far.id IS NULL AND named.gateway = %(gateway)s
       AND named.id = u.payment_ref AND named.created_at <= %(as_of)s
    WHERE {inside:u.occurred_at}
      -- Not asked for, and booked as what goes back.
      AND NOT EXISTS (SELECT FROM billing_surplus s
                      WHERE s.gateway = %(gateway)s AND s.charge_id = u.source_id
                        AND s.created_at <= %(as_of)s
                        AND NOT (s.state IN ('failed', 'cancelled') AND s.settled_at <= %(as_of)s))
)
SELECT source_id AS key, 'charge_missing_here' AS type, named AS payment, NULL::uuid AS payout,
    NULL::bigint AS ours, amount_minor AS theirs, currency, occurred_at,
    occurred_at + %(webhook)s AS due_at,
    CASE WHEN named IS NULL THEN 'The gateway holds a charge that names none of our payments.'
         ELSE 'The gateway holds the money of a payment that is not paid here.' END AS detail
FROM charges
WHERE mine IS NULL
  AND (named IS NULL OR (named_charge IS NULL AND our_currency = currency
                         AND our_amount = amount_minor))
UNION ALL
SELECT source_id, 'duplicate_charge', named, NULL, NULL, amount_minor, currency, occurred_at,
    '-infinity', 'A second charge for a payment that ' || named_charge || ' has paid already.'
FROM charges WHERE mine IS NULL AND named_charge IS NOT NULL
UNION ALL
SELECT source_id, 'currency', COALESCE(mine, named), NULL, our_amount, amount_minor, currency,
    occurred_at, '-infinity', 'Ours is in ' || our_currency || ', theirs in ' || currency || '.'
FROM charges WHERE our_currency <> currency AND named_charge IS NULL
  -- Booked as an exchange, as the gateway lists it.
  AND NOT EXISTS (SELECT FROM billing_conversion c
                  WHERE c.payment_id = mine AND c.refund_id IS NULL AND c.created_at <= %(as_of)s
                    AND c.settled_currency = charges.currency
                    AND c.settled_minor = charges.amount_minor)
UNION ALL
SELECT source_id, 'amount', COALESCE(mine, named), NULL, our_amount, amount_minor, currency,
    occurred_at, '-infinity', 'The charge differs from the payment.'
FROM charges
WHERE our_currency = currency AND our_amount <> amount_minor AND named_charge IS NULL
UNION ALL
SELECT source_id, 'fee', mine, NULL, our_fee, fee_minor, currency, occurred_at,
    '-infinity', 'The fee that was booked is not the fee that was taken.'
FROM charges
WHERE our_currency = currency AND our_fee <> fee_minor
  AND EXISTS (SELECT FROM billing_entry e WHERE e.source_type = 'balance_transaction'
              AND e.source_id = %(gateway)s || ':' || fee_of AND e.kind = 'gateway_fee'
              AND e.posted_at <= %(as_of)s)
UNION ALL
SELECT gateway_charge_id, 'charge_missing_there', mine, NULL, our_amount, NULL, our_currency,
    succeeded_at,
    -- Its fee was read, so it is listed; but perhaps not yet when this run asked for the list.
    succeeded_at + CASE WHEN EXISTS (
        SELECT FROM billing_entry e WHERE e.source_type = 'balance_transaction'
           AND e.source_id = %(gateway)s || ':' || gateway_balance_transaction_id
           AND e.kind = 'gateway_fee' AND e.posted_at <= %(as_of)s
        ) THEN %(webhook)s ELSE %(listing)s END,
    'A payment is paid here, and the gateway lists no charge for it.'
FROM unequal WHERE source_id IS NULL AND {inside:succeeded_at}
"""
