"""Paying mentors, as balanced lines. Pure, like `posting`: facts in, a draft entry out.

The money of a payout waits in 2140 from the approval until the gateway has answered. These lines
name the mentor and no purchase: a payout is of a balance. Its entries are keyed by our payout.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.ledger.chart import Code, key
from billing.ledger.posting import Draft, DraftLine

SOURCE = "payout"
# What gives or takes available money like any posting does: its lines go into later payouts.
REVIVED_SOURCE = "revived_payout"


@dataclass(frozen=True, slots=True)
class Moved:
    """Whose money a payout moves, and how much of it."""

    payout_id: UUID
    mentor_id: UUID
    amount_minor: int
    currency: str
    gateway: str

    def entry(
        self,
        kind: str,
        *,
        debit: Code,
        credit: Code,
        at: datetime,
        source: str = SOURCE,
        amount_minor: int | None = None,
    ) -> Draft:
        """Return the draft that moves the amount (or another one) from one account to the other."""
        amount = self.amount_minor if amount_minor is None else amount_minor
        return Draft(
            kind=kind,
            source_type=source,
            source_id=str(self.payout_id),
            occurred_at=at,
            lines=(self._line(debit, amount), self._line(credit, -amount)),
        )

    def _line(self, code: Code, amount_minor: int) -> DraftLine:
        gateway = self.gateway if code is Code.GATEWAY_CLEARING else ""
        return DraftLine(
            key(code, currency=self.currency, gateway=gateway),
            self.mentor_id,
            None,
            amount_minor,
            self.currency,
        )


def approved(moved: Moved, *, at: datetime) -> Draft:
    """Another person approved the run: Dr 2120 x / Cr 2140 x."""
    return moved.entry(
        "approved",
        debit=Code.MENTOR_AVAILABLE,
        credit=Code.MENTOR_PAYOUTS_IN_TRANSIT,
        at=at,
    )


def paid(moved: Moved, *, at: datetime) -> Draft:
    """The gateway paid it: Dr 2140 x / Cr 1100 x."""
    return moved.entry(
        "paid", debit=Code.MENTOR_PAYOUTS_IN_TRANSIT, credit=Code.GATEWAY_CLEARING, at=at
    )


def fee(moved: Moved, *, fee_minor: int, at: datetime) -> Draft:
    """The gateway took its fee for it: Dr 5010 / Cr 1100."""
    return moved.entry(
        "fee",
        debit=Code.GATEWAY_FEES,
        credit=Code.GATEWAY_CLEARING,
        at=at,
        amount_minor=fee_minor,
    )


def fee_returned(moved: Moved, *, fee_minor: int, at: datetime) -> Draft:
    """The fee came back with the money: Dr 1100 / Cr 5010."""
    return moved.entry(
        "fee_returned",
        debit=Code.GATEWAY_CLEARING,
        credit=Code.GATEWAY_FEES,
        at=at,
        amount_minor=fee_minor,
    )


def failed(moved: Moved, *, at: datetime) -> Draft:
    """It came to nothing before it was paid: Dr 2140 x / Cr 2120 x."""
    return moved.entry(
        "failed", debit=Code.MENTOR_PAYOUTS_IN_TRANSIT, credit=Code.MENTOR_AVAILABLE, at=at
    )


def returned(moved: Moved, *, at: datetime) -> Draft:
    """Paid money came back to the gateway: Dr 1100 x / Cr 2150 x."""
    return moved.entry(
        "returned", debit=Code.GATEWAY_CLEARING, credit=Code.MENTOR_PAYOUTS_RETURNED, at=at
    )


def revived(moved: Moved, *, at: datetime) -> Draft:
    """It had failed here and was paid there: Dr 2120 x / Cr 2140 x, before *paid*."""
    return moved.entry(
        "revived",
        debit=Code.MENTOR_AVAILABLE,
        credit=Code.MENTOR_PAYOUTS_IN_TRANSIT,
        at=at,
        source=REVIVED_SOURCE,
    )


def reassigned(moved: Moved, *, at: datetime, revived: bool = False) -> Draft:
    """The destination is mended, the money is available again: Dr 2150 x / Cr 2120 x.

    The ledger lines of a payout are free again then; those of a revived one are long in others,
    so its money comes back as a line of its own.
    """
    return moved.entry(
        "reassigned",
        debit=Code.MENTOR_PAYOUTS_RETURNED,
        credit=Code.MENTOR_AVAILABLE,
        at=at,
        source=REVIVED_SOURCE if revived else SOURCE,
    )
