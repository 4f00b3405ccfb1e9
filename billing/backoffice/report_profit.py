"""The reports of what was earned: profit and loss, sales and rates, gateway fees."""

from typing import Any

from django.utils.safestring import SafeString

from billing.backoffice.lines import lines_link, lines_url
from billing.backoffice.report_months import monthly, names, write_money
from billing.backoffice.report_view import (
    Asked,
    Figure,
    Report,
    ReportView,
    Sheet,
    SheetRow,
    money,
)
from billing.reports import profit
from billing.reports.profit import Statement
from kernel.backoffice import plots
from kernel.backoffice.plots import Series
from kernel.display import money_text


class ProfitReport(ReportView):
    page_title = "Profit and loss"
    slug = "profit"
    file = "profit-and-loss"

    def read(self, asked: Asked) -> Report:
        shown = monthly(asked)
        if not asked.currency:
            return Report()
        newest, currency = shown[-1], asked.currency
        labels = names([one.month for one in shown])
        return Report(
            figures=[
                Figure(f"Sold in {newest.month:%B}", money_text(newest.figures["gmv"], currency),
                       "at full price", self._lines(profit.SALES.rows[0], newest, asked)),
                Figure("Income", money_text(newest.of(profit.INCOME), currency),
                       "commission, fees recovered, breakage"),
                Figure("Operations", money_text(newest.of(profit.OPERATING), currency),
                       "what finance entered"),
                Figure("Profit", money_text(newest.profit, currency), f"{newest.month:%B %Y}"),
            ],
            plots=[
                plots.bars(
                    title="Income, costs and profit by month",
                    labels=labels,
                    series=[
                        Series("Income", [one.of(profit.INCOME) for one in shown]),
                        Series("Costs", [one.profit - one.of(profit.INCOME) for one in shown]),
                        Series("Profit", [one.profit for one in shown]),
                    ],
                    write=write_money(currency),
                )
            ],
            sheets=[self._sheet(shown, asked)],
        )  # fmt: skip

    def _sheet(self, shown: list[Statement], asked: Asked) -> Sheet:
        currency = asked.currency
        rows: list[SheetRow] = []

        def add(row: profit.Row) -> None:
            cells: list[SafeString | str] = []
            for one in shown:
                words = money(one.figures[row.key], currency)
                cells.append(
                    lines_link(words, **self._where(row, one, asked)) if words != "–" else words
                )
            rows.append(SheetRow(row.label, cells))

        def sums(label: str, values: list[int], tone: str) -> None:
            rows.append(SheetRow(label, [money(value, currency) for value in values], tone))

        for section in (profit.SALES, *profit.RESULT):
            rows.append(SheetRow(section.title, [""] * len(shown), "head"))
            for row in section.rows:
                add(row)
            sums(section.total, [one.of(section) for one in shown], "sum")
            if section is profit.SALES:
                add(profit.MENTORS)
            if section is profit.COST_OF_SALES:
                sums("Left for operations", [one.gross for one in shown], "sum")
        sums("Profit", [one.profit for one in shown], "end")
        headings = [f"{one.month:%b %Y}" for one in shown]
        return Sheet(f"Profit and loss in {currency}", ["", *headings], rows)

    def _where(self, row: profit.Row, one: Statement, asked: Asked) -> dict[str, Any]:
        when = {"month": f"{one.month:%Y-%m}", "currency": asked.currency, "as_of": asked.day}
        return {**row.filters, **when}

    def _lines(self, row: profit.Row, one: Statement, asked: Asked) -> str:
        return lines_url(**self._where(row, one, asked))


class FeesReport(ReportView):
    page_title = "Gateway fees"
    slug = "fees"
    file = "profit-and-loss"

    def read(self, asked: Asked) -> Report:
        if not asked.currency:
            return Report()
        shown, currency = monthly(asked), asked.currency
        quoted = [one.figures["4020"] for one in shown]
        booked = [-one.figures["5010"] for one in shown]
        both = list(zip(quoted, booked, strict=True))
        variance = sum(quoted) - sum(booked)
        return Report(
            figures=[
                Figure("Quoted to mentors (4020)", money_text(sum(quoted), currency),
                       "less what refunds gave back"),
                Figure("Charged by gateways (5010)", money_text(sum(booked), currency)),
                Figure("Variance", money_text(variance, currency),
                       "what the platform gains or bears"),
            ],
            plots=[
                plots.bars(
                    title="Fees quoted and charged", write=write_money(currency),
                    labels=names([one.month for one in shown]),
                    series=[Series("Quoted (4020)", quoted), Series("Charged (5010)", booked),
                            Series("Variance", [a - b for a, b in both])],
                )
            ],
            sheets=[
                Sheet(
                    f"By month in {currency}",
                    ["Month", "Quoted (4020)", "Charged (5010)", "Variance"],
                    [
                        SheetRow(
                            f"{one.month:%B %Y}",
                            [self._cell("4020", a, one, asked), self._cell("5010", b, one, asked),
                             money(a - b, currency)],
                        )
                        for one, (a, b) in zip(shown, both, strict=True)
                    ][::-1],
                )
            ],
        )  # fmt: skip

    def _cell(self, code: str, minor: int, one: Statement, asked: Asked) -> SafeString | str:
        if not minor:
            return money(0, asked.currency)
        return lines_link(
            money(minor, asked.currency), account=code, currency=asked.currency,
            month=f"{one.month:%Y-%m}", as_of=asked.day,
        )  # fmt: skip
