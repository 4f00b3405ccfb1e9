"""A mentor's earnings by month: the sums are those of the lines that the list shows one by one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from billing import mentor_analytics, statements
from billing.ledger.balances import mentor_balances
from billing.models import Payment, ReserveRule
from tests.api.callers import Caller
from tests.billing.ledger.books import refund
from tests.billing.payouts.world import NOW, earned, payable, sent
from tests.factories.people import MentorFactory
from tests.standin import StandIn

ADDRESS = "/api/mentors/me/earnings/analytics"
PARTS = ("price", "gateway_fee", "commission", "went_back", "earned")


def usd(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def test_a_month_says_what_was_sold_what_it_cost_and_what_was_paid_out(stage: StandIn) -> None:
    """81.80 earned and paid out in March, 27.26 of it refunded, then 40.74 of 49.99."""
    mentor = payable(stage)
    sent()
    refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)
    earned(mentor=mentor, price_minor=4999, days=1)

    told = Caller(mentor.user).get(ADDRESS, {"since": "2027-02", "until": "2027-03"}).json()

    february, march = told["months"]
    assert (february["month"], march["month"]) == ("2027-02", "2027-03")
    assert february["currencies"][0]["net"] == usd(0)
    [sums] = march["currencies"]
    assert [sums[name]["amount"] for name in PARTS] == [14_999, 495, 2250, 0, 12_254]
    assert sums["sales"] == 2
    assert sums["others"] == [{"what": "refund", "amount": usd(-2726)}]
    assert (sums["net"], sums["paid_out"]) == (usd(9528), usd(8180))
    assert told["totals"] == [sums]
    assert [(one["sales"], one["earned"]) for one in told["session_types"]] == [
        (1, usd(8180)),
        (1, usd(4074)),
    ]


def test_the_months_sum_the_very_lines_of_the_list_and_explain_the_balance(stage: StandIn) -> None:
    ReserveRule.objects.create(
        currency="USD", rate_bps=1000, hold_days=90, effective_from=NOW - timedelta(days=99)
    )
    mentor = payable(stage)
    earned(mentor=mentor, price_minor=4999, days=40, refunded_minor=1000)
    earned(mentor=mentor, price_minor=7000, currency="EUR", days=70)
    earned(mentor=MentorFactory())
    sent()

    found = mentor_analytics.analyse(
        mentor=mentor, first=date(2026, 10, 1), last=date(2027, 4, 1), zone=ZoneInfo("UTC")
    )

    lines = statements.lines_of_entries(statements.entries_of(mentor=mentor), mentor=mentor)
    for currency, sums in found.totals.items():
        listed = [line for line in lines if line.currency == currency]
        assert sums.net_minor == sum(line.amount_minor for line in listed)
        assert sums.sales == sum(line.what == "sale" for line in listed)
        by_month = [month[currency] for month in found.months.values()]
        assert sum(one.net_minor for one in by_month) == sums.net_minor
        assert sum(one.paid_out_minor for one in by_month) == sums.paid_out_minor
        assert (
            sums.price_minor - sums.fee_minor - sums.commission_minor - sums.went_back_minor
            == sums.earned_minor
        )
    left = {row.currency: row.available_minor for row in mentor_balances(mentor_id=mentor.pk)}
    assert left == {
        currency: sums.net_minor - sums.paid_out_minor for currency, sums in found.totals.items()
    }
    assert found.totals["USD"].went_back_minor > 0
    assert found.totals["USD"].others["reserve_taken"] < 0


@pytest.mark.parametrize(
    ("zone", "month"),
    [("UTC", "2027-03"), ("America/New_York", "2027-03"), ("Asia/Tokyo", "2027-04")],
)
def test_months_end_by_the_mentors_clock(zone: str, month: str) -> None:
    """Half an hour before March ends in UTC it is April in Tokyo."""
    mentor = MentorFactory(user__time_zone=zone)
    payment = earned(mentor=mentor)
    refund(payment, 1000, bearer="platform", at=datetime(2027, 3, 31, 23, 30, tzinfo=UTC))

    told = Caller(mentor.user).get(ADDRESS, {"since": "2027-02", "until": "2027-05"}).json()

    refunded = [one["month"] for one in told["months"] if one["currencies"][0]["others"]]
    assert (told["time_zone"], refunded) == (zone, [month])


def test_the_queries_do_not_grow_with_the_lines(
    stage: StandIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mentor = payable(stage)
    sent()
    for days in range(1, 6):
        earned(mentor=mentor, days=days * 20)

    with django_assert_num_queries(4):
        found = mentor_analytics.analyse(
            mentor=mentor, first=date(2026, 1, 1), last=date(2027, 12, 1), zone=ZoneInfo("UTC")
        )

    assert len(found.months) == 24
    assert found.totals["USD"].sales == 6


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2027-03", "until": "2027-02"},
        {"since": "2020-01", "until": "2025-01"},
        {"since": "2027-13"},
        {"since": "1999-12"},
        {"until": "2027-1"},
    ],
)
def test_months_that_are_none_too_many_or_the_wrong_way_round_are_refused(
    query: dict[str, str],
) -> None:
    assert Caller(MentorFactory().user).get(ADDRESS, query).status_code == 422


@pytest.mark.parametrize(
    ("query", "first", "last", "count"),
    [
        ({}, "2026-04", "2027-03", 12),
        ({"until": "2026-02"}, "2025-03", "2026-02", 12),
        ({"since": "2027-01"}, "2027-01", "2027-03", 3),
        ({"since": "2015-01"}, "2015-01", "2019-12", 60),
        ({"since": "2028-01"}, "2028-01", "2028-01", 1),
        ({"since": "2099-12", "until": "2099-12"}, "2099-12", "2099-12", 1),
    ],
)
def test_what_is_not_said_is_the_last_twelve_months(
    stage: StandIn, query: dict[str, str], first: str, last: str, count: int
) -> None:
    told = Caller(MentorFactory().user).get(ADDRESS, query).json()

    assert (told["since"], told["until"], len(told["months"])) == (first, last, count)
    assert (told["totals"], told["months"][0]["currencies"]) == ([], [])
