"""That the books say what payments, refunds, disputes and purchases say (I4, I5, I10, I11).

Each is one set-based query of its breaches; `billing.ledger.checks` runs them.
"""

from billing.ledger import called_for, credit_held, paid_out, prepaid_held
from billing.ledger.invariants import Invariant

I4 = Invariant(
    "I4",
    "Of each purchase, mentor, commission, fee recovery and breakage hold what was captured, with "
    "what a discount (5060) and credit (2500) paid beside it, less what is unused of a package "
    "(2600), and neither refunded (pending refunds count) nor lost in a dispute, discount and "
    "credit shares included.",
    f"""
    WITH held AS (
        SELECT purchase_id, -sum(amount_minor) AS minor FROM billing_line
        WHERE left(account_id, 4)
              IN ('2110', '2120', '2130', '2200', '4010', '4020', '4030', '4090')
          AND purchase_id IS NOT NULL
        GROUP BY purchase_id
    ), captured AS (
        SELECT purchase_id, sum(minor) AS minor FROM (
            SELECT purchase_id, amount_minor AS minor FROM billing_payment
            WHERE state = 'succeeded'
            UNION ALL
            SELECT id, discount_minor + credit_minor + prepaid_minor
            FROM billing_purchase purchase
            WHERE settled_at IS NOT NULL OR EXISTS (
                  SELECT FROM billing_payment payment
                  WHERE payment.purchase_id = purchase.id AND state = 'succeeded')
        ) AS paid GROUP BY purchase_id
    ), refunded AS (
        SELECT purchase_id, sum(minor) AS minor FROM (
            SELECT payment.purchase_id,
                   refund.amount_minor + refund.discount_minor + refund.credit_minor AS minor
            FROM billing_refund refund
            JOIN billing_payment payment ON payment.id = refund.payment_id
            WHERE refund.state IN ('created', 'pending', 'succeeded')
            UNION ALL
            SELECT purchase_id, discount_minor + credit_minor + prepaid_minor
            FROM billing_unwinding
            UNION ALL
            {prepaid_held.NOT_ITS_OWN}
        ) AS gone GROUP BY purchase_id
    ), lost AS (
        SELECT payment.purchase_id, sum(loss.share_minor) AS minor
        FROM billing_disputeloss loss
        JOIN billing_dispute dispute ON dispute.id = loss.dispute_id
        JOIN billing_payment payment ON payment.id = dispute.payment_id
        WHERE loss.reversed_at IS NULL GROUP BY payment.purchase_id
    ), kept AS (
        SELECT captured.purchase_id,
               captured.minor - coalesce(refunded.minor, 0) - coalesce(lost.minor, 0) AS minor
        FROM captured LEFT JOIN refunded USING (purchase_id) LEFT JOIN lost USING (purchase_id)
    )
    SELECT purchase_id::text AS id, coalesce(kept.minor, 0)::text AS expected,
           coalesce(held.minor, 0)::text AS found
    FROM kept FULL JOIN held USING (purchase_id)
    WHERE coalesce(kept.minor, 0) <> coalesce(held.minor, 0)
    """,  # noqa: S608 - constants
)

