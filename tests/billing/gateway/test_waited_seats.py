"""The money of a seat that was waited for: paid in time, or late, or for one of a series."""

from datetime import timedelta
from typing import Any

import pytest

from billing import payments, waitlists
from billing.models import Refund
from billing.payments import Outcome
from scheduling import groups, lifecycle, waitlist
from scheduling.models import Session, SessionType, WaitlistEntry
from tests.billing.gateway.journey import HOUR, NOW, books, held, paid, work
from tests.factories.scheduling import hold_series, open_group, open_mentor, waits
from tests.scheduling.moving import cancelled
from tests.standin import StandIn

STARTS_AT = NOW + 30 * HOUR
LAPSED = NOW + timedelta(minutes=31)
BOOKED = {"1100": 9_680, "2110": -8_180, "2200": -1_500, "4020": -320, "5010": 320}
GIVEN_BACK = {"1100": -320, "5010": 320}


def offered(*, waiting: int) -> tuple[SessionType, Session]:
    """The seat that the first of those who wait was offered at NOW."""
    kind = open_group(capacity=2, cutoff_minutes=60)
    groups.offer(session_type=kind, starts_at=STARTS_AT, now=NOW)
    seats = [held(session_type=kind, starts_at=STARTS_AT) for _ in range(2)]
    line = [waits(session_type=kind, starts_at=STARTS_AT, now=NOW) for _ in range(waiting)]
    cancelled(seats[0], now=NOW)
    waitlist.offer_due(now=NOW)
    line[0].refresh_from_db()
    assert line[0].session is not None
    return kind, line[0].session


def test_an_offer_that_is_paid_in_time_is_booked_like_any(standin: StandIn) -> None:
    payment = paid(standin, offered(waiting=2)[1])

    settled = payments.settle(payment_id=payment.pk, now=NOW)

    assert settled.outcome == Outcome.CONFIRMED
    assert books(payment.purchase_id) == BOOKED
    assert waitlist.offer_due(now=LAPSED) == 1  # the other hold has lapsed: the next one's turn


def test_late_money_goes_back_in_full_where_the_seat_is_owed_to_the_next(
    standin: StandIn,
) -> None:
    kind, first = offered(waiting=3)
    payment = paid(standin, first)
    waitlist.offer_due(now=LAPSED)  # that seat, and the other's: two are offered, none is waiting

    settled = payments.settle(payment_id=payment.pk, now=LAPSED)
    work()

    assert settled.outcome == Outcome.REFUNDED_LATE
    payment.refresh_from_db()
    assert (payment.state, payment.late, payment.refunded_minor) == ("succeeded", True, 10_000)
    assert books(payment.purchase_id) == GIVEN_BACK
    assert Session.objects.filter(session_type=kind, live=True).count() == 2


def test_late_money_takes_no_seat_that_is_free_and_owed(standin: StandIn) -> None:
    kind, first = offered(waiting=3)
    payment = paid(standin, first)
    for session in Session.objects.filter(session_type=kind, state="pending").exclude(pk=first.pk):
        cancelled(session, now=NOW)
    lifecycle.expire_due(now=LAPSED)  # two are free and two wait; the sweep has not been there

    assert payments.settle(payment_id=payment.pk, now=LAPSED).outcome == Outcome.REFUNDED_LATE
    assert waitlist.offer_due(now=LAPSED) == 2


def test_late_money_takes_a_seat_that_nobody_waits_for(standin: StandIn) -> None:
    _, first = offered(waiting=1)
    payment = paid(standin, first)
    lifecycle.expire_due(now=LAPSED)

    assert payments.settle(payment_id=payment.pk, now=LAPSED).outcome == Outcome.TAKEN_AGAIN
    assert Refund.objects.count() == 0


def test_each_session_of_a_series_is_paid_by_itself(standin: StandIn) -> None:
    made = hold_series(session_type=open_mentor(), starts_at=STARTS_AT, count=3, now=NOW)
    one, two, _ = made.sessions.order_by("position")

    for session in (one, two):
        payment = paid(standin, session)
        assert payments.settle(payment_id=payment.pk, now=NOW).outcome == Outcome.CONFIRMED
        assert books(payment.purchase_id) == BOOKED

    states = made.sessions.order_by("position").values_list("state", flat=True)
    assert list(states) == ["confirmed", "confirmed", "pending"]


def test_a_seat_that_is_paid_while_it_is_declined_is_not_cancelled(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payment comes in between the look at the offer and the lock of its session."""
    _, session = offered(waiting=1)
    payment = paid(standin, session)
    entry = WaitlistEntry.objects.get(session=session)
    seen = waitlist.leave

    def paid_meanwhile(**given: Any) -> WaitlistEntry:
        found = seen(**given)
        payments.settle(payment_id=payment.pk, now=NOW)
        return found

    monkeypatch.setattr(waitlist, "leave", paid_meanwhile)
    with pytest.raises(waitlists.SeatTaken, match=session.public_id):
        waitlists.leave(entry_id=entry.pk, client=session.client, now=NOW)

    session.refresh_from_db()
    assert session.state == "confirmed"
    assert not Refund.objects.exists()
    assert books(payment.purchase_id) == BOOKED
