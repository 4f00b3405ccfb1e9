"""Earnings are pulled: level-triggered, once, in time, at a fixed number of queries."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import earnings
from billing.ledger import balances, earned, entries
from billing.ledger.checks import check_books
from billing.models import Entry, Purchase
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


def test_a_session_that_is_not_over_earns_nothing() -> None:
    _, payment = paid_session()

    assert earnings.recognise(now=HOLD_OVER) == 0
    assert earnings.release(now=HOLD_OVER + timedelta(days=30)) == 0

    assert balances_of(payment)["2200"] == -1500


def test_a_second_run_finds_nothing() -> None:
    session, payment = paid_session()
    sessions.complete(session)

    first = (earnings.recognise(now=HOLD_OVER), earnings.release(now=HOLD_OVER))
    second = (earnings.recognise(now=HOLD_OVER), earnings.release(now=HOLD_OVER))

    assert (first, second) == ((1, 1), (0, 0))
    assert balances_of(payment)["2120"] == -8180


def test_entries_are_dated_by_what_happened_not_by_the_run() -> None:
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER + timedelta(days=7))  # the task had been asleep

    dates = dict(
        Entry.objects.filter(source_type="purchase", source_id=str(payment.purchase_id))
        .values_list("kind", "occurred_at")
        .order_by("kind")
    )
    assert dates == {"recognised": ENDED, "released": HOLD_OVER}


def test_the_window_is_counted_from_the_cancellation() -> None:
    session, payment = paid_session()
    sessions.cancel(session, at=LATE, by="client", refund_bps=0)

    earn(at=LATE + timedelta(days=3, seconds=-1))
    assert balances_of(payment)["2110"] == -8180
    earn(at=LATE + timedelta(days=3))

    assert balances_of(payment)["2120"] == -8180
    assert balances_of(payment)["4010"] == -1500


def test_a_hold_that_was_cancelled_and_paid_earns_nothing() -> None:
    """Its refund of nothing (0 bps) is no kept amount: nothing had been paid."""
    session = sessions.pending_session()
    payment = open_payment(session)
    sessions.cancel(session, at=EARLY, by="client", refund_bps=0)
    capture(payment)

    earn(at=HOLD_OVER + timedelta(days=30))

    assert balances_of(payment)["2110"] == -8180
    assert balances_of(payment)["2200"] == -1500


def test_where_nothing_was_kept_and_nobody_owes_nothing_moves() -> None:
    session, payment = paid_session()
    sessions.cancel(session, at=EARLY, by="client", refund_bps=10_000)
    full = refund(payment, 10_000, cause="client_cancelled", bearer="platform", at=EARLY)
    gateway_says(full, "failed", at=EARLY)

    earn(at=HOLD_OVER + timedelta(days=30))

    # The money is still the client's: it waits in the accounts from which it will be refunded.
    assert balances_of(payment)["2110"] == -8180
    assert balances_of(payment)["2200"] == -1500


def test_batches_follow_each_other_until_nothing_is_left() -> None:
    for _ in range(3):
        session, _ = paid_session()
        sessions.complete(session)

    with mock.patch.object(earned, "BATCH", 2):
        assert earnings.recognise(now=HOLD_OVER) == 3
        assert earnings.release(now=HOLD_OVER) == 3

    assert not Purchase.objects.filter(released_at=None).exists()
    assert check_books(now=HOLD_OVER).ok


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_costs_the_same_queries_for_one_and_for_three(count: int) -> None:
    for _ in range(count):
        session, _ = paid_session()
        sessions.complete(session)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        earnings.recognise(now=HOLD_OVER)

    # Savepoint, lock, what is left, mark, release; posting is one more, outside Django's log.
    assert len(queries) == 5


def test_a_mentors_balances_are_read_by_currency() -> None:
    session, payment = paid_session()
    sessions.complete(session)
    other = sessions.pending_session(
        mentor=session.mentor, currency="EUR", starts_at=session.starts_at + timedelta(days=1)
    )
    capture(open_payment(other))
    earn(at=HOLD_OVER)
    refund(payment, 10_000, bearer="mentor", at=HOLD_OVER)

    assert balances.mentor_balances(mentor_id=session.mentor.pk) == [
        balances.MentorBalance(currency="EUR", pending_minor=8180),
        balances.MentorBalance(currency="USD", available_minor=-320),
    ]


def test_account_balances_as_of_an_instant() -> None:
    session, _ = paid_session()
    sessions.complete(session)
    earn(at=HOLD_OVER)

    before_the_end = {
        row.account: row.natural_minor for row in balances.account_balances(until=ENDED)
    }
    now = {row.account: row.natural_minor for row in balances.account_balances()}

    assert before_the_end == {
        "1100:stripe:USD": 9680,
        "2110:USD": 8180,
        "2200:USD": 1500,
        "4020:USD": 320,
        "5010:USD": 320,
    }
    assert now == {
        "1100:stripe:USD": 9680,
        "2110:USD": 0,
        "2120:USD": 8180,
        "2200:USD": 0,
        "4010:USD": 1500,
        "4020:USD": 320,
        "5010:USD": 320,
    }


def test_a_subject_follows_its_purchase() -> None:
    session, payment = paid_session()
    sessions.complete(session)
    earn(at=ENDED)

    subject = entries.subject_of(
        purchase=Purchase.objects.get(pk=payment.purchase_id), gateway="stripe"
    )

    assert (subject.recognised, subject.released) == (True, False)
