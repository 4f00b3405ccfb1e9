"""What running the platform costs, as balanced lines. Pure, like `posting`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from billing.ledger.chart import Code, key
from billing.ledger.posting import Draft, DraftLine

SOURCE = "cost"


@dataclass(frozen=True, slots=True)
class Spent:
    """One row of costs."""

    cost_id: UUID
    account: Code
    amount_minor: int
    currency: str
    day: date
    memo: str = ""

    @property
    def at(self) -> datetime:
        """The instant at which the day begins in UTC, by which the entry is dated."""
        return datetime.combine(self.day, time.min, UTC)


def entered(spent: Spent) -> Draft:
    """Finance paid it from the bank: Dr 51xx / Cr 1010."""
    return _entry(spent, kind="entered", sign=1)


def reversed_(spent: Spent) -> Draft:
    """The row that it reverses was a mistake: Dr 1010 / Cr 51xx."""
    return _entry(spent, kind="reversed", sign=-1)


def _entry(spent: Spent, *, kind: str, sign: int) -> Draft:
    def line(code: Code, amount_minor: int) -> DraftLine:
        account = key(code, currency=spent.currency)
        return DraftLine(account, None, None, amount_minor, spent.currency)

    return Draft(
        kind=kind,
        source_type=SOURCE,
        source_id=str(spent.cost_id),
        occurred_at=spent.at,
        memo=spent.memo,
        lines=(
            line(spent.account, sign * spent.amount_minor),
            line(Code.BANK, -sign * spent.amount_minor),
        ),
    )
