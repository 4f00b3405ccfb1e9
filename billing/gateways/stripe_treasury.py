"""Stripe's payouts to the platform's bank, behind the port. https://docs.stripe.com/payouts

An automatic payout is itemised once its reconciliation is completed; one made by hand never is.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import stripe

from billing.gateways.base import BalanceTransaction
from billing.gateways.stripe_calls import PAGE, StripeCalls, seconds
from billing.gateways.stripe_objects import id_of, instant, read_balance_transaction
from billing.gateways.stripe_units import from_stripe
from billing.gateways.treasury import GatewayPayout, GatewayPayoutStatus

if TYPE_CHECKING:
    from stripe.params import BalanceTransactionListParams, PayoutListParams

_STATUS = {
    "pending": GatewayPayoutStatus.IN_TRANSIT,
    "in_transit": GatewayPayoutStatus.IN_TRANSIT,
    "paid": GatewayPayoutStatus.PAID,
    "failed": GatewayPayoutStatus.FAILED,
    "canceled": GatewayPayoutStatus.CANCELLED,
}


class StripeTreasury(StripeCalls):
    """The part of the adapter that follows money to our bank."""

    def gateway_payouts(self, *, since: datetime, until: datetime) -> Iterator[GatewayPayout]:
        """Yield page by page; each page is one call, outside any transaction."""
        params: PayoutListParams = {
            "created": {"gte": seconds(since), "lt": seconds(until)},
            "limit": PAGE,
        }
        while True:
            page = self._read("list payouts", partial(self._client.v1.payouts.list, params))
            yield from (read_payout(payout) for payout in page.data)
            if not page.has_more:
                return
            params = {**params, "starting_after": page.data[-1].id}

    def fetch_gateway_payout(self, *, gateway_payout_id: str) -> GatewayPayout:
        """Return the Payout as it is now."""
        return read_payout(
            self._read(
                "fetch a payout", lambda: self._client.v1.payouts.retrieve(gateway_payout_id)
            )
        )

    def gateway_payout_items(self, *, gateway_payout_id: str) -> Iterator[BalanceTransaction]:
        """List the balance transactions of the payout; its own is among them and left out."""
        params: BalanceTransactionListParams = {"payout": gateway_payout_id, "limit": PAGE}
        while True:
            page = self._read(
                "list a payout's balance transactions",
                partial(self._client.v1.balance_transactions.list, params),
            )
            for row in page.data:
                if id_of(row.source) != gateway_payout_id:
                    moved = read_balance_transaction(row)
                    yield replace(moved, gateway_payout_id=gateway_payout_id)
            if not page.has_more:
                return
            params = {**params, "starting_after": page.data[-1].id}


def read_payout(payout: stripe.Payout) -> GatewayPayout:
    """Read a Payout. Its trace number comes when the bank has been told."""
    currency = payout.currency.upper()
    trace = payout.trace_id.value if payout.trace_id else None
    return GatewayPayout(
        id=payout.id,
        status=_STATUS[payout.status],
        amount_minor=from_stripe(payout.amount, currency),
        currency=currency,
        created_at=instant(payout.created),
        arrives_on=instant(payout.arrival_date).date(),
        reference=trace or payout.statement_descriptor or "",
        itemised=payout.reconciliation_status == "completed",
        transaction_id=id_of(payout.balance_transaction),
        return_id=id_of(payout.failure_balance_transaction),
    )
