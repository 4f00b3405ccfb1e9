"""Refunds, as listed and as booked. SQL alone.

What a refund of ours was at the run's instant follows from its ledger entries that had been
posted by then, never from its row, which has moved on. Several refunds of one payment that were
all made at the gateway are told apart from one that undoes the payment by what is left of it.
`listed` is what the run saw beside charges, `pairs` are charges and payments (`matching`).
"""

from billing.reconciliation.charges import COMPARED

# Of refund `r`: 1 under way, 2 succeeded, 3 came to nothing, NULL not there yet.
_STOOD = """
    SELECT max(CASE e.kind WHEN 'created' THEN 1 WHEN 'succeeded' THEN 2 ELSE 3 END) AS stage,
           max(e.occurred_at) FILTER (WHERE e.kind = 'succeeded') AS succeeded_at
    FROM billing_entry e
    WHERE e.source_type = 'refund' AND e.source_id = r.id::text AND e.posted_at <= %(as_of)s
"""

_SEEN = """WITH seen AS NOT MATERIALIZED (
    SELECT * FROM listed WHERE category = ANY(%(of_refunds)s)
)"""

THEIRS = """
{seen}, known AS (
    SELECT t.*, CASE WHEN stood.stage IS NOT NULL THEN r.id END AS mine, stood.stage,
        r.payment_id, r.amount_minor AS our_amount, r.currency AS our_currency
    FROM seen t
    LEFT JOIN billing_refund by_id ON by_id.gateway_refund_id = t.source_id
    -- As one key, so that only the few that the gateway's id does not find are looked up.
    LEFT JOIN billing_refund by_ref
        ON by_ref.id = CASE WHEN by_id.id IS NULL THEN t.refund_ref END
    CROSS JOIN LATERAL (
        SELECT COALESCE(by_id.id, by_ref.id) AS id,
            COALESCE(by_id.payment_id, by_ref.payment_id) AS payment_id,
            COALESCE(by_id.amount_minor, by_ref.amount_minor) AS amount_minor,
            COALESCE(by_id.currency, by_ref.currency) AS currency
    ) r
    LEFT JOIN LATERAL ({stood}) stood ON true
    WHERE t.category = ANY(%(refunds)s) AND {inside:t.occurred_at}
      -- The way back of a charge that was not asked for (`charges`).
      AND NOT EXISTS (SELECT FROM billing_surplus s
                      WHERE s.gateway = %(gateway)s AND s.created_at <= %(as_of)s
                        AND (s.id = t.refund_ref OR s.gateway_refund_id = t.source_id
                             OR s.intent_id = t.intent_id)
                        AND NOT (s.state IN ('failed', 'cancelled') AND s.settled_at <= %(as_of)s))
      -- Hashed once: as a join it would compare each refund with each.
      AND t.source_id NOT IN (SELECT f.source_id FROM seen f
                              WHERE f.category = ANY(%(refund_failures)s))
), refunds AS (
    SELECT known.*, p.id AS payment, p.amount_minor AS paid, p.gateway_intent_id AS intent
    FROM known
    -- As one key, as above.
    LEFT JOIN billing_payment by_intent ON by_intent.gateway = %(gateway)s
        AND by_intent.gateway_intent_id =
            CASE WHEN known.payment_id IS NULL AND known.payment_ref IS NULL
                 THEN NULLIF(known.intent_id, '') END
    LEFT JOIN billing_payment p ON p.gateway = %(gateway)s
        AND p.id = COALESCE(known.payment_id, known.payment_ref, by_intent.id)
    WHERE known.mine IS NULL OR known.stage = 3 OR known.our_currency <> known.currency
       OR known.our_amount <> -known.amount_minor
), strangers AS (
    SELECT *, paid = SUM(-amount_minor) OVER (PARTITION BY payment) AND NOT EXISTS (
        SELECT FROM billing_refund r CROSS JOIN LATERAL ({stood}) stood
        WHERE r.payment_id = payment AND stood.stage < 3) AS undone
    FROM refunds WHERE mine IS NULL
)
SELECT source_id AS key, 'currency' AS type, payment, NULL::uuid AS payout, -our_amount AS ours,
    amount_minor AS theirs, currency, occurred_at, '-infinity'::timestamptz AS due_at,
    'Our refund is in ' || our_currency || ', theirs in ' || currency || '.' AS detail
FROM refunds WHERE mine IS NOT NULL AND our_currency <> currency
  AND NOT EXISTS (SELECT FROM billing_conversion c
                  WHERE c.refund_id = mine AND c.created_at <= %(as_of)s
                    AND c.settled_currency = refunds.currency
                    AND c.settled_minor = refunds.amount_minor)
UNION ALL
SELECT source_id, 'amount', payment, NULL, -our_amount, amount_minor, currency, occurred_at,
    '-infinity', 'The refund there differs from the refund here.'
FROM refunds
WHERE mine IS NOT NULL AND our_currency = currency AND our_amount <> -amount_minor
UNION ALL
SELECT source_id, 'status_refunded_there', payment, NULL, 0, amount_minor, currency, occurred_at,
    '-infinity', 'The refund ended here without money; there it stands.'
FROM refunds WHERE stage = 3
UNION ALL
SELECT intent, 'status_refunded_there', payment, NULL, 0, SUM(amount_minor)::bigint,
    MIN(currency), MIN(occurred_at), MAX(occurred_at) + %(webhook)s,
    'The payment is paid here and refunded in full there.'
FROM strangers WHERE undone GROUP BY intent, payment
UNION ALL
SELECT source_id, 'refund_missing_here', payment, NULL, NULL, amount_minor, currency, occurred_at,
    occurred_at + %(webhook)s, 'A refund was made at the gateway and is not in our books.'
FROM strangers WHERE undone IS NOT TRUE
""".replace("{seen}", _SEEN).replace("{stood}", _STOOD)

