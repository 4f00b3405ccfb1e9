"""What I11 asks of client credit (2500): the balances, and what checkouts hold of it. SQL alone."""

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
"""
