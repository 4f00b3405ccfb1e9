"""GMV, take rate, refund rate and payout liability of small worlds that are added up by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Category, Mentor
from accounts.scopes import Scope
from billing.ledger.totals import account_totals
from billing.reports import profit
from billing.reports.liability import at_end_of_each
from billing.reports.owed import PAYABLE
from billing.reports.sales import Sales, sales, together
from kernel.spans import Span, span
from tests.billing.ledger.books import (
    EARLY,
    HOLD_OVER,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.billing.reports.history import busy_month, completed, paid
from tests.factories import sessions
from tests.factories.billing import capture, covered_session, open_payment, paid_session

pytestmark = pytest.mark.django_db

MIDNIGHT = datetime(2027, 3, 1, tzinfo=UTC)


def months(first: date, last: date, zone: str = "UTC") -> Span:
    return span(first=first, last=last, zone=zone, months=True)


SPRING = months(date(2027, 2, 1), date(2027, 4, 30))


def paid_at(at: datetime, *, price_minor: int = 10_000) -> None:
    session = sessions.pending_session(price_minor=price_minor)
    capture(open_payment(session), at=at)


def test_a_sale_a_session_and_a_refund_count_each_in_its_own_month() -> None:
    """$100 sold on 27 February; held on 1 March; $33.33 given back on 4 March.

    Commission: 15.00 earned in March, of which 33.33 % went back: 5.00.
    """
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)
    gateway_says(refund(payment, 3_333, bearer="platform", at=HOLD_OVER), "succeeded", at=HOLD_OVER)

    february, march, april = sales(span=SPRING, currency="USD")

    assert february == Sales(sold_minor=10_000, sales=1)
    assert march == Sales(refunded_minor=3_333, refunds=1, commission_minor=1_000)
    assert april.nothing
    assert (february.net_minor, march.net_minor) == (10_000, -3_333)
    assert together([february, march, april]) == Sales(
        sold_minor=10_000, sales=1, refunded_minor=3_333, refunds=1, commission_minor=1_000
    )


def test_half_a_cent_of_an_average_is_rounded_up() -> None:
    assert Sales(sold_minor=5, sales=2).average_minor == 3
    assert Sales(sold_minor=4, sales=3).average_minor == 1
    assert Sales().average_minor == 0


def test_two_refunds_of_a_sale_are_one_sale_refunded() -> None:
    _, payment = paid_session()
    for _ in range(2):
        refund(payment, 1_000, bearer="platform", at=EARLY)

    (february, *_) = sales(span=SPRING, currency="USD")

    assert (february.refunds, february.refunded_minor) == (1, 2_000)


def test_what_a_bank_took_is_lost_and_not_refunded() -> None:
    _, payment = paid_session()
    bank_says(payment, dispute("lost", at=EARLY), at=EARLY)

    (february, *_) = sales(span=SPRING, currency="USD")

    assert (february.lost_minor, february.refunded_minor) == (10_000, 0)
    assert february.net_minor == 0


def test_what_credit_and_a_discount_paid_counts_as_one_sale() -> None:
    covered_session(discount_minor=2_000)

    (february, *_) = sales(span=SPRING, currency="USD")

    assert (february.sold_minor, february.sales) == (10_000, 1)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", [(1, 100), (2, 600)]),  # the last second of February, and two of March
        ("America/New_York", [(3, 700), (0, 0)]),  # March begins at 05:00 UTC there
        ("Asia/Tokyo", [(0, 0), (3, 700)]),  # and at 15:00 UTC of the day before here
    ],
)
def test_a_month_ends_when_the_markets_clock_says_so(
    zone: str, expected: list[tuple[int, int]]
) -> None:
    for at, price in (
        (MIDNIGHT - timedelta(seconds=1), 10_000),
        (MIDNIGHT, 20_000),
        (MIDNIGHT + timedelta(hours=4, minutes=59), 40_000),
    ):
        paid_at(at, price_minor=price)

    february, march, _ = sales(
        span=months(date(2027, 2, 1), date(2027, 4, 30), zone), currency="USD"
    )

    assert [(one.sales, one.sold_minor // 100) for one in (february, march)] == expected


def test_days_are_those_of_the_market_too() -> None:
    paid_at(MIDNIGHT - timedelta(seconds=1))
    paid_at(MIDNIGHT)

    days = span(first=date(2027, 2, 28), last=date(2027, 3, 1), zone="UTC")
    tokyo = span(first=date(2027, 2, 28), last=date(2027, 3, 1), zone="Asia/Tokyo")

    assert [one.sales for one in sales(span=days, currency="USD")] == [1, 1]
    assert [one.sales for one in sales(span=tokyo, currency="USD")] == [0, 2]


def test_currencies_are_never_added_together() -> None:
    busy_month()

    usd, jpy, kwd = (
        together(sales(span=SPRING, currency=code)).sold_minor for code in ("USD", "JPY", "KWD")
    )

    assert (jpy, kwd) == (7_500, 31_250)
    assert usd % 10_000 == 0
    assert together(sales(span=SPRING, currency="CHF")).nothing


def test_the_figures_are_those_of_profit_and_loss() -> None:
    """The market's report in UTC and the books' statement of the month agree to the cent."""
    busy_month()
    books = {
        one.month.date(): one
        for one in profit.statements(
            since=datetime(2027, 2, 1, tzinfo=UTC), until=datetime(2027, 5, 1, tzinfo=UTC)
        )
        if one.currency == "USD"
    }

    found = sales(span=SPRING, currency="USD")

    assert len(books) == 2
    for part, one in zip(SPRING.parts, found, strict=True):
        if (statement := books.get(part.first)) is None:
            assert one.nothing
            continue
        assert one.sold_minor == statement.figures["gmv"]
        assert one.refunded_minor == -statement.figures["refunds"]
        assert one.lost_minor == -statement.figures["lost"]
        assert one.commission_minor == statement.commission
        assert one.net_minor == statement.of(profit.SALES)


def test_a_mentor_and_a_category_have_their_own_figures() -> None:
    payment, other = paid(), paid(price_minor=20_000)
    refund(other, 500, bearer="platform", at=EARLY)
    mentor = payment.purchase.mentor
    category = Category.objects.create(name="Careers")
    Mentor.objects.filter(pk=other.purchase.mentor_id).update(category=category)

    of_mentor = together(sales(span=SPRING, currency="USD", scope=Scope(mentor_id=mentor.pk)))
    of_category = together(sales(span=SPRING, currency="USD", scope=Scope(category_id=category.pk)))
    of_both = together(sales(span=SPRING, currency="USD", scope=Scope(mentor.pk, category.pk)))

    assert of_mentor == Sales(sold_minor=10_000, sales=1)
    assert of_category == Sales(sold_minor=20_000, sales=1, refunded_minor=500, refunds=1)
    assert of_both.nothing


# Payout liability


def balance_of_the_ledger(currency: str) -> int:
    return -sum(
        total.balance_minor
        for total in account_totals()
        if total.code in PAYABLE and total.currency == currency
    )


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_the_payout_liability_equals_the_ledger(currency: str) -> None:
    busy_month()

    found = at_end_of_each(span=SPRING, currency=currency)

    ledger = {
        total.code: -total.balance_minor
        for total in account_totals()
        if total.code in PAYABLE and total.currency == currency
    }
    assert {str(code): minor for code, minor in found[-1].items() if minor} == {
        code: minor for code, minor in ledger.items() if minor
    }
    assert sum(found[-1].values()) == balance_of_the_ledger(currency) != 0


def test_each_month_end_is_the_ledger_at_that_instant() -> None:
    busy_month()

    for part, found in zip(SPRING.parts, at_end_of_each(span=SPRING, currency="USD"), strict=True):
        ledger = [
            total for total in account_totals(until=part.until)
            if total.code in PAYABLE and total.currency == "USD"
        ]  # fmt: skip
        assert sum(found.values()) == -sum(total.balance_minor for total in ledger), part.name


def test_a_share_is_pending_then_available() -> None:
    """81.80 of $100: pending at the end of February, available after the hold in March."""
    session, _ = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)

    february, march, april = at_end_of_each(span=SPRING, currency="USD")

    assert {str(code): minor for code, minor in february.items() if minor} == {"2110": 8_180}
    assert {str(code): minor for code, minor in march.items() if minor} == {"2120": 8_180}
    assert april == march


def test_what_was_owed_before_the_span_is_in_it() -> None:
    session, _ = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)

    (april,) = at_end_of_each(span=months(date(2027, 4, 1), date(2027, 4, 30)), currency="USD")

    assert sum(april.values()) == 8_180


def test_what_a_mentor_owes_is_below_zero_and_his_alone() -> None:
    """A refund of 99.00, 84.15 of it the mentor's, of the 81.80 that he had: −2.35."""
    owing, other = completed(paid()), completed(paid())
    refund(owing, 9_900, bearer="mentor", at=HOLD_OVER)

    def owed_to(scope: Scope) -> int:
        return sum(at_end_of_each(span=SPRING, currency="USD", scope=scope)[-1].values())

    his = owed_to(Scope(mentor_id=owing.purchase.mentor_id))
    assert his < 0
    assert owed_to(Scope(mentor_id=other.purchase.mentor_id)) == 8_180
    assert owed_to(Scope()) == 8_180 + his
