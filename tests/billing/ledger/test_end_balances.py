"""The end-balance table of docs/money.md for a session of $100, through the operations."""

from datetime import timedelta

import pytest

from billing.models import Payment
from scheduling.models import Session
from tests.billing.ledger.books import (
    EARLY,
    ENDED,
    HOLD_OVER,
    LATE,
    balances_of,
    earn,
    gateway_says,
    refund,
)
from tests.factories import sessions
from tests.factories.billing import capture, open_payment, paid_session

pytestmark = pytest.mark.django_db

# Actual fee 3.20 = the quoted one: 2.9 % of 100.00 and 0.30.
REFUNDED_IN_FULL = {"1100": -320, "5010": 320}
KEPT_HALF = {"1100": 4680, "2120": -4090, "4010": -750, "4020": -160, "5010": 320}
COMPLETED = {"1100": 9680, "2120": -8180, "4010": -1500, "4020": -320, "5010": 320}


@pytest.fixture
def paid() -> tuple[Session, Payment]:
    return paid_session()


def test_captured(paid: tuple[Session, Payment]) -> None:
    _, payment = paid

    assert balances_of(payment) == {
        "1100": 9680,
        "2110": -8180,
        "2200": -1500,
        "4020": -320,
        "5010": 320,
    }


def test_completed_and_released(paid: tuple[Session, Payment]) -> None:
    session, payment = paid

    sessions.complete(session)
    earn(at=HOLD_OVER)

    assert balances_of(payment) == COMPLETED


def test_completed_and_still_on_hold(paid: tuple[Session, Payment]) -> None:
    session, payment = paid

    sessions.complete(session)
    earn(at=HOLD_OVER - timedelta(seconds=1))

    assert balances_of(payment) == {
        "1100": 9680,
        "2110": -8180,
        "4010": -1500,
        "4020": -320,
        "5010": 320,
    }


def test_refunded_in_full_before_completion_platform_bears(paid: tuple[Session, Payment]) -> None:
    session, payment = paid

    sessions.cancel(session, at=EARLY, by="client", refund_bps=10_000)
    full = refund(payment, 10_000, cause="client_cancelled", bearer="platform", at=EARLY)
    gateway_says(full, "succeeded", at=EARLY)
    earn(at=HOLD_OVER)

    assert balances_of(payment) == REFUNDED_IN_FULL


def test_refunded_in_full_before_completion_mentor_bears(paid: tuple[Session, Payment]) -> None:
    session, payment = paid

    sessions.cancel(session, at=EARLY, by="mentor", refund_bps=10_000)
    full = refund(payment, 10_000, cause="mentor_cancelled", bearer="mentor", at=EARLY)
    gateway_says(full, "succeeded", at=EARLY)
    earn(at=EARLY + timedelta(minutes=5))  # a debt does not wait for the hold

    assert balances_of(payment) == {"1100": -320, "2120": 320, "4020": -320, "5010": 320}


def test_cancelled_late_half_refunded_platform_bears(paid: tuple[Session, Payment]) -> None:
    session, payment = paid

    sessions.cancel(session, at=LATE, by="client", refund_bps=5000)
    half = refund(payment, 5000, cause="client_cancelled", bearer="platform", at=LATE)
    gateway_says(half, "succeeded", at=LATE)
    earn(at=LATE + timedelta(days=3))

    assert half.amount_minor == 5000
    assert balances_of(payment) == KEPT_HALF


def test_cancelled_late_half_refunded_client_bears(paid: tuple[Session, Payment]) -> None:
    session, payment = paid

    sessions.cancel(session, at=LATE, by="client", refund_bps=5000)
    half = refund(payment, 5000, cause="client_cancelled", bearer="client", at=LATE)
    gateway_says(half, "succeeded", at=LATE)
    earn(at=LATE + timedelta(days=3))

    assert half.amount_minor == 4840  # 50.00 less the fee's half, 1.60
    assert balances_of(payment) == {
        "1100": 4840,
        "2120": -4090,
        "4010": -750,
        "4020": -320,
        "5010": 320,
    }


