"""Leg C: did what the gateway sent arrive at our bank, and whose is each line of the bank? SQL.

Only where a bank account of the currency is kept here. A line is a payout's by an exact key
(`billing.treasury.arrivals`); by amount and day it is only ever a suggestion for a person.
"""

from typing import Any

from billing.reconciliation.keeping import Kept, keep
from billing.treasury.arrivals import hold_bank

LEG = "C"
BANK = "bank"  # in place of a gateway, for lines that nobody claims

# Five business days after the promised day, at its end: a week, from a weekend less.
_DUE = """
((arrives_on + CASE extract(isodow FROM arrives_on) WHEN 6 THEN 7 WHEN 7 THEN 6 ELSE 8 END)
    ::timestamp AT TIME ZONE 'UTC')
"""

_PAYOUTS = """
WITH expected AS (
    SELECT p.* FROM billing_gatewaypayout p
    WHERE p.gateway = %(gateway)s AND p.booked_at <= %(as_of)s
      AND EXISTS (SELECT FROM billing_bankaccount a
                  WHERE a.currency = p.currency AND a.since <= p.arrives_on
                    AND a.created_at <= %(as_of)s)
      AND NOT EXISTS (SELECT FROM billing_entry e WHERE e.source_type = 'gateway_payout'
                      AND e.source_id = p.id::text AND e.posted_at <= %(as_of)s
                      AND e.kind IN ('arrived', 'failed', 'returned'))
), claimed AS (
    SELECT p.*, line.amount_minor AS line_amount, line.currency AS line_currency
    FROM expected p
    JOIN billing_bankmatch m ON m.payout_id = p.id AND m.matched_at <= %(as_of)s
    JOIN billing_bankline line ON line.id = m.line_id
)
SELECT gateway_payout_id AS key, 'bank_line_missing' AS type, NULL::uuid AS payment,
    NULL::uuid AS payout, amount_minor AS ours, NULL::bigint AS theirs, currency,
    sent_at AS occurred_at, {due} AS due_at,
    'It was to arrive on ' || arrives_on || ', and no line of the bank is it.' AS detail
FROM expected WHERE NOT EXISTS (SELECT FROM claimed WHERE claimed.id = expected.id)
UNION ALL
SELECT gateway_payout_id, 'currency', NULL, NULL, amount_minor, line_amount, line_currency,
    sent_at, '-infinity', 'Sent in ' || currency || ', at the bank in ' || line_currency || '.'
FROM claimed WHERE currency <> line_currency
UNION ALL
SELECT gateway_payout_id, 'amount', NULL, NULL, amount_minor, line_amount, currency, sent_at,
    '-infinity', 'Another amount arrived at the bank than was sent.'
FROM claimed WHERE currency = line_currency AND amount_minor <> line_amount
""".replace("{due}", _DUE)

_LINES = """
SELECT line.id::text AS key, 'bank_line_unknown' AS type, NULL::uuid AS payment,
    NULL::uuid AS payout, NULL::bigint AS ours, line.amount_minor AS theirs, line.currency,
    line.booked_on::timestamp AT TIME ZONE 'UTC' AS occurred_at, '-infinity'::timestamptz AS due_at,
    'Nothing of ours explains the line: ' || line.text AS detail
FROM billing_bankline line JOIN billing_bankstatement s ON s.id = line.statement_id
WHERE s.imported_at <= %(as_of)s
  AND NOT EXISTS (SELECT FROM billing_bankmatch m
                  WHERE m.line_id = line.id AND m.matched_at <= %(as_of)s)
"""


def match(*, values: dict[str, Any]) -> Kept:
    """Compare and keep the breaks; in the caller's transaction. `values` are leg A's.

    All that is open is compared each time, whatever the window: arrivals are few, and late.
    """
    hold_bank()  # before the breaks: who matches a line by hand takes it first as well
    kept = keep(found=_PAYOUTS, inside="true", values={**values, "leg": LEG})
    kept.add(keep(found=_LINES, inside="true", values={**values, "leg": LEG, "gateway": BANK}))
    return kept