I5 = Invariant(
    "I5",
    "Refunded, pending and lost in disputes are within what was captured, and the payment's "
    "totals are those of its refunds and disputes.",
    """
    WITH refunds AS (
        SELECT payment_id,
               sum(amount_minor) FILTER (WHERE state = 'succeeded') AS refunded,
               sum(amount_minor) FILTER (WHERE state IN ('created', 'pending')) AS pending
        FROM billing_refund GROUP BY payment_id
    ), disputes AS (
        SELECT payment_id,
               sum(withdrawn_minor - coalesce(reinstated_minor, 0) - coalesce(moved.minor, 0))
                   AS disputed,
               sum(loss.share_minor - loss.discount_minor - loss.credit_minor) AS lost
        FROM billing_dispute dispute LEFT JOIN billing_disputeloss loss
             ON loss.dispute_id = dispute.id AND loss.reversed_at IS NULL
        LEFT JOIN (SELECT dispute_id, sum(amount_minor) AS minor FROM billing_disputemovement
                   GROUP BY dispute_id) AS moved ON moved.dispute_id = dispute.id
        WHERE withdrawn_minor IS NOT NULL GROUP BY payment_id
    ), said AS (
        SELECT payment.id, coalesce(refunds.refunded, 0) AS refunded,
               coalesce(refunds.pending, 0) AS pending, coalesce(disputes.disputed, 0) AS disputed,
               coalesce(disputes.lost, 0) AS lost,
               CASE state WHEN 'succeeded' THEN amount_minor ELSE 0 END AS captured,
               refunded_minor, pending_refund_minor, disputed_minor
        FROM billing_payment payment LEFT JOIN refunds ON refunds.payment_id = payment.id
        LEFT JOIN disputes ON disputes.payment_id = payment.id
    )
    SELECT id::text,
           format('refunded %%s, pending %%s, disputed %%s; lost %%s, of at most %%s', refunded,
                  pending, disputed, lost, captured) AS expected,
           format('refunded %%s, pending %%s, disputed %%s', refunded_minor, pending_refund_minor,
                  disputed_minor) AS found
    FROM said
    WHERE (refunded_minor, pending_refund_minor, disputed_minor)
          IS DISTINCT FROM (refunded, pending, disputed)
       OR refunded_minor + pending_refund_minor + lost > captured
    """,
)

I10 = Invariant(
    "I10",
    "The books hold exactly the entries that payments, refunds, disputes, payouts and purchases "
    "call for, with the parts that they say, in whatever order they came.",
    f"""(
    WITH posted AS (
        SELECT source_type, source_id, string_agg(kind, ', ' ORDER BY kind) AS kinds
        FROM billing_entry
        WHERE source_type IN ('payment', 'refund', 'credit', 'unwinding', 'dispute',
                              'dispute_loss', 'dispute_movement', 'payout',
                              'revived_payout', 'reserve',
                              'write_off', 'write_off_recovery', 'cost', 'conversion',
                              'surplus',
                              'gateway_payout',
                              'break_resolution', 'package_expiry')
        GROUP BY source_type, source_id
    ), called AS (
        SELECT 'payment' AS source_type, id::text AS source_id, state,
               ARRAY[CASE state WHEN 'succeeded' THEN 'captured' END] AS kinds
        FROM billing_payment
        UNION ALL
        SELECT 'refund', id::text, state,
               CASE WHEN state IN ('created', 'pending') THEN ARRAY['created']
                    WHEN amount_minor = 0 THEN ARRAY['created']
                    WHEN state = 'succeeded' THEN ARRAY['created, succeeded']
                    ELSE ARRAY['created, reversed', 'created, returned, reversed, succeeded'] END
        FROM billing_refund
        UNION ALL
        SELECT 'surplus', id::text, state,
               CASE WHEN amount_minor = 0
                    THEN ARRAY[CASE WHEN fee_minor = 0 THEN NULL
                                    WHEN state IN ('failed', 'cancelled') THEN 'received, reversed'
                                    ELSE 'received' END]
                    WHEN state IN ('created', 'pending') THEN ARRAY['received']
                    WHEN state = 'succeeded' THEN ARRAY['received, returned']
                    ELSE ARRAY['received, reversed', 'bounced, received, returned, reversed'] END
        FROM billing_surplus
        UNION ALL
        SELECT 'credit', id::text, kind,
               ARRAY[CASE WHEN kind IN ('goodwill', 'referral') THEN 'granted'
                          WHEN kind = 'set_off' THEN 'set_off' END]
        FROM billing_creditmovement
        UNION ALL
        SELECT 'unwinding', id::text, NULL, ARRAY['created'] FROM billing_unwinding
        UNION ALL
        SELECT 'dispute', id::text, state,
               ARRAY[CASE WHEN withdrawn_minor IS NULL THEN NULL
                          WHEN reinstated_minor IS NULL THEN 'withdrawn'
                          ELSE 'reinstated, withdrawn' END]
        FROM billing_dispute
        UNION ALL
        SELECT 'dispute_movement', id::text, NULL, ARRAY['moved'] FROM billing_disputemovement
        UNION ALL
        SELECT 'dispute_loss', id::text, NULL,
               ARRAY[CASE WHEN reversed_at IS NULL THEN 'lost' ELSE 'lost, reversed' END]
        FROM billing_disputeloss
        UNION ALL
        SELECT 'cost', id::text, NULL,
               ARRAY[CASE WHEN reverses_id IS NULL THEN 'entered' ELSE 'reversed' END]
        FROM billing_cost
        UNION ALL
        SELECT 'conversion', id::text, NULL, ARRAY['converted'] FROM billing_conversion
        UNION ALL
        SELECT 'reserve', id::text, NULL, ARRAY[kind] FROM billing_reservemove
        UNION ALL
        SELECT 'write_off', id::text, NULL,
               ARRAY[CASE WHEN approved_at IS NOT NULL THEN 'written_off' END]
        FROM billing_writeoff
        UNION ALL
        SELECT 'write_off_recovery', id::text, NULL, ARRAY['recovered']
        FROM billing_writeoffrecovery
        UNION ALL
        {paid_out.CALLED}
        UNION ALL
        {prepaid_held.CALLED}
    )
    SELECT concat_ws(' ', source_type, source_id, called.state) AS id,
           coalesce(array_to_string(called.kinds, ' or '), 'nothing') AS expected,
           coalesce(posted.kinds, 'nothing') AS found
    FROM called FULL JOIN posted USING (source_type, source_id)
    WHERE called.kinds IS NULL
       OR NOT EXISTS (SELECT FROM unnest(called.kinds) AS kind
                      WHERE kind IS NOT DISTINCT FROM posted.kinds)
    UNION ALL
    SELECT 'balance_transaction ' || gateway || ':' || gateway_balance_transaction_id,
           'gateway_fee', 'nothing'
    FROM billing_payment payment
    WHERE gateway_balance_transaction_id IS NOT NULL AND actual_fee_minor <> 0
      AND NOT EXISTS (
          SELECT FROM billing_entry entry
          WHERE entry.source_type = 'balance_transaction' AND entry.kind = 'gateway_fee'
            AND entry.source_id = gateway || ':' || gateway_balance_transaction_id)
    ) UNION ALL ({called_for.SQL})
    """,  # noqa: S608 - constants
)

