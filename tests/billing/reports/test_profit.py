"""The monthly profit and loss: every figure is a sum of lines, and together they are the books."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing import cancellations, costs
from billing.ledger.chart import CHART, Kind
from billing.ledger.totals import account_totals
from billing.models import Line
from billing.reports import owed, profit
from scheduling.states import CancelledBy
from tests.billing.ledger.books import (
    EARLY,
    HOLD_OVER,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.billing.ledger.test_periods import MARCH, february_closed
from tests.billing.reports.history import busy_month
from tests.factories import sessions
from tests.factories.billing import covered_session, paid_session, reduced_session
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

FEBRUARY = datetime(2027, 2, 1, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, tzinfo=UTC)


def servers(amount_minor: int, *, day: date) -> None:
    costs.enter(
        day=day, account="5100", amount_minor=amount_minor, currency="USD", supplier="Hetzner",
        by=UserFactory(), now=HOLD_OVER,
    )  # fmt: skip


def test_a_month_down_to_its_profit() -> None:
    """$100 sold in February, completed in March, 33.33 of it refunded, and 4.00 of servers."""
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)
    gateway_says(refund(payment, 3_333, bearer="platform", at=HOLD_OVER), "succeeded", at=HOLD_OVER)
    servers(400, day=date(2027, 3, 2))

    february, march = profit.statements(since=FEBRUARY, until=APRIL)

    assert (february.month, march.month) == (FEBRUARY, MARCH)
    assert {key: minor for key, minor in february.figures.items() if minor} == {
        "gmv": 10_000,
        "mentors": 8_180,
        "4020": 320,
        "5010": -320,
    }
    assert february.profit == 0
    assert {key: minor for key, minor in march.figures.items() if minor} == {
        "refunds": -3_333,
        "mentors": -2_726,
        "4010": 1_500,
        "4090": -500,
        "4020": -107,
        "5100": -400,
    }
    assert march.of(profit.SALES) == -3_333
    assert march.gross == 893  # 15.00 - 5.00 - 1.07
    assert march.profit == 493
    assert february.profit + march.profit == 493


@pytest.mark.parametrize("how", ["refunded", "lost", "unwound"])
def test_a_sale_that_went_back_leaves_nothing_sold(how: str) -> None:
    """What discount and credit paid of it was counted as sold, and is given back as well."""
    if how == "unwound":
        purchase = covered_session(discount_minor=2_000)
        cancellations.cancel(
            session_id=purchase.booked.pk, by=CancelledBy.MENTOR, actor="usr_1", reason="ill",
            now=EARLY,
        )  # fmt: skip
    else:
        _, payment = reduced_session(discount_minor=2_000, credit_minor=1_000)
        if how == "refunded":
            refund(payment, 10_000, bearer="platform", at=EARLY)
        else:
            bank_says(payment, dispute("lost", amount_minor=7_000, at=EARLY), at=EARLY)

    found = profit.statements(since=FEBRUARY, until=APRIL)

    assert sum(one.figures["gmv"] for one in found) == 10_000
    assert sum(one.of(profit.SALES) for one in found) == 0


def test_what_is_heard_of_after_the_close_counts_in_the_open_month() -> None:
    paid_session()
    february_closed()
    servers(700, day=date(2027, 2, 28))

    february, march = profit.statements(since=FEBRUARY, until=APRIL)

    assert (february.figures["5100"], march.figures["5100"]) == (0, -700)


def test_profit_is_all_of_income_and_expense() -> None:
    """No account of the chart is left out, so no cost can hide."""
    reported = {code for section in profit.RESULT for row in section.rows for code in row.codes}
    wanted = {c for c, row in CHART.items() if row.kind in {Kind.INCOME, Kind.EXPENSE}}
    assert reported == wanted
    busy_month()

    found = profit.statements(since=FEBRUARY, until=APRIL)

    for currency in ("USD", "JPY", "KWD"):
        books = -sum(
            total.balance_minor
            for total in account_totals()
            if total.currency == currency and total.kind in {Kind.INCOME, Kind.EXPENSE}
        )
        assert sum(one.profit for one in found if one.currency == currency) == books


@pytest.mark.parametrize("row", profit.ROWS, ids=lambda row: row.key)
def test_each_figure_opens_the_lines_that_make_it(row: profit.Row) -> None:
    """The filters that the link carries pick exactly the lines that were summed."""
    busy_month()
    found = profit.statements(since=FEBRUARY, until=APRIL)

    lines = Line.objects.filter(currency="USD")
    filters = row.filters
    if "account" in filters:
        lines = lines.filter(account__code__in=filters["account"])
    if "source_type" in filters:
        lines = lines.filter(entry__source_type__in=filters["source_type"])
    if "kind" in filters:
        lines = lines.filter(entry__kind__in=filters["kind"])
    if filters.get("side") == ["debit"]:
        lines = lines.filter(amount_minor__gt=0)
    total = sum(one.figures[row.key] for one in found if one.currency == "USD")
    assert row.sign * sum(line.amount_minor for line in lines) == total


def test_what_is_owed_is_the_ledger_and_ages_by_its_newest_lines() -> None:
    busy_month()
    at = HOLD_OVER + timedelta(days=40)

    rows = owed.payables(at=at)

    books = {
        total.account: -total.balance_minor
        for total in account_totals()
        if total.code in {"2110", "2120", "2130", "2140", "2150"} and total.balance_minor
    }
    sums: dict[str, int] = {}
    for row in rows:
        assert sum(row.by_age) == row.minor
        key = f"{row.code}:{row.currency}"
        sums[key] = sums.get(key, 0) + row.minor
    assert sums == books


def test_a_debt_is_as_old_as_what_is_left_of_it() -> None:
    """A refund of 99.00 that the mentor bears takes 84.15 of the 81.80 that were available."""
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)
    first = HOLD_OVER + timedelta(days=1)
    refund(payment, 9_900, bearer="mentor", at=first)

    [debt] = owed.debts(at=first + timedelta(days=10))

    assert debt.minor == -(8_415 - 8_180)
    assert debt.by_age == (0, -235, 0, 0, 0)
    assert owed.debts(at=first) == []
