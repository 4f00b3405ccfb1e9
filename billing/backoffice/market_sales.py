"""The market's sales: what was sold, what the platform kept of it, what went back."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from django.utils.safestring import SafeString

from billing.backoffice.lines import lines_url
from billing.backoffice.market_view import MarketReport, Told, Wanted
from billing.backoffice.report_months import write_money
from billing.backoffice.report_view import Figure
from billing.reports import profit
from billing.reports.sales import Sales, sales, together
from kernel.backoffice import plots
from kernel.backoffice.plots import Series
from kernel.backoffice.sheets import Amount, Cell, Row, Share, Table, percent_words
from kernel.display import money_text
from kernel.spans import Part

_GMV, _REFUNDS, _ = profit.SALES.rows


class SalesReport(MarketReport):
    """A report of `billing.reports.sales`: subclasses say their columns, figures and plots."""

    headings: ClassVar[Sequence[str]]
    empty = "Nothing was sold or given back in these days. Choose others, or another currency."

    def read(self, wanted: Wanted) -> Told:
        found = sales(
            span=wanted.span, currency=wanted.currency, as_of=wanted.as_of, scope=wanted.scope
        )
        total = together(found)
        if all(one.nothing for one in found):
            return Told()
        rows = [
            Row(wanted.name(part), self.cells(one, wanted, part), key=part.key)
            for part, one in zip(wanted.span.parts, found, strict=True)
        ]
        rows.append(Row("Together", self.cells(total, wanted, None), tone="end"))
        headings = [one.format(currency=wanted.currency) for one in self.headings]
        cut = wanted.span.cut
        return Told(
            figures=self.figures(total, wanted),
            plots=[self.plot(found, wanted)],
            tables=[Table(f"{self.page_title} by {cut}", [cut.capitalize(), *headings], rows)],
        )

    def cells(self, one: Sales, wanted: Wanted, part: Part | None) -> list[Cell]:
        raise NotImplementedError

    def figures(self, total: Sales, wanted: Wanted) -> list[Figure]:
        raise NotImplementedError

    def plot(self, found: Sequence[Sales], wanted: Wanted) -> SafeString:
        raise NotImplementedError


class GmvReport(SalesReport):
    page_title = "GMV"
    slug = "gmv"
    definition = (
        "GMV (gross merchandise value) is the full price of the sessions and packages that were "
        "sold, before refunds; what a discount or credit of ours paid counts as sold too."
    )
    headings = ("Sold, {currency}", "Sales", "Average sale, {currency}")

    def cells(self, one: Sales, wanted: Wanted, part: Part | None) -> list[Cell]:
        currency = wanted.currency
        average = Amount(one.average_minor, currency) if one.sales else None
        return [
            Amount(one.sold_minor, currency, _lines(_GMV, wanted, part)), one.sales, average,
        ]  # fmt: skip

    def figures(self, total: Sales, wanted: Wanted) -> list[Figure]:
        return [
            Figure("Sold", money_text(total.sold_minor, wanted.currency), "in the days shown"),
            Figure("Sales", f"{total.sales:,}", "sessions and packages"),
            Figure("Average sale", money_text(total.average_minor, wanted.currency)),
        ]

    def plot(self, found: Sequence[Sales], wanted: Wanted) -> SafeString:
        return plots.bars(
            title="GMV",
            labels=wanted.span.labels(),
            unit=wanted.currency,
            write=write_money(wanted.currency),
            series=[Series("Sold", [one.sold_minor for one in found])],
        )


class TakeRateReport(SalesReport):
    page_title = "Take rate"
    slug = "take-rate"
    definition = (
        "The take rate is the commission that was earned, less what was refunded of it, as a share "
        "of what was sold, less what went back. Commission is earned when a session takes place, "
        "so a month earns on what earlier months sold, too."
    )
    headings = ("Sold, net, {currency}", "Commission, net, {currency}", "Take rate, %")

    def cells(self, one: Sales, wanted: Wanted, part: Part | None) -> list[Cell]:
        del part
        return [
            Amount(one.net_minor, wanted.currency),
            Amount(one.commission_minor, wanted.currency),
            Share(one.commission_minor, one.net_minor),
        ]

    def figures(self, total: Sales, wanted: Wanted) -> list[Figure]:
        return [
            Figure("Take rate", percent_words(Share(total.commission_minor, total.net_minor)),
                   "of all the days shown"),
            Figure("Commission, net", money_text(total.commission_minor, wanted.currency)),
            Figure("Sold, net", money_text(total.net_minor, wanted.currency)),
        ]  # fmt: skip

    def plot(self, found: Sequence[Sales], wanted: Wanted) -> SafeString:
        return _rates(
            "Take rate", found, wanted,
            unit="% of what was sold, net",
            share=lambda one: Share(one.commission_minor, one.net_minor),
        )  # fmt: skip


class RefundRateReport(SalesReport):
    page_title = "Refund rate"
    slug = "refund-rate"
    definition = (
        "The refund rate is what clients got back as a share of what was sold in the same days; a "
        "refund counts when it was given, whenever the sale was. Money that a bank took back in a "
        "dispute is not in it."
    )
    headings = (
        "Sold, {currency}", "Refunded, {currency}", "Sales", "Sales refunded", "Refund rate, %",
    )  # fmt: skip

    def cells(self, one: Sales, wanted: Wanted, part: Part | None) -> list[Cell]:
        currency = wanted.currency
        return [
            Amount(one.sold_minor, currency, _lines(_GMV, wanted, part)),
            Amount(one.refunded_minor, currency, _lines(_REFUNDS, wanted, part)),
            one.sales,
            one.refunds,
            Share(one.refunded_minor, one.sold_minor),
        ]

    def figures(self, total: Sales, wanted: Wanted) -> list[Figure]:
        return [
            Figure("Refund rate", percent_words(Share(total.refunded_minor, total.sold_minor)),
                   "of all the days shown"),
            Figure("Refunded", money_text(total.refunded_minor, wanted.currency),
                   f"of {total.refunds:,} sales"),
            Figure("Sold", money_text(total.sold_minor, wanted.currency),
                   f"{total.sales:,} sales"),
        ]  # fmt: skip

    def plot(self, found: Sequence[Sales], wanted: Wanted) -> SafeString:
        return _rates(
            "Refund rate", found, wanted,
            unit="% of what was sold",
            share=lambda one: Share(one.refunded_minor, one.sold_minor),
        )  # fmt: skip


def _rates(
    title: str,
    found: Sequence[Sales],
    wanted: Wanted,
    *,
    unit: str,
    share: Callable[[Sales], Share],
) -> SafeString:
    percents = [share(one).percent for one in found]
    return plots.lines(
        title=title,
        labels=wanted.span.labels(),
        unit=unit,
        write=lambda value: f"{value:g} %",
        series=[Series(title, [None if one is None else float(one) for one in percents])],
    )


def _lines(row: profit.Row, wanted: Wanted, part: Part | None) -> str:
    """Return the way to the lines behind a figure, where the explorer can list just them."""
    whole_month = part is not None and part.whole and not part.by_day
    if part is None or not whole_month or wanted.scope.narrow or wanted.span.zone != "UTC":
        return ""
    return lines_url(
        **row.filters, month=part.key, currency=wanted.currency, as_of=wanted.as_of_day
    )
