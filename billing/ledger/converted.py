"""An exchange of currencies as lines: each currency sums to zero alone, through 6000. Pure.

What stands in 6000 is the position of both sides: so much of the one was given for so much of the
other. Once all of a sale has gone back, what is left of the other side is a difference (5050).
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from billing.ledger.chart import Code
from billing.ledger.posting import Draft, Subject

SOURCE = "conversion"


def converted(
    *,
    subject: Subject,
    conversion_id: UUID,
    sale_minor: int,
    settled_minor: int,
    settled_currency: str,
    difference_minor: int,
    at: datetime,
) -> Draft:
    """The gateway's balance moved by `settled` where the sale moved by `sale`, both signed alike.

    Cr 1100 sale / Dr 6000 sale; Dr 1100 settled / Cr 6000 settled; and what was left, out of 6000
    into 5050 (a gain is a credit).
    """
    settled = replace(subject, currency=settled_currency)
    lines = (
        subject.line(Code.GATEWAY_CLEARING, -sale_minor),
        subject.line(Code.FX_TRADING, sale_minor),
        settled.line(Code.GATEWAY_CLEARING, settled_minor),
        settled.line(Code.FX_TRADING, -settled_minor),
        settled.line(Code.FX_TRADING, difference_minor),
        settled.line(Code.FX_DIFFERENCES, -difference_minor),
    )
    return Draft(
        kind="converted",
        source_type=SOURCE,
        source_id=str(conversion_id),
        occurred_at=at,
        lines=tuple(line for line in lines if line.amount_minor),
    )
