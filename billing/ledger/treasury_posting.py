"""A gateway pays the platform's own bank, as balanced lines. Pure, like `posting`.

These lines name neither mentor nor purchase. A payout that the gateway collects from the bank has
a negative amount, and the same lines with their sides changed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.ledger.chart import Code, key
from billing.ledger.posting import Draft, DraftLine

SOURCE = "gateway_payout"
PER_GATEWAY = (Code.GATEWAY_CLEARING, Code.GATEWAY_PAYOUTS_IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class ToBank:
    """Which payout of a gateway moves, and how much it is."""

    payout_id: UUID
    gateway: str
    amount_minor: int
    currency: str

    def entry(self, kind: str, *, debit: Code, credit: Code, at: datetime) -> Draft:
        """Return the draft that moves the amount from one account to the other."""
        return Draft(
            kind=kind,
            source_type=SOURCE,
            source_id=str(self.payout_id),
            occurred_at=at,
            lines=(self._line(debit, self.amount_minor), self._line(credit, -self.amount_minor)),
        )

    def _line(self, code: Code, amount_minor: int) -> DraftLine:
        gateway = self.gateway if code in PER_GATEWAY else ""
        account = key(code, currency=self.currency, gateway=gateway)
        return DraftLine(account, None, None, amount_minor, self.currency)


def sent(moved: ToBank, *, at: datetime) -> Draft:
    """The gateway sent it: Dr 1120 x / Cr 1100 x."""
    return moved.entry(
        "sent", debit=Code.GATEWAY_PAYOUTS_IN_TRANSIT, credit=Code.GATEWAY_CLEARING, at=at
    )


def arrived(moved: ToBank, *, at: datetime) -> Draft:
    """It is on our account at the bank: Dr 1010 x / Cr 1120 x."""
    return moved.entry("arrived", debit=Code.BANK, credit=Code.GATEWAY_PAYOUTS_IN_TRANSIT, at=at)


def failed(moved: ToBank, *, at: datetime) -> Draft:
    """It came to nothing before it arrived: Dr 1100 x / Cr 1120 x."""
    return moved.entry(
        "failed", debit=Code.GATEWAY_CLEARING, credit=Code.GATEWAY_PAYOUTS_IN_TRANSIT, at=at
    )


def returned(moved: ToBank, *, at: datetime) -> Draft:
    """It had arrived, and the gateway has it back: Dr 1100 x / Cr 1010 x."""
    return moved.entry("returned", debit=Code.GATEWAY_CLEARING, credit=Code.BANK, at=at)
