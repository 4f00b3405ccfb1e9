"""A package's money, event by event: paid into 2600, drawn by its sessions, given back, expired.

Of $100.00 for three sessions: the fee is 3.20, the commission 15.00, the mentor has 81.80; the
credits are 33.34, 33.33 and 33.33, and their parts are cumulative.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from billing import cancellations, packages, prepaid
from billing.evidence.document import record_pdf
from billing.evidence.record import record_of
from billing.fees import Split, credit_splits, split
from billing.ledger import balances
from billing.ledger.checks import check_books
from billing.models import (
    BreakageRule,
    Dispute,
    DisputeLoss,
    Keeper,
    Package,
    PackageExpiry,
    Payment,
    Purchase,
)
from billing.packages import NothingUnused
from billing.prepaid import PackageUnusable
from billing.refunds import RefundTooLarge
from billing.reports.profit import statements
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.ledger.books import (
    EARLY,
    ENDED,
    HOLD_OVER,
    LATE,
    bank_says,
    dispute,
    earn,
    gateway_says,
    refund,
)
from tests.factories import sessions
from tests.factories.billing import PAID_AT
from tests.factories.packages import VALID_DAYS, drawn_session, held_session, paid_package
from tests.factories.sessions import STARTS_AT

pytestmark = pytest.mark.django_db

OVER = PAID_AT + timedelta(days=VALID_DAYS)
DAY = timedelta(days=1)


def books() -> dict[str, int]:
    """Every account that is not zero, and sound books beside them."""
    report = check_books(now=OVER + 30 * DAY)
    assert report.ok, [finding for finding in report.findings if not finding.ok]
    found: dict[str, int] = {}
    for row in balances.account_balances():
        found[row.account[:4]] = found.get(row.account[:4], 0) + row.balance_minor
    return {code: minor for code, minor in sorted(found.items()) if minor}


def package_of(payment: Payment) -> Package:
    return Package.objects.get(purchase__payments=payment)


def cancel(session: Session, *, by: CancelledBy, at: object) -> None:
    cancellations.cancel(session_id=session.pk, by=by, actor="usr_1", reason="ill", now=at)  # type: ignore[arg-type]


def held_over(*drawn: Session) -> None:
    for session in drawn:
        sessions.complete(session)
    earn(at=HOLD_OVER + 9 * DAY)


# --- the parts ---------------------------------------------------------------------------


def test_three_sessions_of_a_hundred_dollars_take_its_parts_to_the_cent() -> None:
    paid = split(price_minor=10_000, fee_bps=290, fee_fixed_minor=30, commission_bps=1500)

    parts = credit_splits(paid=paid, sessions=3)

    assert [part.price_minor for part in parts] == [3334, 3333, 3333]
    assert [part.mentor_minor for part in parts] == [2727, 2727, 2726]
    assert [part.commission_minor for part in parts] == [500, 500, 500]
    assert [part.fee_minor for part in parts] == [107, 106, 107]


@given(
    price=st.integers(500, 10_000_000),
    count=st.integers(2, 100),
    fee_bps=st.integers(0, 500),
    commission_bps=st.integers(0, 5000),
)
def test_the_parts_of_all_credits_are_exactly_the_packages_and_none_is_negative(
    price: int, count: int, fee_bps: int, commission_bps: int
) -> None:
    paid = split(
        price_minor=price, fee_bps=fee_bps, fee_fixed_minor=30, commission_bps=commission_bps
    )

    parts = credit_splits(paid=paid, sessions=count)

    assert (
        Split(
            sum(part.fee_minor for part in parts),
            sum(part.commission_minor for part in parts),
            sum(part.mentor_minor for part in parts),
        )
        == paid
    )
    assert all(min(p.fee_minor, p.commission_minor, p.mentor_minor) >= 0 for p in parts)
    prices = [part.price_minor for part in parts]
    assert max(prices) - min(prices) <= 1
    assert prices == sorted(prices, reverse=True)


# --- each event of the table -------------------------------------------------------------


def test_a_package_that_is_paid_is_nobodys_yet() -> None:
    package = package_of(paid_package())

    assert books() == {"1100": 9680, "2600": -10_000, "5010": 320}
    assert package.unused_minor == 10_000
    assert package.expires_at == PAID_AT + timedelta(days=180)
    assert package.credits.count() == 3


def test_a_session_draws_its_credits_parts_when_it_is_booked() -> None:
    package = package_of(paid_package())

    session, drawn = drawn_session(package)

    assert session.state == "confirmed"
    assert (drawn.price_minor, drawn.prepaid_minor, drawn.to_pay_minor) == (3334, 3334, 0)
    assert books() == {
        "1100": 9680,
        "2110": -2727,
        "2200": -500,
        "2600": -6666,
        "4020": -107,
        "5010": 320,
    }


def test_all_sessions_held_come_to_what_one_sale_of_the_price_comes_to() -> None:
    package = package_of(paid_package())
    taken = [drawn_session(package, starts_at=STARTS_AT + n * DAY)[0] for n in range(3)]

    held_over(*taken)

    assert books() == {"1100": 9680, "2120": -8180, "4010": -1500, "4020": -320, "5010": 320}


def test_the_rest_goes_back_whole_and_the_platform_has_lost_the_gateways_fee_of_it() -> None:
    payment = paid_package()
    package = package_of(payment)
    session, _ = drawn_session(package)

    given_back = packages.give_back(
        package_id=package.pk, client=package.client, actor="usr_1", now=EARLY
    )

    assert (given_back.amount_minor, given_back.prepaid_minor) == (6666, 6666)
    assert books()["2300"] == -6666
    gateway_says(given_back, "succeeded", at=LATE)
    held_over(session)
    assert books() == {"1100": 3014, "2120": -2727, "4010": -500, "4020": -107, "5010": 320}
    with pytest.raises(PackageUnusable):
        drawn_session(package, starts_at=STARTS_AT + DAY)
    with pytest.raises(NothingUnused):
        packages.give_back(package_id=package.pk, client=package.client, actor="usr_1", now=LATE)


@pytest.mark.parametrize(("keeper", "code"), [(Keeper.PLATFORM, "4030"), (Keeper.MENTOR, "2120")])
def test_what_is_not_used_in_time_is_whose_the_rule_says(keeper: Keeper, code: str) -> None:
    package = package_of(paid_package(keeper=keeper))

    assert prepaid.expire(now=OVER - timedelta(seconds=1)) == 0
    assert prepaid.expire(now=OVER) == 1
    assert prepaid.expire(now=OVER + DAY) == 0

    assert books() == {"1100": 9680, code: -10_000, "5010": 320}
    assert PackageExpiry.objects.get().at == OVER
    with pytest.raises(PackageUnusable, match="could be used until"):
        packages.use(
            package_id=package.pk,
            session_id=held_session(package, starts_at=OVER + 2 * DAY, at=OVER).pk,
            client=package.client,
            now=OVER,
        )


def test_the_rule_is_the_mentors_own_before_everybodys_and_frozen_when_bought() -> None:
    mentor = package_of(paid_package()).purchase.mentor
    assert BreakageRule.objects.keeper(mentor=mentor, at=PAID_AT) is Keeper.PLATFORM
    for whose, keeper in ((None, Keeper.PLATFORM), (mentor, Keeper.MENTOR)):
        BreakageRule.objects.create(
            mentor=whose, keeper=keeper, effective_from=EARLY, created_at=EARLY
        )

    assert BreakageRule.objects.keeper(mentor=mentor, at=LATE) is Keeper.MENTOR
    assert BreakageRule.objects.keeper(mentor=mentor, at=PAID_AT) is Keeper.PLATFORM


def test_a_package_is_sold_once_and_what_expires_is_income() -> None:
    package = package_of(paid_package())
    session, _ = drawn_session(package)
    held_over(session)
    prepaid.expire(now=OVER)

    months = statements(since=PAID_AT - DAY, until=OVER + DAY)

    def figure(key: str) -> int:
        return sum(month.figures[key] for month in months)

    assert figure("gmv") == 10_000
    assert (figure("mentors"), figure("4010"), figure("4020")) == (2727, 500, 107)
    assert figure("4030") == 6666
    assert sum(month.profit for month in months) == 500 + 107 + 6666 - 320


# --- credits that come back --------------------------------------------------------------


@pytest.mark.parametrize("by", [CancelledBy.CLIENT, CancelledBy.MENTOR])
def test_a_cancellation_in_time_gives_the_credit_back_to_be_used_again(by: CancelledBy) -> None:
    package = package_of(paid_package())
    session, drawn = drawn_session(package)
    quote = cancellations.quote(session=session, by=by, now=EARLY)

    cancel(session, by=by, at=EARLY)

    assert (quote.refund.amount_minor, quote.prepaid.amount_minor) == (0, 3334)
    assert books() == {"1100": 9680, "2600": -10_000, "5010": 320}
    drawn.refresh_from_db()
    assert drawn.credit_returned_at == EARLY
    _, again = drawn_session(package, starts_at=STARTS_AT + 2 * DAY, at=EARLY)
    assert again.package_credit == drawn.package_credit
    assert books()["2600"] == -6666


def test_a_late_cancellation_gives_back_the_policys_half_and_no_credit() -> None:
    package = package_of(paid_package())
    session, drawn = drawn_session(package)

    cancel(session, by=CancelledBy.CLIENT, at=LATE)

    drawn.refresh_from_db()
    assert drawn.credit_returned_at is None
    earn(at=HOLD_OVER)
    assert books() == {
        "1100": 9680,
        "2120": -1364,
        "2600": -8333,
        "4010": -250,
        "4020": -53,
        "5010": 320,
    }
    for n in (1, 2):  # the two credits that are left, and not a third of two halves
        drawn_session(package, starts_at=STARTS_AT + n * DAY)
    with pytest.raises(PackageUnusable, match="All credits"):
        drawn_session(package, starts_at=STARTS_AT + 3 * DAY)
    rest = packages.give_back(
        package_id=package.pk, client=package.client, actor="usr_1", now=HOLD_OVER
    )
    assert rest.amount_minor == 1667


def test_a_credit_that_the_mentor_returns_after_the_end_can_be_used_for_thirty_days() -> None:
    package = package_of(paid_package(valid_days=1))
    session, _ = drawn_session(package)
    end = PAID_AT + DAY
    assert prepaid.expire(now=end) == 1
    assert books()["4030"] == -6666

    cancel(session, by=CancelledBy.MENTOR, at=EARLY + timedelta(hours=12))

    package.refresh_from_db()
    assert package.expires_at == EARLY + timedelta(hours=12) + timedelta(days=30)
    assert package.unused_minor == 3334
    assert prepaid.expire(now=package.expires_at) == 1
    assert books() == {"1100": 9680, "4030": -10_000, "5010": 320}


# --- what goes wrong ---------------------------------------------------------------------


def test_no_more_goes_back_than_is_unused() -> None:
    payment = paid_package()
    drawn_session(package_of(payment))

    with pytest.raises(RefundTooLarge):
        refund(payment, 6667, bearer="platform", at=EARLY)

    assert refund(payment, 6666, bearer="platform", at=EARLY).prepaid_minor == 6666


def test_a_refund_that_fails_is_unused_again() -> None:
    payment = paid_package()
    promised = refund(payment, 5000, bearer="mentor", at=EARLY)
    assert package_of(payment).unused_minor == 5000

    gateway_says(promised, "failed", at=LATE)

    assert package_of(payment).unused_minor == 10_000
    assert books() == {"1100": 9680, "2600": -10_000, "5010": 320}


def test_a_lost_dispute_takes_what_is_unused_and_the_platform_bears_the_rest() -> None:
    payment = paid_package()
    package = package_of(payment)
    session, _ = drawn_session(package)
    bank_says(payment, dispute("needs_response", at=EARLY), at=EARLY)
    with pytest.raises(PackageUnusable, match="bank holds the money"):
        drawn_session(package, starts_at=STARTS_AT + DAY)
    assert prepaid.expire(now=OVER) == 0

    bank_says(payment, dispute("lost", at=EARLY), at=ENDED)
    held_over(session)

    loss = DisputeLoss.objects.get()
    assert (loss.prepaid_minor, loss.excess_minor) == (6666, 3334)
    assert books() == {
        "1100": -1820,
        "2120": -2727,
        "4010": -500,
        "4020": -107,
        "5010": 320,
        "5020": 1500,
        "5030": 3334,
    }


def test_no_credits_are_shown_that_would_pay_for_nothing() -> None:
    payment = paid_package()
    shown = packages.bought_by(package_of(payment).client)
    drawn_session(shown.get())
    assert packages.credits_left(shown.get(), now=EARLY) == 2
    assert packages.credits_left(shown.get(), now=OVER) == 0  # its period is over

    refund(payment, 4000, bearer="platform", at=EARLY)  # 26.66 of the two credits' 66.66 is unused
    assert packages.credits_left(shown.get(), now=EARLY) == 0


@pytest.mark.parametrize("lost_first", [True, False])
def test_what_comes_back_is_lost_too_whichever_came_first(lost_first: bool) -> None:
    payment = paid_package()
    session, _ = drawn_session(package_of(payment))

    if lost_first:
        bank_says(payment, dispute("lost", at=EARLY), at=EARLY)
        cancel(session, by=CancelledBy.CLIENT, at=EARLY)
    else:
        cancel(session, by=CancelledBy.CLIENT, at=EARLY)
        bank_says(payment, dispute("lost", at=EARLY), at=EARLY)

    standing = DisputeLoss.objects.get(reversed_at=None)
    assert (standing.prepaid_minor, standing.excess_minor) == (10_000, 0)
    assert books() == {"1100": -1820, "5010": 320, "5020": 1500}


def test_a_bank_is_told_of_the_package_and_of_each_session_it_paid_for() -> None:
    payment = paid_package()
    package = package_of(payment)
    session, _ = drawn_session(package)
    bank_says(payment, dispute("needs_response", at=EARLY), at=EARLY)

    record = record_of(Dispute.objects.get())

    assert record.session_reference == package.public_id
    assert "A package of 3 sessions, Coaching: 60 minutes each with" in record.service
    assert record.paid == "$100.00 USD"
    assert f"Session 1 ({session.public_id}): Paid in full and confirmed" in record.text
    pdf = record_pdf(record, dispute_reference="dsp_1", at=EARLY)
    assert pdf.startswith(b"%PDF-")


def test_a_credit_pays_for_its_own_client_and_kind_alone_and_once() -> None:
    package = package_of(paid_package())
    other = package_of(paid_package())
    session, drawn = drawn_session(package)

    assert (
        packages.use(
            package_id=package.pk, session_id=session.pk, client=package.client, now=PAID_AT
        )
        == drawn
    )
    with pytest.raises(PackageUnusable, match="another kind"):
        packages.use(
            package_id=package.pk,
            session_id=sessions_of_another_kind(package).pk,
            client=package.client,
            now=PAID_AT,
        )
    stolen = held_session(other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Purchase.objects.create(
            session=stolen,
            client=other.client,
            mentor=other.purchase.mentor,
            price_minor=3333,
            currency="USD",
            fee_bps=290,
            fee_fixed_minor=30,
            commission_bps=1500,
            commission_rule=drawn.commission_rule,
            fee_minor=106,
            commission_minor=500,
            mentor_minor=2727,
            package_credit=package.credits.get(number=2),
            prepaid_minor=3333,
            settled_at=PAID_AT,
            created_at=PAID_AT,
        )


def sessions_of_another_kind(package: Package) -> Session:
    session = held_session(package, starts_at=STARTS_AT + 5 * DAY)
    session.session_type = sessions.session_type(
        mentor=session.mentor, price_minor=9_000, currency="USD"
    )
    session.save()
    return session


# --- negative controls: the database holds it, and check_books sees it --------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_package SET unused_minor = -1",
        "UPDATE billing_package SET keeper = 'mentor'",
        "UPDATE billing_packageoffer SET price_minor = 1",
        "UPDATE billing_packagecredit SET price_minor = 1",
        "DELETE FROM billing_packagecredit",
        "UPDATE billing_purchase SET session_id = NULL WHERE package_id IS NULL",
        "UPDATE billing_purchase SET prepaid_minor = 1 WHERE package_credit_id IS NOT NULL",
    ],
)
def test_the_database_refuses_to_change_what_was_sold(statement: str) -> None:
    drawn_session(package_of(paid_package()))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_check_books_sees_a_package_whose_rest_is_not_what_the_books_hold() -> None:
    package = package_of(paid_package())
    drawn_session(package)
    assert check_books(now=OVER).ok

    Package.objects.filter(pk=package.pk).update(unused_minor=6665)

    broken = [f.invariant.code for f in check_books(now=OVER).findings if not f.ok]
    assert broken == ["I4", "I11"]
