"""Money that no sale of ours asked for, and its way back. Pure, like `posting`.

It is owed to who paid it (2300) from the day on which the gateway took it; the fee is ours to bear.
"""

from datetime import datetime
from uuid import UUID

from billing.ledger.chart import Code
from billing.ledger.posting import Draft, Subject

SOURCE = "surplus"


def received(
    *, subject: Subject, surplus_id: UUID, amount_minor: int, fee_minor: int, at: datetime
) -> Draft:
    """The gateway took a, and g of it for itself: Dr 1100 a − g, 5010 g / Cr 2300 a."""
    return _draft("received", subject, surplus_id, at, *_taken(amount_minor, fee_minor))


def returned(*, subject: Subject, surplus_id: UUID, amount_minor: int, at: datetime) -> Draft:
    """It went back to who paid it: Dr 2300 a / Cr 1100 a."""
    return _draft("returned", subject, surplus_id, at, *_sent(amount_minor))


def bounced(*, subject: Subject, surplus_id: UUID, amount_minor: int, at: datetime) -> Draft:
    """What had been sent came back to the gateway: the reverse of *returned*."""
    return _draft("bounced", subject, surplus_id, at, *_sent(-amount_minor))


def reversed_(
    *, subject: Subject, surplus_id: UUID, amount_minor: int, fee_minor: int, at: datetime
) -> Draft:
    """It could not be sent: the reverse of *received*, until a person finds another way."""
    return _draft("reversed", subject, surplus_id, at, *_taken(-amount_minor, -fee_minor))


def _taken(amount_minor: int, fee_minor: int) -> tuple[tuple[Code, int], ...]:
    return (
        (Code.GATEWAY_CLEARING, amount_minor - fee_minor),
        (Code.GATEWAY_FEES, fee_minor),
        (Code.REFUNDS_PAYABLE, -amount_minor),
    )


def _sent(amount_minor: int) -> tuple[tuple[Code, int], ...]:
    return ((Code.REFUNDS_PAYABLE, amount_minor), (Code.GATEWAY_CLEARING, -amount_minor))


def _draft(
    kind: str, subject: Subject, surplus_id: UUID, at: datetime, *parts: tuple[Code, int]
) -> Draft:
    lines = tuple(subject.line(code, amount) for code, amount in parts if amount)
    return Draft(kind, SOURCE, str(surplus_id), at, lines)
