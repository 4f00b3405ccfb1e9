"""The port's third part: money from our balance at the gateway to the platform's own bank.

`base.Gateway` includes it. Stripe calls such a movement a payout, PayPal a withdrawal; where the
gateway says what one consists of, it is *itemised*, and its items must sum to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from billing.gateways.base import BalanceTransaction


class GatewayPayoutStatus(StrEnum):
    """Where money to the platform's bank stands. Paid money may still come back as failed."""

    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class GatewayPayout:
    """Money on its way to the platform's bank, as the gateway sees it now.

    `amount_minor` is what the bank receives; negative where the gateway collects from the bank.
    `arrives_on` is the day that the gateway promises. `reference` is what the bank's statement
    may show of it (a trace number or a text), or empty. `transaction_id` is the movement that
    took it off our balance, `return_id` the one that brought it back.
    """

    id: str
    status: GatewayPayoutStatus
    amount_minor: int
    currency: str
    created_at: datetime
    arrives_on: date
    reference: str = ""
    itemised: bool = False
    transaction_id: str | None = None
    return_id: str | None = None


class TreasuryGateway(Protocol):
    """What every gateway that pays the platform's bank does. The rules of `base.Gateway` hold."""

    def gateway_payouts(self, *, since: datetime, until: datetime) -> Iterator[GatewayPayout]:
        """Yield what was sent to the platform's bank, created in [since, until)."""

    def fetch_gateway_payout(self, *, gateway_payout_id: str) -> GatewayPayout:
        """Return one of them as it is now."""

    def gateway_payout_items(self, *, gateway_payout_id: str) -> "Iterator[BalanceTransaction]":
        """Yield the movements that an itemised payout consists of, without its own.

        Each names the payout in `gateway_payout_id`. One that is not itemised yields nothing.
        """
