"""What I10 and I11 ask of packages (2600): what is unused, by facts and by books. SQL alone."""

from billing.ledger.calls import Call

CALLS = (
    Call(
        "package_expiry",
        "expired",
        "billing_packageexpiry expiry "
        "JOIN billing_purchase bought ON bought.package_id = expiry.package_id",
        id="expiry.id::text",
        purchase="bought.id",
        at="expiry.at",
        parts={
            "2600": "expiry.amount_minor",
            "mentor": "CASE keeper WHEN 'mentor' THEN -expiry.amount_minor ELSE 0 END",
            "4030": "CASE keeper WHEN 'mentor' THEN 0 ELSE -expiry.amount_minor END",
        },
    ),
)

CALLED = """
    SELECT 'package_expiry', id::text, NULL, ARRAY['expired'] FROM billing_packageexpiry
"""

# Of a package's own purchase (I4): what is still unused, and what its sessions drew and kept.
NOT_ITS_OWN = """
    SELECT bought.id AS purchase_id, package.unused_minor AS minor
    FROM billing_package package JOIN billing_purchase bought ON bought.package_id = package.id
    UNION ALL
    SELECT bought.id, drawn.prepaid_minor - coalesce((
               SELECT sum(prepaid_minor) FROM billing_unwinding
               WHERE purchase_id = drawn.id), 0)
    FROM billing_purchase drawn
    JOIN billing_packagecredit credit ON credit.id = drawn.package_credit_id
    JOIN billing_purchase bought ON bought.package_id = credit.package_id
"""

SUB_LEDGERS = """
    SELECT '2600 of package ' || id AS id, coalesce(unused_minor, 0)::text AS expected,
           coalesce(held.minor, 0)::text AS found
    FROM billing_package
    FULL JOIN (
        SELECT coalesce(purchase.package_id, credit.package_id) AS id,
               -sum(line.amount_minor) AS minor
        FROM billing_line line
        JOIN billing_purchase purchase ON purchase.id = line.purchase_id
        LEFT JOIN billing_packagecredit credit ON credit.id = purchase.package_credit_id
        WHERE line.account_id LIKE '2600:%%' GROUP BY 1
    ) AS held USING (id)
    WHERE coalesce(unused_minor, 0) <> coalesce(held.minor, 0)
    UNION ALL
    SELECT 'package ' || package.id, coalesce(sum(moved.minor), 0)::text, unused_minor::text
    FROM billing_package package LEFT JOIN (
        SELECT bought.package_id, payment.amount_minor AS minor
        FROM billing_payment payment JOIN billing_purchase bought
             ON bought.id = payment.purchase_id
        WHERE payment.state = 'succeeded' AND bought.package_id IS NOT NULL
        UNION ALL
        SELECT bought.package_id, -refund.prepaid_minor
        FROM billing_refund refund JOIN billing_payment payment ON payment.id = refund.payment_id
        JOIN billing_purchase bought ON bought.id = payment.purchase_id
        WHERE refund.state IN ('created', 'pending', 'succeeded')
        UNION ALL
        SELECT bought.package_id, -loss.prepaid_minor
        FROM billing_disputeloss loss JOIN billing_dispute dispute ON dispute.id = loss.dispute_id
        JOIN billing_payment payment ON payment.id = dispute.payment_id
        JOIN billing_purchase bought ON bought.id = payment.purchase_id
        WHERE loss.reversed_at IS NULL
        UNION ALL
        SELECT credit.package_id, -drawn.prepaid_minor
        FROM billing_purchase drawn JOIN billing_packagecredit credit
             ON credit.id = drawn.package_credit_id
        UNION ALL
        SELECT credit.package_id, unwinding.prepaid_minor
        FROM billing_unwinding unwinding
        JOIN billing_purchase drawn ON drawn.id = unwinding.purchase_id
        JOIN billing_packagecredit credit ON credit.id = drawn.package_credit_id
        UNION ALL
        SELECT package_id, -amount_minor FROM billing_packageexpiry
    ) AS moved ON moved.package_id = package.id
    GROUP BY package.id HAVING coalesce(sum(moved.minor), 0) <> unused_minor
    UNION ALL
    SELECT 'credits of package ' || bought.package_id,
           concat_ws(' ', bought.price_minor, bought.fee_minor, bought.commission_minor,
                     bought.mentor_minor),
           concat_ws(' ', sum(credit.price_minor), sum(credit.fee_minor),
                     sum(credit.commission_minor), sum(credit.mentor_minor))
    FROM billing_packagecredit credit
    JOIN billing_purchase bought ON bought.package_id = credit.package_id
    GROUP BY bought.id
    HAVING (sum(credit.price_minor), sum(credit.fee_minor), sum(credit.commission_minor),
            sum(credit.mentor_minor))
        <> (bought.price_minor, bought.fee_minor, bought.commission_minor, bought.mentor_minor)
"""
