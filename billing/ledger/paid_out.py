"""The invariants of payouts (I6, I7), and what I10 and I11 ask of them. SQL alone."""

from billing.ledger.invariants import Invariant

I6 = Invariant(
    "I6",
    "A payout equals the sum of its ledger lines, its run the sum of its payouts; a line is its "
    "mentor's available money and belongs to at most one live payout.",
    """
    SELECT 'payout ' || payout.id AS id, payout.amount_minor::text AS expected,
           coalesce(-sum(line.amount_minor), 0)::text AS found
    FROM billing_payout payout
    LEFT JOIN billing_payoutline taken ON taken.payout_id = payout.id
    LEFT JOIN billing_line line ON line.id = taken.line_id
    GROUP BY payout.id HAVING payout.amount_minor <> coalesce(-sum(line.amount_minor), 0)
    UNION ALL
    SELECT 'run ' || run.id, concat_ws(' ', run.count, run.total_minor),
           concat_ws(' ', count(payout.id), coalesce(sum(payout.amount_minor), 0))
    FROM billing_payoutrun run LEFT JOIN billing_payout payout ON payout.run_id = run.id
    WHERE run.frozen_at IS NOT NULL
    GROUP BY run.id HAVING run.count <> count(payout.id)
                        OR run.total_minor <> coalesce(sum(payout.amount_minor), 0)
    UNION ALL
    SELECT 'line ' || line.id || ' of payout ' || payout.id,
           concat_ws(' ', '2120:' || payout.currency, payout.mentor_id, taken.amount_minor,
                     payout.revived_at IS NULL
                     AND payout.state NOT IN ('failed', 'discarded', 'reassigned')),
           concat_ws(' ', line.account_id, line.mentor_id, line.amount_minor, taken.live)
    FROM billing_payoutline taken
    JOIN billing_payout payout ON payout.id = taken.payout_id
    JOIN billing_line line ON line.id = taken.line_id
    JOIN billing_entry entry ON entry.id = line.entry_id
    WHERE (line.account_id, line.mentor_id, line.amount_minor, taken.live) IS DISTINCT FROM
          ('2120:' || payout.currency, payout.mentor_id, taken.amount_minor,
           payout.revived_at IS NULL
           AND payout.state NOT IN ('failed', 'discarded', 'reassigned'))
       OR entry.source_type = 'payout'
    UNION ALL
    SELECT 'line ' || line_id, 'one live payout', count(*)::text
    FROM billing_payoutline WHERE live GROUP BY line_id HAVING count(*) > 1
    """,
)

# The lines of one mentor's account get their ids under the mentor's lock (Note [The mentor's
# lock]), so the order of the ids is the order of what happened.
I7 = Invariant(
    "I7",
    "No payout took a mentor's available money (2120) below zero when it was approved.",
    """
    SELECT 'payout ' || source_id AS id, 'at least 0 left' AS expected, rest::text AS found
    FROM (
        SELECT entry.source_type, entry.source_id, entry.kind,
               -sum(line.amount_minor) OVER (
                   PARTITION BY line.mentor_id, line.account_id ORDER BY line.id) AS rest
        FROM billing_line line JOIN billing_entry entry ON entry.id = line.entry_id
        WHERE line.account_id LIKE '2120:%%'
    ) AS history
    WHERE source_type = 'payout' AND kind = 'approved' AND rest < 0
    """,
)

# Part of I10: (source, id, state, the kinds of entries that the state calls for).
CALLED = """
    SELECT 'revived_payout', id::text, state,
           ARRAY[CASE state WHEN 'reassigned' THEN 'reassigned, revived' ELSE 'revived' END]
    FROM billing_payout WHERE revived_at IS NOT NULL
    UNION ALL
    SELECT 'payout', id::text, state,
           ARRAY[CASE WHEN state NOT IN ('created', 'discarded') THEN concat_ws(', ', 'approved',
               CASE WHEN state = 'failed' OR revived_at IS NOT NULL THEN 'failed' END,
               CASE WHEN fee_minor <> 0 THEN 'fee' END,
               CASE WHEN fee_returned_minor <> 0 THEN 'fee_returned' END,
               CASE WHEN state NOT IN ('approved', 'sent', 'failed') THEN 'paid' END,
               CASE WHEN state = 'reassigned' AND revived_at IS NULL THEN 'reassigned' END,
               CASE WHEN state IN ('returned', 'reassigned') THEN 'returned' END) END]
    FROM billing_payout
    UNION ALL
    SELECT 'gateway_payout', id::text, 'to our bank',
           ARRAY[CASE WHEN failed_at IS NULL AND arrived_at IS NULL THEN 'sent'
                      WHEN failed_at IS NULL THEN 'arrived, sent'
                      WHEN arrived_at IS NULL THEN 'failed, sent'
                      ELSE 'arrived, returned, sent' END]
    FROM billing_gatewaypayout
    UNION ALL
    SELECT 'break_resolution', id::text, action,
           ARRAY[CASE WHEN done_at IS NOT NULL AND debit <> '' THEN 'resolved' END]
    FROM billing_breakresolution
"""

# Part of I11: what is in transit and what came back, mentor by mentor; and whose the lines are.
SUB_LEDGERS = """
    SELECT concat_ws(' ', code, currency, 'of mentor', mentor_id), coalesce(owed.minor, 0)::text,
           coalesce(held.minor, 0)::text
    FROM (
        SELECT left(account_id, 4) AS code, currency, mentor_id, -sum(amount_minor) AS minor
        FROM billing_line WHERE left(account_id, 4) IN ('2140', '2150')
        GROUP BY left(account_id, 4), currency, mentor_id
    ) AS held
    FULL JOIN (
        SELECT CASE state WHEN 'returned' THEN '2150' ELSE '2140' END AS code, currency,
               mentor_id, sum(amount_minor) AS minor
        FROM billing_payout WHERE state IN ('approved', 'sent', 'returned')
        GROUP BY 1, currency, mentor_id
    ) AS owed USING (code, currency, mentor_id)
    WHERE coalesce(owed.minor, 0) <> coalesce(held.minor, 0)
    UNION ALL
    SELECT 'line ' || line.id, concat_ws(' ', payout.mentor_id, payout.currency),
           concat_ws(' ', line.mentor_id, line.currency)
    FROM billing_line line
    JOIN billing_entry entry ON entry.id = line.entry_id
                            AND entry.source_type IN ('payout', 'revived_payout')
    JOIN billing_payout payout ON payout.id::text = entry.source_id
    WHERE (line.mentor_id, line.currency) IS DISTINCT FROM (payout.mentor_id, payout.currency)
"""
