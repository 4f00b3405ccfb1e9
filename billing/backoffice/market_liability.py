"""What the platform owes its mentors, day by day or month by month: the ledger's own balances."""

from billing.backoffice.lines import lines_url
from billing.backoffice.market_view import MarketReport, Told, Wanted
from billing.backoffice.report_months import write_money
from billing.backoffice.report_view import Figure
from billing.ledger.chart import CHART, Code
from billing.reports.liability import at_end_of_each
from billing.reports.owed import PAYABLE
from kernel.backoffice import plots
from kernel.backoffice.plots import Series
from kernel.backoffice.sheets import Amount, Row, Table
from kernel.display import money_text


class LiabilityReport(MarketReport):
    page_title = "Payout liability"
    slug = "liability"
    definition = (
        "The payout liability is what the platform owes mentors: the balance of the payable "
        "accounts in the ledger at the end of each month or day. Below zero, mentors owe."
    )
    empty = "Nothing was owed to mentors in these days. Choose others, or another currency."

    def read(self, wanted: Wanted) -> Told:
        found = at_end_of_each(
            span=wanted.span, currency=wanted.currency, as_of=wanted.as_of, scope=wanted.scope
        )
        codes = [code for code in PAYABLE if any(one[code] for one in found)]
        if not codes:
            return Told()
        currency, last = wanted.currency, found[-1]
        cut = wanted.span.cut
        return Told(
            figures=[
                Figure("Owed to mentors", money_text(sum(last.values()), currency),
                       f"at the end of {wanted.span.last:%-d %B %Y}",
                       self._lines(list(PAYABLE), wanted)),
                *(
                    Figure(CHART[code].name, money_text(last[code], currency), f"account {code}",
                           self._lines([code], wanted))
                    for code in codes
                ),
            ],
            plots=[
                plots.bars(
                    title=f"Owed to mentors at the end of each {cut}",
                    labels=wanted.span.labels(), unit=currency, write=write_money(currency),
                    stacked=all(one[code] >= 0 for one in found for code in codes),
                    series=[Series(CHART[code].name, [one[code] for one in found])
                            for code in codes],
                )
            ],
            tables=[
                Table(
                    f"Payout liability by {cut}",
                    [f"End of {cut}",
                     *(f"{CHART[code].name} ({code}), {currency}" for code in codes),
                     f"Together, {currency}"],
                    [
                        Row(
                            wanted.name(part),
                            [*(Amount(one[code], currency) for code in codes),
                             Amount(sum(one.values()), currency)],
                            key=part.key,
                        )
                        for part, one in zip(wanted.span.parts, found, strict=True)
                    ],
                )
            ],
        )  # fmt: skip

    def _lines(self, codes: list[Code], wanted: Wanted) -> str:
        """Return the way to the lines of a balance, where the explorer can list just them."""
        of_another_day = wanted.as_of is not None and wanted.span.zone != "UTC"
        if wanted.scope.narrow or of_another_day or wanted.span.until < wanted.at:
            return ""
        return lines_url(
            account=[str(code) for code in codes], currency=wanted.currency, as_of=wanted.as_of_day
        )
