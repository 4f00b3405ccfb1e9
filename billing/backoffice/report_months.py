"""What the reports by month share: which months they show, their statements, their names."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from billing.backoffice.lines import first_booked
from billing.backoffice.report_view import Asked
from billing.reports import profit
from billing.reports.profit import Statement, month_after, month_of, months_back
from kernel.backoffice import plots
from kernel.display import money_text
from kernel.money import exponent

MONTHS = 12


def months(asked: Asked) -> list[datetime]:
    """Return the months that a report shows, the oldest first: a year, or as long as there is."""
    last = month_of(asked.at - timedelta(microseconds=1))
    first = first_booked()
    oldest = max(months_back(last, MONTHS - 1), month_of(first) if first else last)
    found = [oldest]
    while found[-1] < last:
        found.append(month_after(found[-1]))
    return found


def monthly(asked: Asked) -> list[Statement]:
    """Return a statement of each month in the currency that is asked for, empty ones too."""
    shown = months(asked)
    read = profit.statements(since=shown[0], until=month_after(shown[-1]), as_of=asked.as_of)
    by_month = {one.month: one for one in read if one.currency == asked.currency}
    nothing = {row.key: 0 for row in profit.ROWS}
    return [by_month.get(month) or Statement(month, asked.currency, nothing) for month in shown]


def names(shown: Sequence[datetime]) -> list[str]:
    """Return short names: `Mar`, and `Jan ’27` where a year begins."""
    return [
        f"{month:%b ’%y}" if number == 0 or month.month == 1 else f"{month:%b}"
        for number, month in enumerate(shown)
    ]


def write_money(currency: str) -> plots.Write:
    return lambda value: money_text(round(value), currency, code=False).removesuffix(
        "." + "0" * exponent(currency)
    )
