"""The reports of what is owed: the balances of all accounts, mentors' money, and its age."""

from itertools import groupby
from typing import Any

from django.urls import reverse

from accounts.models import Mentor
from billing.backoffice.lines import lines_link, lines_url
from billing.backoffice.report_months import write_money
from billing.backoffice.report_view import (
    Asked,
    Figure,
    Report,
    ReportView,
    Sheet,
    SheetRow,
    money,
)
from billing.ledger.chart import Code
from billing.ledger.totals import AccountTotal, account_totals
from billing.reports import owed
from kernel.backoffice import plots
from kernel.backoffice.plots import Series
from kernel.display import money_text

KINDS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
    "trading": "Trading",
}


class BalancesReport(ReportView):
    page_title = "Balances"
    slug = "balances"
    file = "trial-balance"
    per_currency = False

    def read(self, asked: Asked) -> Report:
        totals = account_totals(as_of=asked.as_of)
        by_currency: dict[str, list[AccountTotal]] = {}
        for total in totals:
            by_currency.setdefault(total.currency, []).append(total)
        return Report(
            sheets=[
                self._sheet(currency, rows, asked) for currency, rows in sorted(by_currency.items())
            ]
        )

    def exports(self, day: str, asked: Asked) -> list[dict[str, str]]:
        """Offer the journal as well, as of when the balances are shown: it adds up to them."""
        shown = f"?as_of={asked.day}" if asked.day else ""
        journals = [
            {"label": f"{label} as of {asked.day or 'now'}", "url": f"{reverse(name)}{shown}"}
            for label, name in (
                ("Journal for hledger", "journal_hledger"),
                ("Journal CSV", "journal_csv"),
            )
        ]
        return [*super().exports(day, asked), *journals]

    def _sheet(self, currency: str, totals: list[AccountTotal], asked: Asked) -> Sheet:
        rows = []
        for kind, group in groupby(totals, key=lambda total: total.kind):
            rows.append(SheetRow(KINDS[kind], ["", "", "", ""], tone="head"))
            for total in group:
                where: dict[str, Any] = {
                    "account": total.code, "currency": currency, "gateway": total.gateway,
                    "as_of": asked.day,
                }  # fmt: skip
                rows.append(
                    SheetRow(
                        f"{total.code} {total.name}",
                        [
                            lines_link(money(total.debit_minor, currency), side="debit", **where),
                            lines_link(money(total.credit_minor, currency), side="credit", **where),
                            lines_link(money(total.balance_minor, currency), **where),
                            f"{total.lines:,}",
                        ],
                    )
                )
        debit = sum(total.debit_minor for total in totals)
        credit = sum(total.credit_minor for total in totals)
        rows.append(
            SheetRow(
                "Total",
                [money(debit, currency), money(credit, currency), money(debit - credit, currency),
                 f"{sum(total.lines for total in totals):,}"],
                tone="end",
            )
        )  # fmt: skip
        return Sheet(
            f"Balances in {currency}", ["Account", "Debit", "Credit", "Balance", "Lines"], rows
        )


class AgesReport(ReportView):
    page_title = "Ages"
    slug = "ages"
    file = "aged-debts"

    def read(self, asked: Asked) -> Report:
        if not asked.currency:
            return Report()
        currency = asked.currency
        payables = [one for one in owed.payables(at=asked.at) if one.currency == currency]
        available = [one for one in payables if one.code == Code.MENTOR_AVAILABLE and one.minor > 0]
        debts = [one for one in owed.debts(at=asked.at) if one.currency == currency]
        columns = [sum(one.by_age[n] for one in available) for n in range(len(owed.BUCKETS))]
        owing = [-sum(one.by_age[n] for one in debts) for n in range(len(owed.BUCKETS))]
        return Report(
            figures=[
                Figure("Available, not paid out", money_text(sum(columns), currency),
                       f"{len(available)} mentors",
                       lines_url(account="2120", currency=currency, as_of=asked.day)),
                Figure("Mentors owe", money_text(sum(owing), currency), f"{len(debts)} mentors"),
            ],
            plots=[
                plots.bars(
                    title="For how many days money has waited",
                    labels=[f"{days} days" for days in owed.BUCKETS], write=write_money(currency),
                    series=[Series("Available, not paid out", columns),
                            Series("Mentors owe", owing)],
                )
            ],
            sheets=[self._sheet("What mentors owe, by age", debts, asked),
                    self._sheet("Available, not paid out, by age", available, asked)],
        )  # fmt: skip

    def _sheet(self, title: str, rows: list[owed.Owed], asked: Asked) -> Sheet:
        """Show the largest hundred; the file has all."""
        largest = sorted(rows, key=lambda row: -abs(row.minor))[:100]
        people = Mentor.objects.select_related("user").in_bulk([row.mentor_id for row in largest])
        return Sheet(
            title,
            ["Mentor", *(f"{days} days" for days in owed.BUCKETS), "Together"],
            [
                SheetRow(
                    people[row.mentor_id].user.name,
                    [
                        *(money(minor, row.currency) for minor in row.by_age),
                        lines_link(
                            money(row.minor, row.currency), account=row.code, mentor=row.mentor,
                            currency=row.currency, as_of=asked.day,
                        ),
                    ],
                )
                for row in largest
            ]
            or [SheetRow("Nobody.", [""] * (len(owed.BUCKETS) + 1))],
        )  # fmt: skip