I11 = Invariant(
    "I11",
    "Sub-ledgers sum to their control accounts: mentors, purchases, open refunds, disputes and "
    "payouts; nothing is deferred once earned, nothing pending once released.",
    f"""
    SELECT account_id || ' by mentor' AS id, sum(amount_minor)::text AS expected,
           coalesce(sum(amount_minor) FILTER (WHERE mentor_id IS NOT NULL), 0)::text AS found
    FROM billing_line
    WHERE left(account_id, 4) IN ('2110', '2120', '2130', '2140', '2150', '5040')
    GROUP BY account_id HAVING count(*) <> count(mentor_id)
    UNION ALL
    SELECT account_id || ' of mentor ' || mentor_id, 'recovered at most what was written off',
           sum(amount_minor)::text
    FROM billing_line WHERE left(account_id, 4) = '5040'
    GROUP BY account_id, mentor_id HAVING sum(amount_minor) < 0
    UNION ALL
    SELECT account_id || ' by purchase', sum(amount_minor)::text,
           coalesce(sum(amount_minor) FILTER (WHERE purchase_id IS NOT NULL), 0)::text
    FROM billing_line
    WHERE left(account_id, 4) IN ('2110', '2200', '2300', '2600', '4010', '4020', '4030', '4090')
    GROUP BY account_id HAVING count(*) <> count(purchase_id)
    UNION ALL
    SELECT 'line ' || line.id, concat_ws(' ', purchase.mentor_id, purchase.currency),
           concat_ws(' ', line.mentor_id, line.currency)
    FROM billing_line line JOIN billing_purchase purchase ON purchase.id = line.purchase_id
    WHERE line.mentor_id <> purchase.mentor_id
       -- What the gateway's balance holds of a sale may be in another currency; nothing else is.
       OR (line.currency <> purchase.currency
           AND left(line.account_id, 4) NOT IN ('1100', '5010', '5050', '6000'))
    UNION ALL
    SELECT '6000 of payment ' || payment_id, sum(settled_minor)::text, sum(difference_minor)::text
    FROM billing_conversion GROUP BY payment_id, settled_currency
    HAVING sum(sale_minor) = 0 AND sum(settled_minor) <> sum(difference_minor)
    UNION ALL
    SELECT '2300 of purchase ' || purchase_id, (-coalesce(open.minor, 0))::text,
           coalesce(payable.minor, 0)::text
    FROM (
        SELECT purchase_id, sum(amount_minor) AS minor FROM billing_line
        WHERE account_id LIKE '2300:%%' GROUP BY purchase_id
    ) AS payable
    FULL JOIN (
        SELECT payment.purchase_id, sum(owed.amount_minor) AS minor
        FROM (SELECT payment_id, state, amount_minor FROM billing_refund
              UNION ALL SELECT payment_id, state, amount_minor FROM billing_surplus) AS owed
        JOIN billing_payment payment ON payment.id = owed.payment_id
        WHERE owed.state IN ('created', 'pending') GROUP BY payment.purchase_id
    ) AS open USING (purchase_id)
    WHERE coalesce(payable.minor, 0) <> -coalesce(open.minor, 0)
    UNION ALL
    SELECT '1130 of purchase ' || purchase_id, coalesce(held.minor, 0)::text,
           coalesce(receivable.minor, 0)::text
    FROM (
        SELECT purchase_id, sum(amount_minor) AS minor FROM billing_line
        WHERE account_id LIKE '1130:%%' GROUP BY purchase_id
    ) AS receivable
    FULL JOIN (
        SELECT payment.purchase_id,
               sum(withdrawn_minor - coalesce(reinstated_minor, 0) + further_minor
                   - coalesce(loss.share_minor - loss.discount_minor - loss.credit_minor
                              + loss.excess_minor, 0)) AS minor
        FROM billing_dispute dispute JOIN billing_payment payment
             ON payment.id = dispute.payment_id
        LEFT JOIN billing_disputeloss loss
             ON loss.dispute_id = dispute.id AND loss.reversed_at IS NULL
        WHERE withdrawn_minor IS NOT NULL GROUP BY payment.purchase_id
    ) AS held USING (purchase_id)
    WHERE coalesce(receivable.minor, 0) <> coalesce(held.minor, 0)
    UNION ALL
    SELECT left(line.account_id, 4) || ' of purchase ' || purchase.id, '0',
           sum(line.amount_minor)::text
    FROM billing_line line JOIN billing_purchase purchase ON purchase.id = line.purchase_id
    WHERE (line.account_id LIKE '2200:%%' AND purchase.recognised_at IS NOT NULL)
       OR (line.account_id LIKE '2110:%%' AND purchase.released_at IS NOT NULL)
    GROUP BY left(line.account_id, 4), purchase.id HAVING sum(line.amount_minor) <> 0
    UNION ALL
    SELECT '2130 ' || currency || ' of mentor ' || mentor_id, coalesce(kept.minor, 0)::text,
           coalesce(held.minor, 0)::text
    FROM (
        SELECT mentor_id, currency, -sum(amount_minor) AS minor FROM billing_line
        WHERE account_id LIKE '2130:%%' GROUP BY mentor_id, currency
    ) AS held
    FULL JOIN (
        SELECT mentor_id, currency, sum(amount_minor) AS minor FROM billing_reserve
        GROUP BY mentor_id, currency
    ) AS kept USING (mentor_id, currency)
    WHERE coalesce(kept.minor, 0) <> coalesce(held.minor, 0)
    UNION ALL
    {paid_out.SUB_LEDGERS}
    UNION ALL
    {credit_held.SUB_LEDGERS}
    UNION ALL
    {prepaid_held.SUB_LEDGERS}
    """,  # noqa: S608 - constants
)
