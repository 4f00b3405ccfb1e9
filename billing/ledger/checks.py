"""Prove the books: each invariant is one set-based query that returns what breaks it.

The invariants are those of docs/money.md; I6 and I7 come with payouts. Each query sees one
snapshot, so postings that go on meanwhile raise no false alarm. Nothing is mended here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from billing.ledger import balances, called_for

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule and the query of its breaches: rows of (id, expected, found)."""

    code: str
    says: str
    sql: str


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that is not as it must be."""

    id: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one invariant's query returned: at most MOST_ROWS breaches, and how many there are."""

    invariant: Invariant
    breaches: tuple[Breach, ...]
    count: int

    @property
    def ok(self) -> bool:
        return self.count == 0


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the books at an instant."""

    checked_at: datetime
    findings: tuple[Finding, ...]
    totals: dict[str, int]

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `check_books` prints."""
        return {
            "ok": self.ok,
            "checked_at": self.checked_at.isoformat(),
            "invariants": {
                finding.invariant.code: {
                    "ok": finding.ok,
                    "says": finding.invariant.says,
                    "count": finding.count,
                    "rows": [
                        {"id": breach.id, "expected": breach.expected, "found": breach.found}
                        for breach in finding.breaches
                    ],
                }
                for finding in self.findings
            },
            "totals": self.totals,
        }


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
    "1100 agrees with the gateway's own records, payment by payment up to the last "
    "reconciliation, but for listed breaks and timing.",
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
        FROM billing_gatewaytransaction row
        JOIN billing_sighting sighting ON sighting.transaction_id = row.id
        JOIN done ON done.id = sighting.run_id
        ORDER BY row.gateway, row.transaction_id, done.id DESC, row.id DESC
    ), theirs AS (
        SELECT newest.*, coalesce(payment.id, refund.payment_id) AS payment_id
        FROM newest JOIN cut USING (gateway)
        LEFT JOIN billing_payment payment ON payment.gateway = newest.gateway
             AND payment.gateway_charge_id = newest.source_id
        LEFT JOIN billing_refund refund ON refund.gateway_refund_id = newest.source_id
        WHERE occurred_at < cutoff
          AND category NOT IN ('payout', 'payout_reversal', 'payout_failure', 'transfer',
                               'transfer_reversal')
          AND NOT EXISTS (
              SELECT FROM done WHERE done.gateway = newest.gateway AND done.id > seen_in
                 AND since <= newest.occurred_at AND until > newest.occurred_at)
    ), ours AS (
        SELECT payment.id AS payment_id, payment.gateway, line.currency,
               sum(line.amount_minor) AS minor, max(entry.occurred_at) AS latest
        FROM billing_payment payment
        JOIN billing_line line ON line.purchase_id = payment.purchase_id
             AND line.account_id = '1100:' || payment.gateway || ':' || line.currency
        JOIN billing_entry entry ON entry.id = line.entry_id
        WHERE payment.state = 'succeeded' AND payment.pending_refund_minor = 0
          AND payment.gateway_balance_transaction_id IS NOT NULL
          AND EXISTS (SELECT FROM done WHERE done.gateway = payment.gateway
                         AND since <= payment.succeeded_at AND until > payment.succeeded_at)
        GROUP BY payment.id, payment.gateway, line.currency
    ), listed AS (
        SELECT payment_id, key FROM billing_break WHERE state IN ('open', 'resolved')
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
      AND NOT EXISTS (SELECT FROM listed WHERE listed.key IN
                         (theirs.source_id, theirs.transaction_id, theirs.intent_id))
    """,
)

I4 = Invariant(
    "I4",
    "Of each purchase, mentor, commission and fee recovery hold what was captured and not "
    "refunded (pending refunds count).",
    """
    WITH held AS (
        SELECT purchase_id, -sum(amount_minor) AS minor FROM billing_line
        WHERE left(account_id, 4) IN ('2110', '2120', '2130', '2200', '4010', '4020', '4090')
          AND purchase_id IS NOT NULL
        GROUP BY purchase_id
    ), captured AS (
        SELECT purchase_id, sum(amount_minor) AS minor FROM billing_payment
        WHERE state = 'succeeded' GROUP BY purchase_id
    ), refunded AS (
        SELECT payment.purchase_id, sum(refund.amount_minor) AS minor
        FROM billing_refund refund JOIN billing_payment payment ON payment.id = refund.payment_id
        WHERE refund.state IN ('created', 'pending', 'succeeded') GROUP BY payment.purchase_id
    ), kept AS (
        SELECT captured.purchase_id, captured.minor - coalesce(refunded.minor, 0) AS minor
        FROM captured LEFT JOIN refunded USING (purchase_id)
    )
    SELECT purchase_id::text AS id, coalesce(kept.minor, 0)::text AS expected,
           coalesce(held.minor, 0)::text AS found
    FROM kept FULL JOIN held USING (purchase_id)
    WHERE coalesce(kept.minor, 0) <> coalesce(held.minor, 0)
    """,
)

I5 = Invariant(
    "I5",
    "Refunded and pending refunds are within what was captured, and the payment's totals are "
    "those of its refunds.",
    """
    WITH refunds AS (
        SELECT payment_id,
               sum(amount_minor) FILTER (WHERE state = 'succeeded') AS refunded,
               sum(amount_minor) FILTER (WHERE state IN ('created', 'pending')) AS pending
        FROM billing_refund GROUP BY payment_id
    )
    SELECT payment.id::text AS id,
           format('refunded %%s and pending %%s, of at most %%s', coalesce(refunds.refunded, 0),
                  coalesce(refunds.pending, 0),
                  CASE state WHEN 'succeeded' THEN amount_minor ELSE 0 END) AS expected,
           format('refunded %%s and pending %%s', refunded_minor, pending_refund_minor) AS found
    FROM billing_payment payment LEFT JOIN refunds ON refunds.payment_id = payment.id
    WHERE refunded_minor <> coalesce(refunds.refunded, 0)
       OR pending_refund_minor <> coalesce(refunds.pending, 0)
       OR refunded_minor + pending_refund_minor
          > CASE state WHEN 'succeeded' THEN amount_minor ELSE 0 END
    """,
)

I8 = Invariant(
    "I8",
    "Entries and lines refuse UPDATE and DELETE, and unbalanced lines: the triggers stand.",
    """
    SELECT wanted.name AS id, 'enabled' AS expected,
           CASE WHEN tgenabled IS NULL THEN 'missing' ELSE 'disabled' END AS found
    FROM (VALUES ('billing_entry', 'billing_entry_append_only'),
                 ('billing_line', 'billing_line_append_only'),
                 ('billing_line', 'billing_line_balanced'),
                 ('billing_ledgeraccount', 'billing_ledgeraccount_append_only'))
         AS wanted (relation, name)
    LEFT JOIN pg_trigger ON tgrelid = to_regclass(wanted.relation) AND tgname = wanted.name
    WHERE tgenabled IS NULL OR tgenabled NOT IN ('O', 'A')
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

I10 = Invariant(
    "I10",
    "The books hold exactly the entries that payments, refunds and purchases call for, with the "
    "parts that they say, in whatever order they came.",
    f"""(
    WITH posted AS (
        SELECT source_type, source_id, string_agg(kind, ', ' ORDER BY kind) AS kinds
        FROM billing_entry WHERE source_type IN ('payment', 'refund')
        GROUP BY source_type, source_id
    ), called AS (
        SELECT 'payment' AS source_type, id::text AS source_id, state,
               ARRAY[CASE state WHEN 'succeeded' THEN 'captured' END] AS kinds
        FROM billing_payment
        UNION ALL
        SELECT 'refund', id::text, state,
               CASE WHEN state IN ('created', 'pending') THEN ARRAY['created']
                    WHEN state = 'succeeded' THEN ARRAY['created, succeeded']
                    ELSE ARRAY['created, reversed', 'created, returned, reversed, succeeded'] END
        FROM billing_refund
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
    "Sub-ledgers sum to their control accounts: mentors, purchases, open refunds; nothing is "
    "deferred once earned, nothing pending once released.",
    """
    SELECT account_id || ' by mentor' AS id, sum(amount_minor)::text AS expected,
           coalesce(sum(amount_minor) FILTER (WHERE mentor_id IS NOT NULL), 0)::text AS found
    FROM billing_line
    WHERE left(account_id, 4) IN ('2110', '2120', '2130', '2140', '2150', '5040')
    GROUP BY account_id HAVING count(*) <> count(mentor_id)
    UNION ALL
    SELECT account_id || ' by purchase', sum(amount_minor)::text,
           coalesce(sum(amount_minor) FILTER (WHERE purchase_id IS NOT NULL), 0)::text
    FROM billing_line
    WHERE left(account_id, 4) IN ('2110', '2200', '2300', '4010', '4020', '4090')
    GROUP BY account_id HAVING count(*) <> count(purchase_id)
    UNION ALL
    SELECT 'line ' || line.id, concat_ws(' ', purchase.mentor_id, purchase.currency),
           concat_ws(' ', line.mentor_id, line.currency)
    FROM billing_line line JOIN billing_purchase purchase ON purchase.id = line.purchase_id
    WHERE line.mentor_id <> purchase.mentor_id OR line.currency <> purchase.currency
    UNION ALL
    SELECT '2300 of purchase ' || purchase_id, (-coalesce(open.minor, 0))::text,
           coalesce(payable.minor, 0)::text
    FROM (
        SELECT purchase_id, sum(amount_minor) AS minor FROM billing_line
        WHERE account_id LIKE '2300:%%' GROUP BY purchase_id
    ) AS payable
    FULL JOIN (
        SELECT payment.purchase_id, sum(refund.amount_minor) AS minor
        FROM billing_refund refund JOIN billing_payment payment ON payment.id = refund.payment_id
        WHERE refund.state IN ('created', 'pending') GROUP BY payment.purchase_id
    ) AS open USING (purchase_id)
    WHERE coalesce(payable.minor, 0) <> -coalesce(open.minor, 0)
    UNION ALL
    SELECT left(line.account_id, 4) || ' of purchase ' || purchase.id, '0',
           sum(line.amount_minor)::text
    FROM billing_line line JOIN billing_purchase purchase ON purchase.id = line.purchase_id
    WHERE (line.account_id LIKE '2200:%%' AND purchase.recognised_at IS NOT NULL)
       OR (line.account_id LIKE '2110:%%' AND purchase.released_at IS NOT NULL)
    GROUP BY left(line.account_id, 4), purchase.id HAVING sum(line.amount_minor) <> 0
    """,
)

INVARIANTS = (I1, I2, I3, I4, I5, I8, I9, I10, I11)


def check_books(*, now: datetime, progress: Callable[[Invariant], None] | None = None) -> Report:
    """Run every invariant's query; `progress` is told of each before it begins."""
    findings = []
    for invariant in INVARIANTS:
        if progress is not None:
            progress(invariant)
        findings.append(_find(invariant))
    totals = {row.account: row.balance_minor for row in balances.account_balances()}
    return Report(checked_at=now, findings=tuple(findings), totals=totals)


def _find(invariant: Invariant) -> Finding:
    counted = (
        f"SELECT id, expected, found, count(*) OVER () FROM ({invariant.sql}) AS breach "  # noqa: S608 - constants
        "ORDER BY id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(counted, [MOST_ROWS])
        rows = cursor.fetchall()
    return Finding(
        invariant=invariant,
        breaches=tuple(Breach(row[0], row[1], row[2]) for row in rows),
        count=rows[0][3] if rows else 0,
    )
