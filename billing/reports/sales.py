"""What the market sold, gave back and earned, by the days or months of a span. From the ledger.

The figures are those of `billing.reports.profit`, cut by the market's own days, of everybody or
of some mentors. One currency at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.scopes import EVERYBODY, Scope, of_mentors
from billing.ledger.chart import Code
from billing.reports import profit
from kernel.money import divide_half_up
from kernel.spans import Span

_GMV, _REFUNDS, _LOST = profit.SALES.rows
_COMMISSION = profit.Row("commission", "Commission", (Code.COMMISSION, Code.COMMISSION_REFUNDS))


@dataclass(frozen=True, slots=True)
class Sales:
    """One part of a span, in minor units: everything positive, as it is read aloud.

    `sales` and `refunds` count purchases: one that was refunded twice in the part counts once.
    """

    sold_minor: int = 0
    sales: int = 0
    refunded_minor: int = 0
    refunds: int = 0
    lost_minor: int = 0
    commission_minor: int = 0

    @property
    def net_minor(self) -> int:
        """What was sold, less what went back."""
        return self.sold_minor - self.refunded_minor - self.lost_minor

    @property
    def average_minor(self) -> int:
        """What a sale was sold for, half a minor unit rounded up; 0 where there was none."""
        return divide_half_up(self.sold_minor, self.sales) if self.sales else 0

    @property
    def nothing(self) -> bool:
        return self == Sales()


def _sum(row: profit.Row, sign: int) -> str:
    total = f"sum({row.sign * sign} * amount_minor) FILTER (WHERE {row.condition})"
    return f"coalesce({total}, 0)::bigint"


def _count(row: profit.Row) -> str:
    return f"count(DISTINCT line.purchase_id) FILTER (WHERE {row.condition})"


_FIGURES = ", ".join(
    (_sum(_GMV, 1), _count(_GMV), _sum(_REFUNDS, -1), _count(_REFUNDS), _sum(_LOST, -1),
     _sum(_COMMISSION, 1))
)  # fmt: skip
_READ = f"""
    SELECT width_bucket(booked_at, %(bounds)s::timestamptz[]), {_FIGURES}
    FROM billing_entry entry JOIN billing_line line ON line.entry_id = entry.id {{of_whom}}
    WHERE booked_at >= %(since)s AND booked_at < %(until)s AND line.currency = %(currency)s
      AND (%(as_of)s::timestamptz IS NULL OR posted_at < %(as_of)s)
    GROUP BY 1
"""  # noqa: S608 - constants
_OF_WHOM = f"""
    JOIN billing_purchase purchase ON purchase.id = line.purchase_id
        AND {of_mentors("purchase.mentor_id")}
"""


def sales(
    *, span: Span, currency: str, as_of: datetime | None = None, scope: Scope = EVERYBODY
) -> list[Sales]:
    """Return the figures of each part, empty ones too; one query.

    `as_of` counts what was posted before it. A part has what was booked in it: a refund counts
    when it was given, whenever its sale was.
    """
    values = {
        "bounds": span.bounds,
        "since": span.since,
        "until": span.until,
        "currency": currency,
        "as_of": as_of,
        **scope.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(of_whom=_OF_WHOM if scope.narrow else ""), values)
        found = {part: Sales(*figures) for part, *figures in cursor.fetchall()}
    return [found.get(number, Sales()) for number in range(1, len(span.parts) + 1)]


def together(parts: Iterable[Sales]) -> Sales:
    """Return the sums of all parts; a purchase refunded in two of them counts in both."""
    rows = list(parts)
    return Sales(
        sold_minor=sum(one.sold_minor for one in rows),
        sales=sum(one.sales for one in rows),
        refunded_minor=sum(one.refunded_minor for one in rows),
        refunds=sum(one.refunds for one in rows),
        lost_minor=sum(one.lost_minor for one in rows),
        commission_minor=sum(one.commission_minor for one in rows),
    )