@pytest.mark.parametrize("failure", ["failed", "cancelled"])
def test_a_late_half_refund_that_fails_after_the_kept_part_was_earned_and_released(
    paid: tuple[Session, Payment], failure: str
) -> None:
    session, payment = paid

    sessions.cancel(session, at=LATE, by="client", refund_bps=5000)
    half = refund(payment, 5000, cause="client_cancelled", bearer="platform", at=LATE)
    earn(at=LATE + timedelta(days=3))
    gateway_says(half, failure, at=LATE + timedelta(days=4))

    assert balances_of(payment) == COMPLETED


def test_a_late_half_refund_that_the_clients_bank_sends_back_after_it_succeeded(
    paid: tuple[Session, Payment],
) -> None:
    session, payment = paid

    sessions.cancel(session, at=LATE, by="client", refund_bps=5000)
    half = refund(payment, 5000, cause="client_cancelled", bearer="platform", at=LATE)
    gateway_says(half, "succeeded", at=LATE)
    earn(at=LATE + timedelta(days=3))
    gateway_says(half, "failed", at=LATE + timedelta(days=9))

    payment.refresh_from_db()
    assert (payment.refunded_minor, payment.pending_refund_minor) == (0, 0)
    assert balances_of(payment) == COMPLETED


def test_mentor_bears_99_then_platform_bears_1(paid: tuple[Session, Payment]) -> None:
    session, payment = paid

    sessions.cancel(session, at=EARLY, by="mentor", refund_bps=10_000)
    for share, bearer in [(9900, "mentor"), (100, "platform")]:
        part = refund(payment, share, cause="mentor_cancelled", bearer=bearer, at=EARLY)
        gateway_says(part, "succeeded", at=EARLY)
    earn(at=HOLD_OVER)

    assert balances_of(payment) == {"1100": -320, "2120": 317, "4020": -317, "5010": 320}


@pytest.mark.parametrize("recognised_in_time", [True, False])
def test_completed_a_third_refunded_and_released(
    paid: tuple[Session, Payment], recognised_in_time: bool
) -> None:
    """The commission was earned at the end of the session, whenever our task got to it."""
    session, payment = paid

    sessions.complete(session)
    if recognised_in_time:
        earn(at=ENDED + timedelta(minutes=5))
    third = refund(payment, 3333, bearer="platform", at=ENDED + timedelta(minutes=6))
    gateway_says(third, "succeeded", at=ENDED + timedelta(minutes=7))
    earn(at=HOLD_OVER)

    assert balances_of(payment) == {
        "1100": 6347,
        "2120": -5454,
        "4010": -1500,
        "4020": -213,
        "4090": 500,
        "5010": 320,
    }


def test_released_then_a_third_refunded_that_fails(paid: tuple[Session, Payment]) -> None:
    session, payment = paid

    sessions.complete(session)
    earn(at=HOLD_OVER)
    third = refund(payment, 3333, bearer="platform", at=HOLD_OVER)
    assert balances_of(payment)["2300"] == -3333
    gateway_says(third, "failed", at=HOLD_OVER)

    assert balances_of(payment) == COMPLETED


def test_a_partial_refund_before_completion_that_fails_after_it(
    paid: tuple[Session, Payment],
) -> None:
    """The commission part left 2200 before recognition and comes back to 4010 after it."""
    session, payment = paid

    part = refund(payment, 3333, bearer="platform", at=EARLY)
    sessions.complete(session)
    earn(at=ENDED)
    assert balances_of(payment)["4010"] == -1000
    gateway_says(part, "failed", at=HOLD_OVER)
    earn(at=HOLD_OVER)

    assert balances_of(payment) == COMPLETED


def test_money_that_came_too_late_goes_back_whole() -> None:
    session, payment = paid_session()
    # The hold had ended, so nothing was ever confirmed.
    other = sessions.pending_session(
        mentor=session.mentor, starts_at=session.starts_at + timedelta(days=1)
    )
    late = open_payment(other)
    sessions.expire(other)
    capture(late)
    full = refund(late, 10_000, cause="late_payment", bearer="platform", at=EARLY)
    gateway_says(full, "succeeded", at=EARLY)
    earn(at=HOLD_OVER + timedelta(days=30))

    assert balances_of(late) == REFUNDED_IN_FULL
    assert balances_of(payment)["2110"] == -8180
