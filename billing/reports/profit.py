"""A month's profit and loss in each currency, down the flow of the money to its last box.

Every figure is a sum of ledger lines, and says which: a screen opens them, a test adds them up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection

from billing.ledger.chart import CHART, Code

OPERATIONS = (
    Code.SERVERS, Code.DEVELOPMENT, Code.MARKETING, Code.SUPPORT, Code.OTHER_OPERATIONS,
)  # fmt: skip
# What stands in the payable accounts of mentors, before it is paid out.
_EARNED = (Code.MENTOR_PENDING, Code.MENTOR_AVAILABLE, Code.MENTOR_RESERVE)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: which lines it sums, and which way they count (`sign` times a debit).

    Empty `sources` and `kinds` mean all; `side` takes debits or credits alone.
    """

    key: str
    label: str
    codes: Sequence[Code] = ()
    sources: Sequence[str] = ()
    kinds: Sequence[str] = ()
    side: str = ""
    sign: int = -1

    @property
    def condition(self) -> str:
        """Return the SQL that is true of its lines; constants alone."""
        parts = [
            f"{column} IN ({', '.join(repr(str(value)) for value in values)})"
            for column, values in (
                ("left(account_id, 4)", self.codes),
                ("source_type", self.sources),
                ("kind", self.kinds),
            )
            if values
        ]
        if self.side:
            parts.append(f"amount_minor {'>' if self.side == 'debit' else '<'} 0")
        return " AND ".join(parts)

    @property
    def filters(self) -> Mapping[str, Sequence[str]]:
        """Return what the explorer has to be asked for to list its lines."""
        found = {
            "account": [str(code) for code in self.codes],
            "source_type": list(self.sources),
            "kind": list(self.kinds),
            "side": [self.side] if self.side else [],
        }
        return {name: values for name, values in found.items() if values}


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading; `total` is what they come to, where they add up."""

    title: str
    rows: tuple[Row, ...]
    total: str = ""


def _account(code: Code, label: str = "") -> Row:
    return Row(key=str(code), label=label or CHART[code].name, codes=(code,))


SALES = Section(
    "What clients bought",
    (
        # A package is sold once: what its sessions draw of it (2600) was counted then.
        Row("gmv", "Sold (GMV)", codes=(Code.GATEWAY_CLEARING, Code.DISCOUNTS, Code.CLIENT_CREDIT),
            sources=("payment", "purchase"), kinds=("captured", "settled"), side="debit", sign=1),
        # What discount and credit paid of a sale counts as sold, so it counts as given back too.
        Row("refunds", "Refunded",
            codes=(Code.REFUNDS_PAYABLE, Code.DISCOUNTS, Code.CLIENT_CREDIT),
            sources=("refund", "unwinding"), kinds=("created", "reversed"), sign=1),
        Row("lost", "Lost in disputes",
            codes=(Code.DISPUTES_RECEIVABLE, Code.DISCOUNTS, Code.CLIENT_CREDIT),
            sources=("dispute_loss",), sign=1),
    ),
    "Sold, net",
)  # fmt: skip
MENTORS = Row(
    "mentors",
    "Mentors’ share",
    codes=_EARNED,
    sources=(
        "payment",
        "refund",
        "dispute_loss",
        "purchase",
        "unwinding",
        "conversion",
        "package_expiry",
    ),
)
INCOME = Section(
    "Income",
    (
        _account(Code.COMMISSION),
        _account(Code.COMMISSION_REFUNDS, "Commission refunded"),
        _account(Code.FEE_RECOVERY),
        _account(Code.BREAKAGE),
    ),
    "Income",
)
COST_OF_SALES = Section(
    "Cost of sales",
    tuple(
        _account(code)
        for code in (
            Code.GATEWAY_FEES, Code.DISPUTE_FEES, Code.DISPUTE_LOSSES, Code.BAD_DEBT,
            Code.DISCOUNTS, Code.REFERRAL_REWARDS, Code.FX_DIFFERENCES,
        )
    ),
    "Cost of sales",
)  # fmt: skip
OPERATING = Section("Operations", tuple(_account(code) for code in OPERATIONS), "Operations")
# Profit is the sum of these, and so of every account of income and expense; a test holds it.
RESULT = (INCOME, COST_OF_SALES, OPERATING)
ROWS = (*SALES.rows, MENTORS, *(row for section in RESULT for row in section.rows))


@dataclass(frozen=True, slots=True)
class Statement:
    """One month in one currency: each figure by its key; a cost is negative."""

    month: datetime
    currency: str
    figures: Mapping[str, int] = field(default_factory=dict)

    def of(self, section: Section) -> int:
        return sum(self.figures[row.key] for row in section.rows)

    @property
    def gross(self) -> int:
        """Income less the cost of sales: what is left for operations."""
        return self.of(INCOME) + self.of(COST_OF_SALES)

    @property
    def profit(self) -> int:
        return sum(self.of(section) for section in RESULT)

    @property
    def commission(self) -> int:
        return self.figures["4010"] + self.figures["4090"]


def _sql() -> str:
    figures = ", ".join(
        f"coalesce(sum({row.sign} * amount_minor) FILTER (WHERE {row.condition}), 0)::bigint"
        for row in ROWS
    )
    return f"""
        SELECT date_trunc('month', booked_at, 'UTC') AS month, currency, {figures}
        FROM billing_entry entry JOIN billing_line line ON line.entry_id = entry.id
        WHERE booked_at >= %(since)s AND booked_at < %(until)s
          AND (%(as_of)s::timestamptz IS NULL OR posted_at < %(as_of)s)
        GROUP BY 1, 2 ORDER BY 1, 2
    """  # noqa: S608 - constants


def statements(
    *, since: datetime, until: datetime, as_of: datetime | None = None
) -> list[Statement]:
    """Return a statement of each month and currency in which anything was booked; one query.

    [since, until) are booked instants; `as_of` counts what was posted before it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_sql(), {"since": since, "until": until, "as_of": as_of})
        return [
            Statement(
                month=row[0].astimezone(UTC),
                currency=row[1],
                figures=dict(zip((one.key for one in ROWS), row[2:], strict=True)),
            )
            for row in cursor.fetchall()
        ]


def month_of(at: datetime) -> datetime:
    """Return the first instant of the calendar month in UTC."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_after(month: datetime) -> datetime:
    return month_of(month + timedelta(days=32))


def months_back(month: datetime, count: int) -> datetime:
    """Return the month so many months before."""
    whole = month.year * 12 + month.month - 1 - count
    return month.replace(year=whole // 12, month=whole % 12 + 1)
