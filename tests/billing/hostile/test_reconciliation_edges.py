"""The edges of the window, of the run itself and of a refund's life: no alarm lost, none false."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from billing import reconciliation
from billing.ledger.checks import check_books
from billing.models import Break
from billing.reconciliation import runs
from tests.billing.reconciliation.test_matching import (
    NOW,
    SINCE,
    UNTIL,
    Listing,
    listing,
    our_refund,
    run,
)
from tests.factories import billing as make
from tests.factories import sessions

__all__ = ["listing"]

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stage() -> None:
    """Rows alone: no stand-in, and books that need not balance."""


def test_a_refund_that_came_back_to_the_gateway_unheard_is_a_break(listing: Listing) -> None:
    """Here it succeeded; the client's bank sent it back and the event was lost."""
    _, payment = make.paid_session()
    refund = our_refund(payment, amount=3333)
    listing.charge(payment)
    sent = {"source_id": refund.gateway_refund_id, "metadata": {"refund_id": refund.public_id}}
    listing.refund(payment, amount=3333, **sent)
    assert run() == {}

    listing.refund(
        payment, amount=-3333, category="refund_failure", created_at=UNTIL - HOUR, **sent
    )

    assert run() == {"status_refunded_here": 1}


def test_a_break_does_not_close_because_the_window_moved_on(listing: Listing) -> None:
    """Ordered before the window and settled inside it: the next night does not look at it."""
    _, payment = make.paid_session()
    our_refund(payment, amount=3333)  # settled an hour after it was ordered
    listing.charge(payment, refunded_minor=3333)
    assert run() == {"refund_missing_there": 1}

    reconciliation.run(gateway="stripe", since=make.PAID_AT + HOUR / 2, until=UNTIL, now=NOW)

    assert Break.objects.get().state == "open"


def test_a_payment_that_was_settled_while_the_run_went_on_is_no_break(listing: Listing) -> None:
    """Its charge was made after the list was asked for, in a window that reaches over now."""
    make.paid_session()

    found = reconciliation.run(
        gateway="stripe",
        since=SINCE,
        until=UNTIL,
        now=make.PAID_AT - timedelta(seconds=5),
    )

    assert found.breaks == {}


def test_one_payment_that_cannot_be_settled_does_not_stop_the_healing(
    listing: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = []
    for _ in range(3):
        payment = make.open_payment(sessions.pending_session())
        listing.charge(payment)
        payments.append(payment.pk)
    asked = []

    def settle(*, payment_id: UUID, **_: Any) -> None:
        asked.append(payment_id)
        if payment_id == min(payments):
            raise RuntimeError("a defect")

    monkeypatch.setattr(runs, "settle", settle)
    result = reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=NOW)

    healed = reconciliation.heal(result=result, now=NOW)

    assert asked == sorted(payments)
    assert healed == [str(payment_id) for payment_id in sorted(payments)[1:]]


def test_a_window_that_reaches_beyond_now_makes_no_alarm_of_what_comes_later(
    listing: Listing,
) -> None:
    """A person asks for the whole week on Wednesday; on Thursday somebody pays."""
    began = make.PAID_AT - 5 * HOUR
    reconciliation.run(gateway="stripe", since=SINCE, until=UNTIL, now=began)

    make.paid_session()

    assert check_books(now=make.PAID_AT + 3 * HOUR).ok
