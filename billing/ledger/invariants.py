"""What must hold of the books by themselves, and beside the gateway's records (I1, I2, I3, I8, I9).

Each is one set-based query of its breaches; `billing.ledger.checks` runs them. Those that compare
the books with the rows that called for them are in `billing.ledger.agreement`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule and the query of its breaches: rows of (id, expected, found)."""

    code: str
    says: str
    sql: str


I1 = Invariant(
    "I1",
    "Every entry has lines, and they sum to zero per currency.",
    """
    SELECT entry_id || ' ' || currency AS id, '0' AS expected, sum(amount_minor)::text AS found
    FROM billing_line GROUP BY entry_id, currency HAVING sum(amount_minor) <> 0
    UNION ALL
    SELECT entry.id::text, 'lines', 'none' FROM billing_entry entry
    WHERE NOT EXISTS (SELECT FROM billing_line line WHERE line.entry_id = entry.id)
    """,
)

I2 = Invariant(
    "I2",
    "All accounts together sum to zero per currency.",
    """
    SELECT currency AS id, '0' AS expected, sum(amount_minor)::text AS found
    FROM billing_line GROUP BY currency HAVING sum(amount_minor) <> 0
    """,
)

# What every finished run saw last, less what a later run over the same days no longer saw; beside
# it what 1100 says of the same payments. Timing: movements of the last hour before the cut-off,
# refunds under way, fees not yet known. A break that is open, or that a person resolved, is listed.
I3 = Invariant(
    "I3",
    "1100 agrees with the gateway's own records, payment by payment and payout by payout up to "
    "the last reconciliation, but for listed breaks and timing.",
    """
    WITH done AS (
        -- A run cannot have seen what came after it began, however far its window reaches.
        SELECT id, gateway, since, least(until, started_at) AS until, started_at
        FROM billing_reconciliationrun WHERE finished_at IS NOT NULL
    ), cut AS (
        SELECT gateway, max(until) AS cutoff FROM done GROUP BY gateway
    ), newest AS (
        SELECT DISTINCT ON (row.gateway, row.transaction_id) row.*, done.id AS seen_in,
               done.started_at AS seen_at
        FROM billing_listing row JOIN done ON done.id = row.seen_by
        ORDER BY row.gateway, row.transaction_id, done.id DESC, row.run_id DESC, row.id DESC
    ), current AS (
        SELECT newest.* FROM newest JOIN cut USING (gateway)
        WHERE occurred_at < cutoff AND NOT EXISTS (
              SELECT FROM done WHERE done.gateway = newest.gateway AND done.id > seen_in
                 AND since <= newest.occurred_at AND until > newest.occurred_at)
    ), undone AS (
        -- A refund whose money came back has moved nothing; perhaps nobody here heard of it.
        SELECT source_id FROM current
        WHERE source_id <> '' AND category IN ('refund', 'payment_refund', 'refund_failure',
                                               'payment_failure_refund')
        GROUP BY source_id HAVING sum(net_minor) = 0
    ), given_back AS (
        SELECT current.*, surplus.id AS surplus_id
        FROM billing_surplus surplus JOIN current ON current.gateway = surplus.gateway
             AND (current.intent_id = surplus.intent_id OR current.refund_ref = surplus.id
                  OR current.source_id IN (surplus.charge_id, surplus.gateway_refund_id))
        WHERE surplus.state IN ('created', 'pending', 'succeeded')
    ), theirs AS (
        SELECT current.*,
               coalesce(payment.id, refund.payment_id, dispute.payment_id) AS payment_id
        FROM current
        LEFT JOIN billing_payment payment ON payment.gateway = current.gateway
             AND payment.gateway_charge_id = current.source_id
        LEFT JOIN billing_refund refund ON refund.gateway_refund_id = current.source_id
        LEFT JOIN billing_dispute dispute ON dispute.gateway_dispute_id = current.source_id
        WHERE category NOT IN ('payout', 'payout_reversal', 'payout_failure', 'transfer',
                               'transfer_reversal')
          AND transaction_id NOT IN (SELECT transaction_id FROM given_back)
    ), to_mentors AS (
        SELECT current.*, payout.id AS payout_id
        FROM current LEFT JOIN billing_payout payout
             ON payout.gateway_transfer_id = current.transfer_id
        WHERE category IN ('transfer', 'transfer_reversal')
    ), ours AS (
        SELECT payment.id AS payment_id, payment.gateway, line.currency,
               sum(line.amount_minor) AS minor, max(entry.occurred_at) AS latest
        FROM billing_payment payment
        JOIN billing_line line ON line.purchase_id = payment.purchase_id
             AND line.account_id = '1100:' || payment.gateway || ':' || line.currency
        JOIN billing_entry entry ON entry.id = line.entry_id AND entry.source_type <> 'surplus'
        WHERE payment.state = 'succeeded' AND payment.pending_refund_minor = 0
          AND payment.gateway_balance_transaction_id IS NOT NULL
          AND EXISTS (SELECT FROM done WHERE done.gateway = payment.gateway
                         AND since <= payment.succeeded_at AND until > payment.succeeded_at)
        GROUP BY payment.id, payment.gateway, line.currency
    ), listed AS (
        SELECT payment_id, payout_id, key FROM billing_break WHERE state IN ('open', 'resolved')
    ), paid_here AS (
        SELECT payout.id AS payout_id, run.gateway, line.currency,
               sum(line.amount_minor) AS minor, max(entry.occurred_at) AS latest
        FROM billing_payout payout
        JOIN billing_payoutrun run ON run.id = payout.run_id
        JOIN billing_entry entry ON entry.source_type = 'payout'
             AND entry.source_id = payout.id::text
        JOIN billing_line line ON line.entry_id = entry.id
             AND line.account_id = '1100:' || run.gateway || ':' || line.currency
        WHERE EXISTS (SELECT FROM done WHERE done.gateway = run.gateway
                         AND since <= payout.paid_at AND until > payout.paid_at)
        GROUP BY payout.id, run.gateway, line.currency
    ), paid_there AS (
        SELECT payout_id, currency, sum(net_minor) AS minor FROM to_mentors
        WHERE payout_id IS NOT NULL GROUP BY payout_id, currency
    ), to_our_bank AS (
        SELECT gateway, source_id, currency, sum(amount_minor) AS minor FROM current
        WHERE category IN ('payout', 'payout_reversal', 'payout_failure')
        GROUP BY gateway, source_id, currency
    ), sent_here AS (
        SELECT payout.gateway, payout.gateway_payout_id AS source_id, line.currency,
               sum(line.amount_minor) AS minor, max(entry.occurred_at) AS latest
        FROM billing_gatewaypayout payout
        JOIN billing_entry entry ON entry.source_type = 'gateway_payout'
             AND entry.source_id = payout.id::text
        JOIN billing_line line ON line.entry_id = entry.id
             AND line.account_id = '1100:' || payout.gateway || ':' || line.currency
        WHERE EXISTS (SELECT FROM done WHERE done.gateway = payout.gateway
                         AND since <= payout.sent_at AND until > payout.sent_at)
        GROUP BY payout.gateway, payout.gateway_payout_id, line.currency
    ), surplus_there AS (
        SELECT surplus_id, sum(net_minor) AS minor FROM given_back GROUP BY surplus_id
    ), surplus_here AS (
        SELECT surplus.id, surplus.gateway, sum(line.amount_minor) AS minor,
               max(surplus.settled_at) AS latest
        FROM billing_surplus surplus
        JOIN billing_entry entry ON entry.source_type = 'surplus'
             AND entry.source_id = surplus.id::text
        JOIN billing_line line ON line.entry_id = entry.id AND left(line.account_id, 4) = '1100'
        WHERE surplus.state = 'succeeded'
          AND EXISTS (SELECT FROM done WHERE done.gateway = surplus.gateway
                         AND since <= surplus.received_at AND until > surplus.received_at)
        GROUP BY surplus.id, surplus.gateway
    ), there AS (
        SELECT payment_id, currency, sum(net_minor) AS minor FROM theirs
        WHERE payment_id IS NOT NULL GROUP BY payment_id, currency
    )
    SELECT 'payment ' || ours.payment_id AS id, coalesce(there.minor, 0)::text AS expected,
           ours.minor::text AS found
    FROM ours JOIN cut USING (gateway)
    LEFT JOIN there ON there.payment_id = ours.payment_id AND there.currency = ours.currency
    WHERE ours.minor <> coalesce(there.minor, 0)
      AND ours.latest < cut.cutoff - interval '1 hour'
      AND NOT EXISTS (SELECT FROM listed WHERE listed.payment_id = ours.payment_id)
    UNION ALL
    SELECT 'transaction ' || theirs.transaction_id, 'a payment here, or a listed break',
           theirs.net_minor::text
    FROM theirs
    WHERE theirs.payment_id IS NULL AND theirs.occurred_at < theirs.seen_at - interval '15 minutes'
      AND theirs.source_id NOT IN (SELECT source_id FROM undone)
      AND NOT EXISTS (SELECT FROM listed WHERE listed.key IN
                         (theirs.source_id, theirs.transaction_id, theirs.intent_id))
    UNION ALL
    SELECT 'surplus ' || here.id, coalesce(there.minor, 0)::text, here.minor::text
    FROM surplus_here here JOIN cut USING (gateway)
    LEFT JOIN surplus_there there ON there.surplus_id = here.id
    WHERE here.minor <> coalesce(there.minor, 0) AND here.latest < cut.cutoff - interval '1 hour'
      AND NOT EXISTS (SELECT FROM listed JOIN given_back
                          ON listed.key IN (given_back.source_id, given_back.transaction_id)
                      WHERE given_back.surplus_id = here.id)
    UNION ALL
    SELECT 'payout ' || paid_here.payout_id, coalesce(paid_there.minor, 0)::text,
           paid_here.minor::text
    FROM paid_here JOIN cut USING (gateway)
    LEFT JOIN paid_there ON paid_there.payout_id = paid_here.payout_id
         AND paid_there.currency = paid_here.currency
    WHERE paid_here.minor <> coalesce(paid_there.minor, 0)
      AND paid_here.latest < cut.cutoff - interval '1 hour'
      AND NOT EXISTS (SELECT FROM listed WHERE listed.payout_id = paid_here.payout_id)
    UNION ALL
    SELECT 'payout to our bank ' || source_id, coalesce(to_our_bank.minor, 0)::text,
           sent_here.minor::text
    FROM sent_here JOIN cut USING (gateway)
    LEFT JOIN to_our_bank USING (gateway, source_id, currency)
    WHERE sent_here.minor <> coalesce(to_our_bank.minor, 0)
      AND sent_here.latest < cut.cutoff - interval '1 hour'
      AND NOT EXISTS (SELECT FROM listed WHERE listed.key = source_id)
    UNION ALL
    SELECT 'transaction ' || transaction_id, 'a payout here, or a listed break', net_minor::text
    FROM to_mentors
    WHERE payout_id IS NULL AND occurred_at < seen_at - interval '15 minutes'
      AND NOT EXISTS (SELECT FROM listed WHERE listed.key IN (source_id, transfer_id))
    """,
)

