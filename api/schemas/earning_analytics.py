"""A mentor's earnings by month: what the charts of an earnings page draw."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from api.schemas.base import MoneyOut, Out
from api.schemas.earnings import What
from billing.mentor_analytics import Analytics, SoldType, Sums, month_after, months_between

MOST_MONTHS = 60
USUAL_MONTHS = 12

Month = Annotated[
    str,
    Field(
        pattern=r"^20\d{2}-(0[1-9]|1[0-2])$",
        min_length=7,
        max_length=7,
        description="A calendar month: YYYY-MM.",
    ),
]


class AnalyticsQuery(BaseModel):
    """Which months, both included; the last twelve unless told."""

    since: Month | None = None
    until: Month | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "AnalyticsQuery":
        if self.since is not None and self.until is not None:
            first, last = _day(self.since), _day(self.until)
            if first > last:
                raise ValueError("since comes after until")
            if len(months_between(first, last)) > MOST_MONTHS:
                raise ValueError(f"ask for at most {MOST_MONTHS} months at once")
        return self

    def bounds(self, today: date) -> tuple[date, date]:
        """Return the first days of the first and of the last month."""
        if self.since is None and self.until is None:
            return month_after(today, 1 - USUAL_MONTHS), month_after(today, 0)
        if self.since is None:
            last = _day(self.until or "")
            return month_after(last, 1 - USUAL_MONTHS), last
        first = _day(self.since)
        if self.until is not None:
            return first, _day(self.until)
        last = max(first, month_after(today, 0))
        return first, min(last, month_after(first, MOST_MONTHS - 1))


def _day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


class OtherSum(Out):
    """The sum of one kind of line that is no sale."""

    what: What
    amount: MoneyOut


class SumsOut(Out):
    """What one currency brought: `price` − `gateway_fee` − `commission` − `went_back` = `earned`.

    `earned` and `others` together are `net`, the change of the available money before payouts.
    """

    currency: str
    sales: int
    price: MoneyOut
    gateway_fee: MoneyOut
    commission: MoneyOut
    went_back: MoneyOut
    earned: MoneyOut
    others: list[OtherSum]
    net: MoneyOut
    paid_out: MoneyOut

    @classmethod
    def of(cls, sums: Sums, currency: str) -> "SumsOut":
        def money(amount: int) -> MoneyOut:
            return MoneyOut.minor(amount, currency)

        return cls(
            currency=currency,
            sales=sums.sales,
            price=money(sums.price_minor),
            gateway_fee=money(sums.fee_minor),
            commission=money(sums.commission_minor),
            went_back=money(sums.went_back_minor),
            earned=money(sums.earned_minor),
            others=[
                OtherSum(what=what, amount=money(amount))  # type: ignore[arg-type]
                for what, amount in sorted(sums.others.items())
            ],
            net=money(sums.net_minor),
            paid_out=money(sums.paid_out_minor),
        )


class MonthOut(Out):
    """One month, with every currency that the whole answer has, also where it is nothing."""

    month: str
    currencies: list[SumsOut]


class SoldTypeOut(Out):
    """A session type in the whole time."""

    id: str
    name: str
    sales: int
    earned: MoneyOut

    @classmethod
    def of(cls, sold: SoldType) -> "SoldTypeOut":
        return cls(
            id=sold.session_type.public_id,
            name=sold.session_type.name,
            sales=sold.sales,
            earned=MoneyOut.minor(sold.earned_minor, sold.currency),
        )


class AnalyticsOut(Out):
    """Every month from the first to the last, by the mentor's clock, and all together."""

    time_zone: str
    since: str
    until: str
    months: list[MonthOut]
    totals: list[SumsOut]
    session_types: Annotated[
        list[SoldTypeOut], Field(description="What brought most, the most first; up to twenty.")
    ]

    @classmethod
    def of(cls, found: Analytics, time_zone: str) -> "AnalyticsOut":
        months = [
            MonthOut(
                month=f"{day:%Y-%m}",
                currencies=[SumsOut.of(sums, currency) for currency, sums in by.items()],
            )
            for day, by in found.months.items()
        ]
        return cls(
            time_zone=time_zone,
            since=months[0].month,
            until=months[-1].month,
            months=months,
            totals=[SumsOut.of(sums, currency) for currency, sums in found.totals.items()],
            session_types=[SoldTypeOut.of(sold) for sold in found.session_types],
        )
