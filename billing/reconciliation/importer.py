"""Bring the gateway's balance transactions in, as they are. Interprets nothing but our ids."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import batched

from django.db import connection, transaction

from billing.gateways.base import BalanceTransaction, Gateway
from billing.gateways.payees import row_id
from billing.models import ReconciliationRun

BATCH = 1000

_STORE = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(
        transaction_id text, digest text, category text, source_id text, payment_ref uuid,
        refund_ref uuid, intent_id text, payout_ref uuid, transfer_id text,
        amount_minor bigint, fee_minor bigint, net_minor bigint, refunded_minor bigint,
        currency text, occurred_at timestamptz)
), stored AS (
    INSERT INTO billing_gatewaytransaction (
        gateway, transaction_id, digest, category, source_id, payment_ref, refund_ref,
        intent_id, payout_ref, transfer_id, amount_minor, fee_minor, net_minor, refunded_minor,
        currency, occurred_at, stored_at)
    SELECT %(gateway)s, transaction_id, digest, category, source_id, payment_ref, refund_ref,
        intent_id, payout_ref, coalesce(transfer_id, ''), amount_minor, fee_minor, net_minor,
        refunded_minor, currency, occurred_at, %(now)s
    FROM given
    ON CONFLICT (gateway, transaction_id, digest) DO NOTHING
    RETURNING id
), seen AS (
    SELECT id FROM stored
    UNION
    SELECT known.id FROM billing_gatewaytransaction known
    JOIN given USING (transaction_id, digest) WHERE known.gateway = %(gateway)s
)
INSERT INTO billing_sighting (run_id, transaction_id)
SELECT %(run)s, id FROM seen ON CONFLICT DO NOTHING
"""


def import_rows(
    *, run: ReconciliationRun, gateway: Gateway, since: datetime, until: datetime, now: datetime
) -> int:
    """Store every movement created in [since, until) and note that `run` saw it.

    Each batch is a transaction of its own and the gateway is called between them; a run that
    dies half-way leaves rows that the next one finds already there. Returns how many came.
    Raises GatewayUnavailable.
    """
    count = 0
    movements = gateway.balance_transactions(since=since, until=until)
    for batch in batched(movements, BATCH):
        rows = list(_rows(iter(batch)))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                _STORE,
                {
                    "rows": json.dumps(rows),
                    "gateway": run.gateway,
                    "run": run.pk,
                    "now": now,
                },
            )
        count += len(rows)
    return count


def _rows(movements: Iterator[BalanceTransaction]) -> Iterator[dict[str, object]]:
    for movement in movements:
        payment = row_id(movement.metadata, "payment_id", prefix="pay")
        refund = row_id(movement.metadata, "refund_id", prefix="rfd")
        row: dict[str, object] = {
            "transaction_id": movement.id,
            "category": movement.category,
            "source_id": movement.source_id or "",
            "payment_ref": str(payment) if payment else None,
            "refund_ref": str(refund) if refund else None,
            "intent_id": movement.intent_id or "",
            "amount_minor": movement.amount_minor,
            "fee_minor": movement.fee_minor,
            "net_minor": movement.net_minor,
            "refunded_minor": movement.refunded_minor,
            "currency": movement.currency,
            "occurred_at": movement.created_at.isoformat(),
        }
        # Only where there is one: rows that were stored before keep their digest.
        if movement.transfer_id:
            payout = row_id(movement.metadata, "payout_id", prefix="po")
            row["payout_ref"] = str(payout) if payout else None
            row["transfer_id"] = movement.transfer_id
        row["digest"] = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
        yield row
