"""What I11 asks of client credit (2500): the balances, and what checkouts hold of it. SQL alone.

And of each purchase, that its credit returned once: what went back, with the goodwill that
stands in for what failed after it was spent, is within what the client had paid with.
"""

SUB_LEDGERS = """
    SELECT '2500 ' || currency AS id, coalesce(owed.minor, 0)::text AS expected,
           coalesce(held.minor, 0)::text AS found
    FROM (
        SELECT currency, -sum(amount_minor) AS minor FROM billing_line
        WHERE account_id LIKE '2500:%%' GROUP BY currency
    ) AS held
    FULL JOIN (
        SELECT currency, sum(minor) AS minor FROM (
            SELECT currency, balance_minor AS minor FROM billing_clientcredit
            UNION ALL
            -- Taken at a checkout that is not paid yet: the entry comes with the money.
            SELECT movement.currency, -movement.amount_minor
            FROM billing_creditmovement movement
            JOIN billing_purchase purchase ON purchase.id = movement.purchase_id
            WHERE kind IN ('spent', 'returned') AND purchase.settled_at IS NULL
              AND NOT EXISTS (SELECT FROM billing_payment payment
                              WHERE payment.purchase_id = purchase.id AND state = 'succeeded')
        ) AS part GROUP BY currency
    ) AS owed USING (currency)
    WHERE coalesce(owed.minor, 0) <> coalesce(held.minor, 0)
    UNION ALL
    SELECT concat_ws(' ', 'credit of client', client_id, currency), coalesce(moved.minor, 0)::text,
           coalesce(balance_minor, 0)::text
    FROM billing_clientcredit
    FULL JOIN (
        SELECT client_id, currency, sum(amount_minor) AS minor FROM billing_creditmovement
        GROUP BY client_id, currency
    ) AS moved USING (client_id, currency)
    WHERE coalesce(moved.minor, 0) <> coalesce(balance_minor, 0)
    UNION ALL
    SELECT 'credit of purchase ' || purchase_id,
           format('%%s back, 0 to %%s of goodwill', coalesce(back.minor, 0),
                  purchase.credit_minor - coalesce(back.minor, 0)),
           format('%%s back, %%s of goodwill', coalesce(moved.back, 0), coalesce(moved.lost, 0))
    FROM (
        SELECT purchase_id,
               coalesce(sum(amount_minor) FILTER (WHERE kind IN ('refunded', 'taken_back')), 0)
                   AS back,
               coalesce(sum(amount_minor) FILTER (WHERE kind IN ('goodwill', 'set_off')), 0)
                   AS lost
        FROM billing_creditmovement WHERE purchase_id IS NOT NULL GROUP BY purchase_id
    ) AS moved
    FULL JOIN (
        SELECT purchase_id, sum(minor) AS minor FROM (
            SELECT purchase_id, refund.credit_minor AS minor
            FROM billing_refund refund
            JOIN billing_payment payment ON payment.id = refund.payment_id
            WHERE refund.state IN ('created', 'pending', 'succeeded') AND refund.credit_minor > 0
            UNION ALL
            SELECT purchase_id, loss.credit_minor
            FROM billing_disputeloss loss
            JOIN billing_dispute dispute ON dispute.id = loss.dispute_id
            JOIN billing_payment payment ON payment.id = dispute.payment_id
            WHERE loss.reversed_at IS NULL AND loss.credit_minor > 0
            UNION ALL
            SELECT purchase_id, credit_minor FROM billing_unwinding WHERE credit_minor > 0
        ) AS gone GROUP BY purchase_id
    ) AS back USING (purchase_id)
    JOIN billing_purchase purchase ON purchase.id = purchase_id
    WHERE coalesce(moved.back, 0) <> coalesce(back.minor, 0)
       OR coalesce(moved.lost, 0) NOT BETWEEN 0
          AND purchase.credit_minor - coalesce(back.minor, 0)
"""
