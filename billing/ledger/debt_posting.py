"""A mentor's debt that will not come back, and what comes back of it all the same. Pure.

Its lines name the mentor and no purchase: a debt is of a balance.
"""

from datetime import datetime
from uuid import UUID

from billing.ledger.chart import Code, key
from billing.ledger.posting import Draft, DraftLine


def written_off(
    *, write_off_id: UUID, mentor_id: UUID, amount_minor: int, currency: str, at: datetime
) -> Draft:
    """The debt is given up: Dr 5040 / Cr 2120."""
    lines = _lines(mentor_id, amount_minor, currency)
    return Draft("written_off", "write_off", str(write_off_id), at, lines)


def recovered(
    *, recovery_id: UUID, mentor_id: UUID, amount_minor: int, currency: str, at: datetime
) -> Draft:
    """What had made the debt was reversed, and repays it: Dr 2120 / Cr 5040."""
    lines = _lines(mentor_id, -amount_minor, currency)
    return Draft("recovered", "write_off_recovery", str(recovery_id), at, lines)


def _lines(mentor_id: UUID, amount_minor: int, currency: str) -> tuple[DraftLine, ...]:
    """Return the lines that give up `amount_minor` of a debt; below zero, take it back."""
    return tuple(
        DraftLine(key(code, currency=currency), mentor_id, None, amount, currency)
        for code, amount in ((Code.BAD_DEBT, amount_minor), (Code.MENTOR_AVAILABLE, -amount_minor))
    )
