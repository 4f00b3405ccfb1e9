"""Money to mentors: do the gateway's transfers and our payouts say the same? SQL alone.

A movement belongs to a payout by the transfer's id, or by our id in its metadata; never by amount
and day. What came back of a transfer is summed over everything that was ever listed, because it
may come back in parts and weeks later.
"""

TRANSFERS = ("transfer",)
REVERSALS = ("transfer_reversal",)

THEIRS = """
WITH inside AS (
    SELECT t.* FROM billing_sighting s
    JOIN billing_gatewaytransaction t ON t.id = s.transaction_id
    WHERE s.run_id = %(run)s AND t.occurred_at >= %(since)s AND t.occurred_at < %(until)s
      AND t.category = ANY(%(to_mentors)s)
), moves AS (
    SELECT t.*, COALESCE(NULLIF(t.transfer_id, ''), t.source_id) AS transfer,
        COALESCE(mine.id, named.id) AS payout,
        COALESCE(mine.state, named.state) AS our_state,
        COALESCE(mine.amount_minor, named.amount_minor) AS our_amount,
        COALESCE(mine.currency, named.currency) AS our_currency,
        named.gateway_transfer_id AS named_transfer
    FROM inside t
    LEFT JOIN billing_payout mine ON mine.gateway_transfer_id = t.transfer_id
    LEFT JOIN billing_payout named ON mine.id IS NULL AND named.id = t.payout_ref
), sent AS (
    SELECT * FROM moves WHERE category = ANY(%(transfers)s)
), back AS (
    SELECT transfer, payout, our_state, our_amount, MIN(currency) AS currency,
        MIN(occurred_at) AS occurred_at, MAX(occurred_at) AS latest,
        (SELECT SUM(amount_minor) FROM (
            SELECT DISTINCT ON (transaction_id) amount_minor FROM billing_gatewaytransaction known
            WHERE known.gateway = %(gateway)s AND known.category = ANY(%(reversals)s)
              AND known.transfer_id = moves.transfer
            ORDER BY transaction_id, id DESC) AS each)::bigint AS amount_minor
    FROM moves WHERE category = ANY(%(reversals)s)
    GROUP BY transfer, payout, our_state, our_amount
)
SELECT transfer AS key, 'payout_missing_here' AS type, payout, NULL::bigint AS ours,
    amount_minor AS theirs, currency, occurred_at,
    CASE WHEN payout IS NULL THEN 'The gateway paid a mentor, and no payout of ours says so.'
         WHEN named_transfer IS NOT NULL THEN 'A second transfer for a payout that is paid already.'
         ELSE 'The gateway paid a payout that is not paid here.' END AS detail
FROM sent
WHERE occurred_at < %(webhook_due)s
  AND (payout IS NULL OR named_transfer IS NOT NULL OR our_state IN ('approved', 'sent'))
UNION ALL
SELECT transfer, 'status_paid_there', payout, 0, amount_minor, currency, occurred_at,
    'The payout is ' || our_state || ' here, and there it was paid.'
FROM sent WHERE our_state IN ('created', 'discarded', 'failed')
UNION ALL
SELECT transfer, 'currency', payout, -our_amount, amount_minor, currency, occurred_at,
    'Our payout is in ' || our_currency || ', theirs in ' || currency || '.'
FROM sent WHERE our_currency <> currency
UNION ALL
SELECT transfer, 'amount', payout, -our_amount, amount_minor, currency, occurred_at,
    'The transfer there differs from the payout here.'
FROM sent WHERE our_currency = currency AND our_amount <> -amount_minor
UNION ALL
SELECT transfer, 'payout_missing_here', payout, NULL, amount_minor, currency, occurred_at,
    'Money came back of a transfer that is no payout of ours.'
FROM back WHERE payout IS NULL AND latest < %(webhook_due)s
  AND NOT EXISTS (SELECT FROM sent WHERE sent.transfer = back.transfer)
UNION ALL
SELECT transfer, 'status_returned_there', payout, 0, amount_minor, currency, occurred_at,
    'The payout is paid here, and there its money came back.'
FROM back WHERE our_amount = amount_minor AND latest < %(webhook_due)s
  AND our_state NOT IN ('returned', 'reassigned')
UNION ALL
SELECT transfer, 'amount', payout, 0, amount_minor, currency, occurred_at,
    'Only a part of the payout came back.'
FROM back WHERE our_amount <> amount_minor AND latest < %(webhook_due)s
"""

OURS = """
WITH seen AS MATERIALIZED (
    SELECT t.category, t.transfer_id FROM billing_sighting s
    JOIN billing_gatewaytransaction t ON t.id = s.transaction_id
    WHERE s.run_id = %(run)s AND t.category = ANY(%(to_mentors)s)
), paid AS (
    SELECT payout.* FROM billing_payout payout
    JOIN billing_payoutrun run ON run.id = payout.run_id AND run.gateway = %(gateway)s
    WHERE payout.paid_at IS NOT NULL
)
SELECT gateway_transfer_id AS key, 'payout_missing_there' AS type, id AS payout,
    -amount_minor AS ours, NULL::bigint AS theirs, currency, paid_at AS occurred_at,
    'The payout is paid here, and the gateway lists no transfer for it.' AS detail
FROM paid
WHERE paid_at >= %(since)s AND paid_at < %(until)s
  AND (paid_at < %(listing_due)s
       OR EXISTS (SELECT FROM billing_gatewaytransaction known
                  WHERE known.gateway = %(gateway)s
                    AND known.source_id = paid.gateway_transfer_id))
  AND NOT EXISTS (SELECT FROM seen WHERE seen.transfer_id = paid.gateway_transfer_id
                  AND seen.category = ANY(%(transfers)s))
UNION ALL
SELECT gateway_transfer_id, 'status_returned_here', id, amount_minor, 0, currency, returned_at,
    'The payout came back here, and the gateway lists no reversal.'
FROM paid
WHERE returned_at >= %(since)s AND returned_at < %(until)s AND returned_at < %(listing_due)s
  AND NOT EXISTS (SELECT FROM seen WHERE seen.transfer_id = paid.gateway_transfer_id
                  AND seen.category = ANY(%(reversals)s))
"""
