"""Two at once: the locks and the constraints decide, and the books hold one of each.

Real transactions on real connections; nothing is rolled back behind the threads.
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from billing import earnings, refunds
from billing.ledger.checks import check_books
from billing.models import Entry, Payment, Refund
from tests.billing.ledger.books import EARLY, HOLD_OVER, balances_of, gateway_says, refund
from tests.factories import sessions
from tests.factories.billing import paid_session

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads of their own that start together; return results or exceptions."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def create(payment: Payment, *, share_minor: int, key: str) -> Refund:
    with transaction.atomic():
        return refunds.create(
            payment_id=payment.pk,
            share_minor=share_minor,
            cause="goodwill",
            bearer="platform",
            requested_by="usr_1",
            key=key,
            now=EARLY,
        )


def test_of_two_refunds_that_exceed_the_payment_together_one_is_refused() -> None:
    _, payment = paid_session()

    results = at_once(*(partial(create, payment, share_minor=6000, key=key) for key in ["a", "b"]))

    assert sorted((type(result) for result in results), key=str) == sorted(
        [Refund, refunds.RefundTooLarge], key=str
    )
    payment.refresh_from_db()
    assert payment.pending_refund_minor == 6000
    assert check_books(now=EARLY).ok


def test_eight_calls_with_one_key_make_one_refund() -> None:
    _, payment = paid_session()

    results = at_once(*(lambda: create(payment, share_minor=1000, key="one") for _ in range(8)))

    assert len({result.pk for result in results}) == 1
    assert Refund.objects.count() == 1
    assert check_books(now=EARLY).ok


def test_eight_deliveries_of_one_outcome_post_it_once() -> None:
    _, payment = paid_session()
    promised = refund(payment, 5000, bearer="platform", at=EARLY)

    results = at_once(*(lambda: gateway_says(promised, "succeeded", at=EARLY) for _ in range(8)))

    assert {result.state for result in results} == {"succeeded"}
    assert Entry.objects.filter(source_id=str(promised.pk), kind="succeeded").count() == 1
    assert check_books(now=EARLY).ok


def test_recognition_and_a_failing_refund_at_once_end_the_same() -> None:
    for _ in range(5):
        session, payment = paid_session()
        promised = refund(payment, 3333, bearer="platform", at=EARLY)
        sessions.complete(session)

        at_once(
            lambda: earnings.recognise(now=HOLD_OVER),
            partial(gateway_says, promised, "failed", at=HOLD_OVER),
            lambda: earnings.release(now=HOLD_OVER),
        )
        earnings.recognise(now=HOLD_OVER)
        earnings.release(now=HOLD_OVER)

        assert balances_of(payment) == {
            "1100": 9680,
            "2120": -8180,
            "4010": -1500,
            "4020": -320,
            "5010": 320,
        }
    assert check_books(now=HOLD_OVER).ok


def test_four_earners_at_once_earn_everything_once() -> None:
    payments = []
    for _ in range(6):
        session, payment = paid_session()
        sessions.complete(session)
        payments.append(payment)

    results = at_once(*(lambda: earnings.recognise(now=HOLD_OVER) for _ in range(4)))

    assert sum(results) == 6
    assert all(balances_of(payment)["4010"] == -1500 for payment in payments)
    assert check_books(now=HOLD_OVER).ok
