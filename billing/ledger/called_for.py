"""What each ledger entry has to say: the parts of the row that called for it (I10). SQL alone.

Sums that agree prove little: a cent moved inside an entry, an entry dated into another month, or
a balanced entry that nothing called for leave them right. So each entry is compared with its row:
of which purchase, when, and how much moved in each part. An entry of a new kind of source needs
its row in `called`, or it is a breach.
"""

_PARTS = "1100 %%s, mentor %%s, commission %%s, 4020 %%s, 2300 %%s, 5010 %%s, else %%s"
_CODES = (
    "= '1100'",
    "IN ('2110', '2120')",
    "IN ('2200', '4010', '4090')",
    "= '4020'",
    "= '2300'",
    "= '5010'",
)
_SUMS = ", ".join(
    f"coalesce(sum(amount_minor) FILTER (WHERE left(account_id, 4) {codes}), 0)" for codes in _CODES
)

# Rows of (id, expected, found), as every invariant gives them.
SQL = f"""
    WITH found AS (
        SELECT entry_id, purchase_id, format('{_PARTS}', {_SUMS},
               coalesce(sum(abs(amount_minor)) FILTER (WHERE left(account_id, 4) NOT IN (
                   '1100', '2110', '2120', '2200', '4010', '4090', '4020', '2300', '5010')), 0)
               ) AS parts
        FROM billing_line GROUP BY entry_id, purchase_id
    ), refund AS (
        SELECT refund.*, payment.purchase_id
        FROM billing_refund refund JOIN billing_payment payment ON payment.id = refund.payment_id
    ), called (source_type, source_id, kind, purchase_id, at, clearing, mentor, commission, fee,
               payable, taken) AS (
        SELECT 'payment', payment.id::text, 'captured', purchase.id, succeeded_at, amount_minor,
               -mentor_minor, -commission_minor, -fee_minor, 0, 0
        FROM billing_payment payment JOIN billing_purchase purchase
             ON purchase.id = payment.purchase_id
        UNION ALL
        SELECT 'refund', id::text, 'created', purchase_id,
               CASE WHEN cause <> 'external' THEN created_at END, 0,
               mentor_minor, commission_minor, fee_minor, -amount_minor, 0 FROM refund
        UNION ALL
        SELECT 'refund', id::text, 'succeeded', purchase_id,
               CASE state WHEN 'succeeded' THEN settled_at END, -amount_minor, 0, 0, 0,
               amount_minor, 0 FROM refund
        UNION ALL
        SELECT 'refund', id::text, 'returned', purchase_id, settled_at, amount_minor, 0, 0, 0,
               -amount_minor, 0 FROM refund
        UNION ALL
        SELECT 'refund', id::text, 'reversed', purchase_id, settled_at, 0, -mentor_minor,
               -commission_minor, -fee_minor, amount_minor, 0 FROM refund
        UNION ALL
        SELECT 'balance_transaction', gateway || ':' || gateway_balance_transaction_id,
               'gateway_fee', purchase_id, NULL, -actual_fee_minor, 0, 0, 0, 0, actual_fee_minor
        FROM billing_payment WHERE gateway_balance_transaction_id IS NOT NULL
        UNION ALL
        SELECT 'purchase', purchase.id::text, 'recognised', purchase.id,
               coalesce(completed_at, cancelled_at), 0, 0, 0, 0, 0, 0
        FROM billing_purchase purchase
        JOIN scheduling_session session ON session.id = purchase.session_id
        WHERE recognised_at IS NOT NULL
        UNION ALL
        SELECT 'purchase', id::text, 'released', id, NULL, 0, 0, 0, 0, 0, 0
        FROM billing_purchase WHERE released_at IS NOT NULL
    ), wanted AS (
        SELECT source_type, source_id, kind, purchase_id, at,
               format('{_PARTS}', clearing, mentor, commission, fee, payable, taken, 0) AS parts
        FROM called
    )
    SELECT concat_ws(' ', entry.source_type, entry.source_id, entry.kind) AS id,
           coalesce(concat_ws(' ', wanted.purchase_id, wanted.at, wanted.parts), 'no entry')
               AS expected,
           concat_ws(' ', found.purchase_id, entry.occurred_at, found.parts) AS found
    FROM billing_entry entry
    JOIN found ON found.entry_id = entry.id
    LEFT JOIN wanted USING (source_type, source_id, kind)
    WHERE wanted.parts IS NULL OR wanted.parts <> found.parts
       OR wanted.purchase_id IS DISTINCT FROM found.purchase_id
       OR wanted.at <> entry.occurred_at
"""  # noqa: S608 - constants