I8 = Invariant(
    "I8",
    "Entries and lines refuse UPDATE and DELETE, and unbalanced lines, payouts refuse other "
    "amounts, closed and sealed books new entries: the triggers stand, and billing's others and "
    "its foreign keys are not switched off.",
    """
    SELECT wanted.name AS id, 'enabled' AS expected,
           CASE WHEN tgenabled IS NULL THEN 'missing' ELSE 'disabled' END AS found
    FROM (VALUES ('billing_entry', 'billing_entry_append_only'),
                 ('billing_entry', 'billing_entry_in_open_books'),
                 ('billing_cost', 'billing_cost_append_only'),
                 ('billing_seal', 'billing_seal_append_only'),
                 ('billing_seal', 'billing_seal_holds_postings'),
                 ('billing_periodclose', 'billing_periodclose_frozen'),
                 ('billing_periodclose', 'billing_periodclose_four_eyes'),
                 ('billing_periodclose', 'billing_periodclose_holds_postings'),
                 ('billing_periodtotal', 'billing_periodtotal_append_only'),
                 ('billing_line', 'billing_line_append_only'),
                 ('billing_line', 'billing_line_balanced'),
                 ('billing_ledgeraccount', 'billing_ledgeraccount_append_only'),
                 ('billing_payout', 'billing_payout_frozen'),
                 ('billing_payoutline', 'billing_payoutline_fits'),
                 ('billing_payoutline', 'billing_payoutline_fixed'),
                 ('billing_payoutrun', 'billing_payoutrun_adds_up'),
                 ('billing_payoutrun', 'billing_payoutrun_fixed'),
                 ('billing_surplus', 'billing_surplus_frozen'),
                 ('billing_surplus', 'billing_surplus_not_asked_for'),
                 ('billing_payment', 'billing_payment_not_given_back'))
         AS wanted (relation, name)
    LEFT JOIN pg_trigger ON tgrelid = to_regclass('public.' || wanted.relation)
          AND tgname = wanted.name
    WHERE tgenabled IS NULL OR tgenabled NOT IN ('O', 'A')
    UNION
    SELECT coalesce(conname, tgname), 'enabled', 'disabled'
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    LEFT JOIN pg_constraint ON pg_constraint.oid = tgconstraint
    WHERE relnamespace = 'public'::regnamespace AND starts_with(relname, 'billing_')
      AND tgenabled NOT IN ('O', 'A')
    """,
)

I9 = Invariant(
    "I9",
    "There is one entry per (source, source id, kind).",
    """
    SELECT concat_ws(' ', source_type, source_id, kind) AS id, '1' AS expected,
           count(*)::text AS found
    FROM billing_entry GROUP BY source_type, source_id, kind HAVING count(*) > 1
    """,
)