OURS = (
    """
{seen}, unseen AS MATERIALIZED (
    SELECT r.id, r.payment_id, r.gateway_refund_id, r.amount_minor, r.currency, r.created_at
    FROM billing_refund r
    -- The gateway lists a refund when it is ordered, which may be days before it succeeds.
    WHERE {inside:r.created_at}
      AND NOT EXISTS (SELECT FROM seen s WHERE s.source_id = r.gateway_refund_id
                      AND s.category = ANY(%(refunds)s)
                      -- One whose money came back to the gateway later does not stand there.
                      AND NOT EXISTS (SELECT FROM seen back
                                      WHERE back.source_id = r.gateway_refund_id
                                        AND back.category = ANY(%(refund_failures)s)
                                        AND back.occurred_at < %(as_of)s - %(webhook)s))
), unlisted AS MATERIALIZED (
    SELECT r.*, stood.succeeded_at, p.gateway_intent_id, p.gateway_charge_id, p.compared
    FROM unseen r
    -- Few, which the planner cannot know: OFFSET has each of them looked up.
    CROSS JOIN LATERAL (
        SELECT p.gateway_intent_id, p.gateway_charge_id, {compared} AS compared
        FROM billing_payment p WHERE p.id = r.payment_id AND p.gateway = %(gateway)s OFFSET 0
    ) p
    CROSS JOIN LATERAL ({stood}) stood
    WHERE stood.stage = 2
      -- Listed in days that this run did not ask for.
      AND NOT EXISTS (SELECT FROM billing_gatewaytransaction e
                      WHERE e.gateway = %(gateway)s AND e.source_id = r.gateway_refund_id
                        AND e.category = ANY(%(refunds)s)
                        AND e.run_id <= %(run)s AND NOT {around:e.occurred_at} OFFSET 0)
), lost AS (
    SELECT unlisted.*,
        -- What the charge itself says: does the gateway deny the refund, or only not list it?
        CASE WHEN COALESCE(charge.source_id, charge.gateway_charge_id) IS NOT NULL
             THEN charge.refunded_minor WHEN unlisted.compared THEN 0 END < (
            SELECT SUM(r.amount_minor) FROM billing_refund r CROSS JOIN LATERAL ({stood}) stood
            WHERE r.payment_id = unlisted.payment_id AND stood.stage = 2) AS denied,
        CASE WHEN EXISTS (SELECT FROM billing_gatewaytransaction once
                          WHERE once.gateway = %(gateway)s AND once.run_id <= %(run)s
                            AND once.source_id = unlisted.gateway_refund_id
                            AND once.category = ANY(%(refunds)s) OFFSET 0)
             THEN '-infinity' ELSE unlisted.succeeded_at + %(listing)s END AS due_at
    FROM unlisted
    LEFT JOIN pairs charge
        ON COALESCE(charge.source_id, charge.gateway_charge_id) = unlisted.gateway_charge_id
)
SELECT gateway_intent_id AS key, 'status_refunded_here' AS type, payment_id AS payment,
    NULL::uuid AS payout, -SUM(amount_minor)::bigint AS ours, 0::bigint AS theirs,
    MIN(currency) AS currency, MIN(created_at) AS occurred_at, MAX(due_at) AS due_at,
    'The payment is refunded here, and the charge there is not.' AS detail
FROM lost WHERE denied GROUP BY gateway_intent_id, payment_id
UNION ALL
SELECT gateway_refund_id, 'refund_missing_there', payment_id, NULL, -amount_minor, NULL, currency,
    created_at, due_at, 'A refund is done here, and the gateway lists none.'
FROM lost WHERE denied IS NOT TRUE
""".replace("{seen}", _SEEN)
    .replace("{stood}", _STOOD)
    .replace("{compared}", COMPARED)
)
