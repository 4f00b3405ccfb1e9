"""What packages do to money beside their sessions, as balanced lines. Pure, like `posting`.

A package's price waits in 2600 until a session draws its part (`posting.settled`), the client has
it back (`posting.refund_created`), or its period is over.
"""

from datetime import datetime
from uuid import UUID

from billing.ledger.chart import Code
from billing.ledger.posting import Draft, Subject

SOURCE = "package_expiry"


def bought(*, subject: Subject, payment_id: UUID, price_minor: int, at: datetime) -> Draft:
    """The gateway holds the money of a package: Dr 1100 p / Cr 2600 p. Nobody has earned it."""
    return Draft(
        kind="captured",
        source_type="payment",
        source_id=str(payment_id),
        occurred_at=at,
        lines=(
            subject.line(Code.GATEWAY_CLEARING, price_minor),
            subject.line(Code.PREPAID, -price_minor),
        ),
    )


def expired(
    *, subject: Subject, expiry_id: UUID, amount_minor: int, by_mentor: bool, at: datetime
) -> Draft:
    """What was not used in time is somebody's: Dr 2600 / Cr 2120 or 4030, as the rule said."""
    keeper = Code.MENTOR_AVAILABLE if by_mentor else Code.BREAKAGE
    return Draft(
        kind="expired",
        source_type=SOURCE,
        source_id=str(expiry_id),
        occurred_at=at,
        lines=(
            subject.line(Code.PREPAID, amount_minor),
            subject.line(keeper, -amount_minor),
        ),
    )
