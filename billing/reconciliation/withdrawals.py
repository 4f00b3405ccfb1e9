"""Leg B: what each gateway sent to our bank, and do the movements it consists of sum to it?

A payout is matched by the gateway's id alone. Its items are the gateway's own list; what they do
not explain is a break with the remainder in it, however small: it is never tolerated. SQL, but
for the calls that bring the records in.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import F

from billing.gateways.base import Gateway, GatewayRefused
from billing.gateways.treasury import GatewayPayout as Seen
from billing.models import (
    Break,
    GatewayPayout,
    GatewayPayoutItem,
    GatewayPayoutRecord,
    ReconciliationRun,
)
from billing.reconciliation.keeping import Kept, keep
from billing.reconciliation.windows import Windows

LEG = "B"

_DIFFERENCES = """
WITH theirs AS (
    SELECT * FROM billing_gatewaypayoutrecord WHERE run_id = %(run)s
), ours AS (
    SELECT p.*, ended.failed FROM billing_gatewaypayout p
    JOIN billing_entry e ON e.source_type = 'gateway_payout' AND e.source_id = p.id::text
        AND e.kind = 'sent' AND e.posted_at <= %(as_of)s
    CROSS JOIN LATERAL (
        SELECT bool_or(kind IN ('failed', 'returned')) AS failed FROM billing_entry e
        WHERE e.source_type = 'gateway_payout' AND e.source_id = p.id::text
          AND e.posted_at <= %(as_of)s
    ) ended
    WHERE p.gateway = %(gateway)s
), pairs AS (
    SELECT t.*, o.id AS mine, o.amount_minor AS our_amount, o.currency AS our_currency, o.failed
    FROM theirs t LEFT JOIN ours o USING (gateway_payout_id)
)
SELECT gateway_payout_id AS key, 'gateway_payout_missing_here' AS type, NULL::uuid AS payment,
    NULL::uuid AS payout, NULL::bigint AS ours, amount_minor AS theirs, currency,
    sent_at AS occurred_at, sent_at + %(webhook)s AS due_at,
    'The gateway sent money to our bank that is not in our books.' AS detail
FROM pairs WHERE mine IS NULL AND status NOT IN ('failed', 'cancelled')
UNION ALL
SELECT gateway_payout_id, 'currency', NULL, NULL, our_amount, amount_minor, currency, sent_at,
    '-infinity', 'Ours is in ' || our_currency || ', theirs in ' || currency || '.'
FROM pairs WHERE our_currency <> currency
UNION ALL
SELECT gateway_payout_id, 'amount', NULL, NULL, our_amount, amount_minor, currency, sent_at,
    '-infinity', 'The payout to our bank differs from the one in our books.'
FROM pairs WHERE our_currency = currency AND our_amount <> amount_minor
UNION ALL
SELECT gateway_payout_id, 'status_returned_there', NULL, NULL, our_amount, 0, currency, sent_at,
    '-infinity', 'The payout to our bank is ' || status || ' there, and here it is not.'
FROM pairs WHERE status IN ('failed', 'cancelled') AND failed IS NOT TRUE AND mine IS NOT NULL
UNION ALL
SELECT gateway_payout_id, 'payout_sum', NULL, NULL, items_minor, amount_minor, currency, sent_at,
    '-infinity', 'Its ' || items || ' items do not sum to it.'
FROM pairs WHERE items_minor <> amount_minor
UNION ALL
SELECT gateway_payout_id, 'gateway_payout_missing_there', NULL, NULL, amount_minor, NULL, currency,
    sent_at, '-infinity', 'A payout to our bank is in our books, and the gateway lists none.'
FROM ours WHERE {sent}
  AND NOT EXISTS (SELECT FROM theirs t WHERE t.gateway_payout_id = ours.gateway_payout_id)
"""

# What a run has fetched again because it was open or under way is looked at too, whatever its day.
_INSIDE = """
({inside} OR key IN (SELECT gateway_payout_id FROM billing_gatewaypayoutrecord
                     WHERE run_id = %(run)s))
"""


def import_records(*, run: ReconciliationRun, gateway: Gateway) -> int:
    """Write down every payout to our bank of the run's windows, and each that is still open or
    under way, with its items. Calls the gateway; returns how many. Raises GatewayUnavailable.
    """
    seen: set[str] = set()
    for since, until in Windows.of(run).wider().spans:
        for payout in gateway.gateway_payouts(since=since, until=until):
            if payout.id not in seen:
                seen.add(payout.id)
                _write_down(run, gateway, payout)
    for gateway_payout_id in sorted(set(_asked_again(run.gateway)) - seen):
        try:
            payout = gateway.fetch_gateway_payout(gateway_payout_id=gateway_payout_id)
        except GatewayRefused:
            continue  # it is gone there: what is missing stays a break
        seen.add(payout.id)
        _write_down(run, gateway, payout)
    return len(seen)


def match(*, run: ReconciliationRun, values: dict[str, Any]) -> Kept:
    """Compare and keep the breaks; in the caller's transaction. `values` are leg A's."""
    windows = Windows.of(run)
    return keep(
        found=_DIFFERENCES.replace("{sent}", windows.sql("ours.sent_at", name="inside")),
        inside=_INSIDE.replace("{inside}", windows.sql("occurred_at", name="inside")),
        values={**values, "leg": LEG},
    )


def unexplained(*, run: ReconciliationRun) -> list[dict[str, Any]]:
    """Return each payout that its items do not sum to, with the remainder as a line of its own."""
    rows = run.payouts.exclude(items_minor=None).exclude(items_minor=F("amount_minor"))
    return [
        {
            "payout": row.gateway_payout_id,
            "amount": row.amount_minor,
            "items": row.items_minor,
            "remainder": row.amount_minor - (row.items_minor or 0),
            "currency": row.currency,
        }
        for row in rows.order_by("sent_at", "pk")
    ]


def _asked_again(gateway: str) -> Iterator[str]:
    under_way = GatewayPayout.objects.filter(gateway=gateway, arrived_at=None, failed_at=None)
    yield from under_way.values_list("gateway_payout_id", flat=True)
    breaks = Break.objects.filter(leg=LEG, gateway=gateway, state=Break.State.OPEN)
    yield from breaks.values_list("key", flat=True)


def _write_down(run: ReconciliationRun, gateway: Gateway, payout: Seen) -> None:
    """Keep one record and its items, as they were shown."""
    items = (
        list(gateway.gateway_payout_items(gateway_payout_id=payout.id)) if payout.itemised else []
    )
    GatewayPayoutItem.objects.bulk_create(
        (
            GatewayPayoutItem(
                gateway=run.gateway,
                gateway_payout_id=payout.id,
                transaction_id=item.id,
                category=item.category,
                source_id=item.source_id or "",
                net_minor=item.net_minor,
                currency=item.currency,
                occurred_at=item.created_at,
            )
            for item in items
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    GatewayPayoutRecord.objects.create(
        run=run,
        gateway_payout_id=payout.id,
        status=payout.status,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
        reference=payout.reference,
        sent_at=payout.created_at,
        arrives_on=payout.arrives_on,
        items=len(items),
        items_minor=sum(item.net_minor for item in items) if payout.itemised else None,
    )
