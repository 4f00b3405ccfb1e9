"""What a payer pays with: the levers of the approve page, and what becomes of the money."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Funding:
    """A source of money as the payer sees it, and its fate."""

    label: str
    declined: bool = False
    pending: bool = False
    refund: str = "COMPLETED"  # the first state of its refunds …
    refund_ends: str = "COMPLETED"  # … and the last, `async_seconds` later
    disputed: bool = False


FUNDINGS = {
    "balance": Funding("PayPal balance"),
    "declined": Funding("Card that the bank declines", declined=True),
    "echeck": Funding("Bank account, cleared later (eCheck)", pending=True),
    "slow_refund": Funding("Bank account, slow refunds", refund="PENDING"),
    "refund_fails": Funding("Bank account, refunds fail", refund="PENDING", refund_ends="FAILED"),
    "disputed": Funding("Card of somebody who will dispute", disputed=True),
}
