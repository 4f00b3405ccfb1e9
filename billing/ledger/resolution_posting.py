"""The answer to a break, as two balanced lines. Pure, like `posting`; keyed by the resolution."""

from datetime import datetime
from uuid import UUID

from billing.ledger.chart import CHART, Code, key
from billing.ledger.posting import Draft, DraftLine

SOURCE = "break_resolution"


def resolved(
    *,
    resolution_id: UUID,
    debit: Code,
    credit: Code,
    amount_minor: int,
    currency: str,
    gateway: str,
    at: datetime,
    purchase_id: UUID | None = None,
    mentor_id: UUID | None = None,
) -> Draft:
    """A difference is explained: Dr the one account x / Cr the other x; x may be negative."""

    def line(code: Code, amount: int) -> DraftLine:
        account = key(code, currency=currency, gateway=gateway if CHART[code].per_gateway else "")
        return DraftLine(account, mentor_id, purchase_id, amount, currency)

    return Draft(
        kind="resolved",
        source_type=SOURCE,
        source_id=str(resolution_id),
        occurred_at=at,
        lines=(line(debit, amount_minor), line(credit, -amount_minor)),
    )
