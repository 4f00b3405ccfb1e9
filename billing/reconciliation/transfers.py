"""Money to mentors: do the gateway's transfers and our payouts say the same? SQL alone.

A movement belongs to a payout by the transfer's id, or by our id in its metadata; never by amount
and day. What came back of a transfer is summed over everything that was ever listed, because it
may come back in parts and weeks later. `listed` is what the run saw beside charges (`matching`).
"""

TRANSFERS = ("transfer",)
REVERSALS = ("transfer_reversal",)

# Of payout `p`: what its entries had said by the run's instant.
_STOOD = """
    SELECT bool_or(e.kind = 'approved') AS approved, bool_or(e.kind = 'failed') AS failed,
           bool_or(e.kind = 'paid') AS paid, bool_or(e.kind = 'returned') AS returned
    FROM billing_entry e
    WHERE e.source_type = 'payout' AND e.source_id = p.id::text AND e.posted_at <= %(as_of)s
"""

THEIRS = """
WITH moves AS (
    SELECT t.*, COALESCE(NULLIF(t.transfer_id, ''), t.source_id) AS transfer, p.id AS payout,
        p.amount_minor AS our_amount, p.currency AS our_currency, stood.*,
        CASE WHEN mine.id IS NULL AND stood.paid THEN p.gateway_transfer_id END AS other_transfer
    FROM listed t
    LEFT JOIN billing_payout mine ON mine.gateway_transfer_id = t.transfer_id
    LEFT JOIN billing_payout p ON p.id = COALESCE(mine.id, t.payout_ref)
    LEFT JOIN LATERAL ({stood}) stood ON true
    WHERE t.category = ANY(%(to_mentors)s) AND {inside:t.occurred_at}
), sent AS (
    SELECT * FROM moves WHERE category = ANY(%(transfers)s)
), back AS (
    SELECT transfer, payout, our_amount, returned, MIN(currency) AS currency,
        MIN(occurred_at) AS occurred_at, MAX(occurred_at) AS latest,
        (SELECT SUM(amount_minor) FROM (
            SELECT DISTINCT ON (transaction_id) amount_minor FROM billing_gatewaytransaction known
            WHERE known.gateway = %(gateway)s AND known.category = ANY(%(reversals)s)
              AND known.transfer_id = moves.transfer AND known.run_id <= %(run)s
            ORDER BY transaction_id, run_id DESC, id DESC) AS each)::bigint AS amount_minor
    FROM moves WHERE category = ANY(%(reversals)s)
    GROUP BY transfer, payout, our_amount, returned
)
SELECT transfer AS key, 'payout_missing_here' AS type, NULL::uuid AS payment, payout,
    NULL::bigint AS ours, amount_minor AS theirs, currency, occurred_at,
    occurred_at + %(webhook)s AS due_at,
    CASE WHEN payout IS NULL THEN 'The gateway paid a mentor, and no payout of ours says so.'
         WHEN other_transfer IS NOT NULL THEN 'A second transfer for a payout that is paid already.'
         ELSE 'The gateway paid a payout that is not paid here.' END AS detail
FROM sent
WHERE payout IS NULL OR other_transfer IS NOT NULL
   OR (approved AND paid IS NOT TRUE AND failed IS NOT TRUE)
UNION ALL
SELECT transfer, 'status_paid_there', NULL, payout, 0, amount_minor, currency, occurred_at,
    '-infinity', CASE WHEN failed THEN 'The payout is failed here, and there it was paid.'
                      ELSE 'The payout was not approved here, and there it was paid.' END
FROM sent WHERE payout IS NOT NULL AND (approved IS NOT TRUE OR failed) AND paid IS NOT TRUE
UNION ALL
SELECT transfer, 'currency', NULL, payout, -our_amount, amount_minor, currency, occurred_at,
    '-infinity', 'Our payout is in ' || our_currency || ', theirs in ' || currency || '.'
FROM sent WHERE our_currency <> currency
UNION ALL
SELECT transfer, 'amount', NULL, payout, -our_amount, amount_minor, currency, occurred_at,
    '-infinity', 'The transfer there differs from the payout here.'
FROM sent WHERE our_currency = currency AND our_amount <> -amount_minor
UNION ALL
SELECT transfer, 'payout_missing_here', NULL, payout, NULL, amount_minor, currency, occurred_at,
    latest + %(webhook)s, 'Money came back of a transfer that is no payout of ours.'
FROM back WHERE payout IS NULL
  AND NOT EXISTS (SELECT FROM sent WHERE sent.transfer = back.transfer)
UNION ALL
SELECT transfer, 'status_returned_there', NULL, payout, 0, amount_minor, currency, occurred_at,
    latest + %(webhook)s, 'The payout is paid here, and there its money came back.'
FROM back WHERE our_amount = amount_minor AND returned IS NOT TRUE
UNION ALL
SELECT transfer, 'amount', NULL, payout, 0, amount_minor, currency, occurred_at,
    latest + %(webhook)s, 'Only a part of the payout came back.'
FROM back WHERE our_amount <> amount_minor
""".replace("{stood}", _STOOD)

OURS = """
WITH seen AS MATERIALIZED (
    SELECT category, transfer_id FROM listed WHERE category = ANY(%(to_mentors)s)
), paid AS (
    SELECT p.*, stood.returned AS came_back FROM billing_payout p
    JOIN billing_payoutrun run ON run.id = p.run_id AND run.gateway = %(gateway)s
    CROSS JOIN LATERAL ({stood}) stood
    WHERE ({inside:p.paid_at} OR {inside:p.returned_at}) AND stood.paid
)
SELECT gateway_transfer_id AS key, 'payout_missing_there' AS type, NULL::uuid AS payment,
    id AS payout, -amount_minor AS ours, NULL::bigint AS theirs, currency, paid_at AS occurred_at,
    CASE WHEN EXISTS (SELECT FROM billing_gatewaytransaction known
                      WHERE known.gateway = %(gateway)s AND known.run_id <= %(run)s
                        AND known.source_id = paid.gateway_transfer_id
                        AND known.category = ANY(%(transfers)s))
         THEN '-infinity' ELSE paid_at + %(listing)s END AS due_at,
    'The payout is paid here, and the gateway lists no transfer for it.' AS detail
FROM paid
WHERE {inside:paid_at}
  AND NOT EXISTS (SELECT FROM seen WHERE seen.transfer_id = paid.gateway_transfer_id
                  AND seen.category = ANY(%(transfers)s))
UNION ALL
SELECT gateway_transfer_id, 'status_returned_here', NULL, id, amount_minor, 0, currency,
    returned_at, returned_at + %(listing)s,
    'The payout came back here, and the gateway lists no reversal.'
FROM paid
WHERE came_back AND {inside:returned_at}
  AND NOT EXISTS (SELECT FROM seen WHERE seen.transfer_id = paid.gateway_transfer_id
                  AND seen.category = ANY(%(reversals)s))
""".replace("{stood}", _STOOD)
