"""The reports as files: of one instant, the same bytes whenever they are made.

They hold ids, dates and amounts alone. A name may change later, and the file would with it.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO

from billing.ledger import seals
from billing.ledger.totals import account_totals
from billing.reports import owed, profit
from kernel.backoffice.exports import decimal_amount, safe_cell
from kernel.errors import Invalid

type Rows = Iterable[Sequence[object]]


class NoSuchReport(Invalid):
    """There is no report of this name."""

    code = "no_such_report"


def make(*, report: str, as_of: datetime, now: datetime) -> str:
    """Return the report as of an instant, as CSV. The instant is sealed first.

    Raises NoSuchReport, NotYet, BooksBusy.
    """
    if report not in REPORTS:
        raise NoSuchReport(f"There is no report {report!r}; there are {', '.join(REPORTS)}.")
    seals.seal(as_of=as_of, now=now)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("Report", report, "as of", as_of.astimezone(UTC).isoformat()))
    writer.writerows([safe_cell(cell) for cell in row] for row in REPORTS[report](as_of))
    return out.getvalue()


def file_name(report: str, *, as_of: datetime) -> str:
    """Return such as `trial-balance-2027-03-31.csv`, named by the last day that is in it."""
    last = as_of.astimezone(UTC) - timedelta(microseconds=1)
    return f"{report}-{last:%Y-%m-%d}.csv"


def _trial_balance(as_of: datetime) -> Rows:
    yield "Account", "Name", "Gateway", "Currency", "Debit", "Credit", "Balance", "Lines"
    for row in account_totals(as_of=as_of):
        amounts = (row.debit_minor, row.credit_minor, row.balance_minor)
        yield (
            row.code,
            row.name,
            row.gateway,
            row.currency,
            *(decimal_amount(minor, row.currency) for minor in amounts),
            row.lines,
        )


def _mentor_liabilities(as_of: datetime) -> Rows:
    return _owed(owed.payables(at=as_of), "Owed to the mentor")


def _aged_debts(as_of: datetime) -> Rows:
    return _owed(owed.debts(at=as_of), "Owed to the mentor")


def _owed(rows: Iterable[owed.Owed], heading: str) -> Rows:
    yield "Mentor", "Account", "Currency", heading, *(f"{days} days" for days in owed.BUCKETS)
    for row in rows:
        yield (
            row.mentor,
            row.code,
            row.currency,
            *(decimal_amount(minor, row.currency) for minor in (row.minor, *row.by_age)),
        )


def _profit_and_loss(as_of: datetime) -> Rows:
    yield "Month", "Currency", "Figure", "Amount"
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    for one in profit.statements(since=beginning, until=as_of, as_of=as_of):
        figures = [(row.label, one.figures[row.key]) for row in profit.ROWS]
        for label, minor in (*figures, ("Profit", one.profit)):
            yield f"{one.month:%Y-%m}", one.currency, label, decimal_amount(minor, one.currency)


REPORTS: dict[str, Callable[[datetime], Rows]] = {
    "trial-balance": _trial_balance,
    "mentor-liabilities": _mentor_liabilities,
    "profit-and-loss": _profit_and_loss,
    "aged-debts": _aged_debts,
}
