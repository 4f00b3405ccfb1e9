"""What banks took back and gave back, and movements of categories that nobody knows. SQL alone.

`listed` is what the run saw beside charges (`matching`).
"""

DISPUTES = """
WITH disputes AS (
    -- A movement is matched by its own id.
    SELECT t.*, COALESCE(NULLIF(t.source_id, ''), t.transaction_id) AS key,
        COALESCE(d.payment_id, p.id) AS payment,
        CASE booked.kind WHEN 'withdrawn' THEN -d.withdrawn_minor - d.fee_minor
                         WHEN 'reinstated' THEN d.reinstated_minor + d.fee_returned_minor
                         WHEN 'moved' THEN further.amount_minor - further.fee_minor
        END AS ours,
        loss.share_minor AS share, loss.excess_minor AS excess,
        t.transaction_id = d.withdrawal_id AS taking
    FROM listed t
    LEFT JOIN billing_dispute d ON d.gateway_dispute_id = t.source_id
    LEFT JOIN billing_disputemovement further ON further.gateway_movement_id = t.transaction_id
    LEFT JOIN billing_entry booked ON booked.posted_at <= %(as_of)s
        AND booked.source_type = CASE WHEN further.id IS NULL THEN 'dispute'
                                      ELSE 'dispute_movement' END
        AND booked.source_id = COALESCE(further.id, d.id)::text
        AND booked.kind = CASE WHEN further.id IS NOT NULL THEN 'moved'
                               WHEN t.transaction_id = d.withdrawal_id THEN 'withdrawn'
                               WHEN t.transaction_id = d.reinstatement_id THEN 'reinstated' END
    LEFT JOIN billing_disputeloss loss ON loss.dispute_id = d.id
        AND EXISTS (SELECT FROM billing_entry e WHERE e.source_type = 'dispute_loss'
                    AND e.source_id = loss.id::text AND e.kind = 'lost'
                    AND e.posted_at <= %(as_of)s)
        AND NOT EXISTS (SELECT FROM billing_entry e WHERE e.source_type = 'dispute_loss'
                        AND e.source_id = loss.id::text AND e.kind = 'reversed'
                        AND e.posted_at <= %(as_of)s)
    LEFT JOIN billing_payment p
        ON p.gateway = %(gateway)s AND p.gateway_intent_id = NULLIF(t.intent_id, '')
    WHERE t.category = ANY(%(disputes)s) AND {inside:t.occurred_at}
)
SELECT key, 'dispute_missing_here' AS type, payment, NULL::uuid AS payout, NULL::bigint AS ours,
    SUM(net_minor)::bigint AS theirs, MIN(currency) AS currency, MIN(occurred_at) AS occurred_at,
    MAX(occurred_at) + %(webhook)s AS due_at,
    'The gateway has moved money for a dispute, and our books do not say so.' AS detail
FROM disputes WHERE ours IS NULL GROUP BY key, payment
UNION ALL
SELECT key, 'amount', payment, NULL, ours, net_minor, currency, occurred_at, '-infinity',
    'The dispute there moved another amount than here.'
FROM disputes WHERE ours <> net_minor
UNION ALL
SELECT key, 'amount', payment, NULL, -share, amount_minor, currency, occurred_at, '-infinity',
    'The dispute took more than was left of the payment; the rest is in 5030.'
FROM disputes WHERE excess > 0 AND taking
"""

UNKNOWN = """
SELECT transaction_id AS key, 'unknown_category' AS type, NULL::uuid AS payment,
    NULL::uuid AS payout, NULL::bigint AS ours, net_minor AS theirs, currency, occurred_at,
    '-infinity'::timestamptz AS due_at,
    'The category ' || left(category, 60) || ' has no place in our books.' AS detail
FROM listed WHERE {inside:occurred_at} AND NOT category = ANY(%(known)s)
"""
