"""A mentor's earnings by calendar month: the lines of available money, summed up.

The same lines that `billing.statements` lists one by one, so a month's `net_minor` is exactly
what its lines sum to, and all months less what was paid out and is on its way make the balance.
Months are those of the zone that is asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import Mentor
from billing.ledger.chart import Code
from billing.ledger.payout_posting import SOURCE as PAYOUT
from billing.models import Line, Payout
from billing.statements import OTHER, PAID, WHATS
from scheduling.models import SessionType

SALE = "sale"
MOST_TYPES = 20
_SALES = reduce(
    or_,
    (
        Q(entry__source_type=source, entry__kind=kind)
        for (source, kind), what in WHATS.items()
        if what == SALE
    ),
)


@dataclass(slots=True)
class Sums:
    """What one currency brought, in minor units; what the mentor gets is positive.

    Of the sales: price − fee − commission − went_back = earned. `others` is every other kind of
    line with its sum, and earned and they together are `net_minor`. `paid_out_minor` is what
    payouts of this time took to the mentor's own account.
    """

    sales: int = 0
    price_minor: int = 0
    fee_minor: int = 0
    commission_minor: int = 0
    went_back_minor: int = 0
    earned_minor: int = 0
    others: dict[str, int] = field(default_factory=dict)
    paid_out_minor: int = 0

    @property
    def net_minor(self) -> int:
        return self.earned_minor + sum(self.others.values())


@dataclass(frozen=True, slots=True)
class SoldType:
    """What one session type brought the mentor in the whole time."""

    session_type: SessionType
    currency: str
    sales: int
    earned_minor: int


@dataclass(frozen=True, slots=True)
class Analytics:
    """`months` has every month from the first to the last, each with every currency of any."""

    months: Mapping[date, Mapping[str, Sums]]
    totals: Mapping[str, Sums]
    session_types: tuple[SoldType, ...]


def month_after(day: date, count: int) -> date:
    """Return the first day of the month that lies `count` months after `day`'s. Pure."""
    years, months = divmod(day.month - 1 + count, 12)
    return date(day.year + years, months + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of the months from `first`'s to `last`'s, both included. Pure."""
    number = (last.year - first.year) * 12 + last.month - first.month
    return [month_after(first, count) for count in range(number + 1)]


def analyse(*, mentor: Mentor, first: date, last: date, zone: ZoneInfo) -> Analytics:
    """Return the sums of the months from `first` to `last` (any of their days), by `zone`'s clock.

    Four queries, whatever there is.
    """
    days = months_between(first, last)
    begin, end = _starts(days[0], zone), _starts(month_after(days[-1], 1), zone)

    lines = Line.objects.filter(
        mentor=mentor,
        account__code=Code.MENTOR_AVAILABLE,
        entry__occurred_at__gte=begin,
        entry__occurred_at__lt=end,
    ).exclude(entry__source_type=PAYOUT)
    payouts = Payout.objects.filter(
        mentor=mentor, state__in=PAID, paid_at__gte=begin, paid_at__lt=end
    )
    found: defaultdict[tuple[date, str], Sums] = defaultdict(Sums)
    totals: defaultdict[str, Sums] = defaultdict(Sums)
    for row in _summed(lines, zone):
        for sums in (found[row["month"].date(), row["currency"]], totals[row["currency"]]):
            _add(sums, row)
    for month, currency, amount in _paid(payouts, zone):
        for sums in (found[month.date(), currency], totals[currency]):
            sums.paid_out_minor += amount
    currencies = sorted(totals)
    return Analytics(
        months={day: {one: found[day, one] for one in currencies} for day in days},
        totals={one: totals[one] for one in currencies},
        session_types=_types(lines),
    )


def _starts(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _summed(lines: QuerySet[Line], zone: ZoneInfo) -> Iterable[Mapping[str, Any]]:
    return (
        lines.annotate(month=TruncMonth("entry__occurred_at", tzinfo=zone))
        .values("month", "currency", "entry__source_type", "entry__kind")
        .annotate(
            count=Count("pk"),
            amount=Sum("amount_minor"),
            price=Sum("purchase__price_minor"),
            fee=Sum("purchase__fee_minor"),
            commission=Sum("purchase__commission_minor"),
            share=Sum("purchase__mentor_minor"),
        )
        .order_by("month", "currency")
    )


def _add(sums: Sums, row: Mapping[str, Any]) -> None:
    what = WHATS.get((row["entry__source_type"], row["entry__kind"]), OTHER)
    if what != SALE:
        sums.others[what] = sums.others.get(what, 0) - row["amount"]
        return
    sums.sales += row["count"]
    sums.price_minor += row["price"] or 0
    sums.fee_minor += row["fee"] or 0
    sums.commission_minor += row["commission"] or 0
    sums.went_back_minor += row["share"] + row["amount"] if row["share"] is not None else 0
    sums.earned_minor -= row["amount"]


def _paid(payouts: QuerySet[Payout], zone: ZoneInfo) -> Iterable[tuple[datetime, str, int]]:
    months = payouts.annotate(month=TruncMonth("paid_at", tzinfo=zone)).order_by("month")
    return months.values_list("month", "currency").annotate(Sum("amount_minor"))


def _types(lines: QuerySet[Line]) -> tuple[SoldType, ...]:
    """Return the session types that brought most, each in each of its currencies."""
    sold = (
        lines.filter(_SALES, purchase__session__isnull=False)
        .values("purchase__session__session_type", "currency")
        .annotate(sales=Count("pk"), amount=Sum("amount_minor"))
        .order_by("amount", "purchase__session__session_type", "currency")
    )
    rows = list(sold[:MOST_TYPES])
    kinds = SessionType.objects.in_bulk([row["purchase__session__session_type"] for row in rows])
    return tuple(
        SoldType(
            kinds[row["purchase__session__session_type"]],
            row["currency"],
            row["sales"],
            -row["amount"],
        )
        for row in rows
    )
