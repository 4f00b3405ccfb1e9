"""Money that comes after the hold has ended: the same time again, or all of it back."""

from datetime import datetime
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import cancellations, payments
from billing.models import Payment, Purchase, Refund
from billing.payments import Outcome
from notifications.models import Email
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import (
    EXPIRED,
    HOUR,
    NOW,
    books,
    deliver_all,
    held,
    intent_of,
    paid,
    start,
    together,
    work,
)
from tests.factories.scheduling import confirmed, open_mentor
from tests.standin import StandIn

BOOKED = {"1100": 9_680, "2110": -8_180, "2200": -1_500, "4020": -320, "5010": 320}
# Refunded in full, the platform bears: only the gateway's 3.20 is lost.
GIVEN_BACK = {"1100": -320, "5010": 320}


def settle(payment: Payment, *, now: datetime = EXPIRED) -> payments.Settled:
    return payments.settle(payment_id=payment.pk, now=now)


def test_money_for_an_overdue_hold_that_nobody_expired_confirms_it(standin: StandIn) -> None:
    payment = paid(standin)

    settled = settle(payment)

    assert settled.outcome == Outcome.CONFIRMED
    assert settled.session
    assert settled.session.state == "confirmed"
    assert books(payment.purchase_id) == BOOKED


def test_late_money_takes_the_time_again_while_it_is_free(standin: StandIn) -> None:
    session = held()
    payment = paid(standin, session)
    lifecycle.expire_due(now=EXPIRED)

    settled = settle(payment)

    assert settled.outcome == Outcome.TAKEN_AGAIN
    session.refresh_from_db()
    again = Session.objects.get(replaces=session)
    assert (session.state, again.state) == ("expired", "confirmed")
    assert again.starts_at == session.starts_at
    assert settled.session == again
    assert Purchase.objects.get().session == again
    assert books(payment.purchase_id) == BOOKED
    assert Refund.objects.count() == 0
    assert settle(payment).outcome == Outcome.UNCHANGED


def test_late_money_locks_the_people_before_the_purchase(standin: StandIn) -> None:
    """docs/locking.md: session, client, schedule, purchase, payment."""
    payment = paid(standin)
    lifecycle.expire_due(now=EXPIRED)

    with CaptureQueriesContext(connection) as queries:
        settle(payment)

    locked = [
        query["sql"].split('FROM "')[1].split('"')[0]
        for query in queries
        if query["sql"].startswith("SELECT") and " FOR " in query["sql"]
    ]
    assert list(dict.fromkeys(locked))[:5] == [
        "scheduling_session",
        "accounts_client",
        "scheduling_schedule",
        "billing_purchase",
        "billing_payment",
    ]


def test_late_money_is_refunded_in_full_when_the_time_is_gone(standin: StandIn) -> None:
    session_type = open_mentor()
    session = held(session_type=session_type)
    payment = paid(standin, session)
    lifecycle.expire_due(now=EXPIRED)
    confirmed(session_type=session_type, starts_at=session.starts_at, now=EXPIRED)

    settled = settle(payment)
    work()

    assert settled.outcome == Outcome.REFUNDED_LATE
    assert settled.session
    assert settled.session.state == "expired"
    payment.refresh_from_db()
    assert (payment.state, payment.late, payment.refunded_minor) == ("succeeded", True, 10_000)
    refund = Refund.objects.get()
    assert (refund.state, refund.cause, refund.bearer) == ("succeeded", "late_payment", "platform")
    assert refund.key == f"late:{payment.pk}"
    assert books(payment.purchase_id) == GIVEN_BACK
    assert settle(payment).outcome == Outcome.UNCHANGED


def test_the_client_is_told_why_and_which_times_are_free(standin: StandIn) -> None:
    session_type = open_mentor()
    session = held(session_type=session_type)
    payment = paid(standin, session)
    lifecycle.expire_due(now=EXPIRED)
    confirmed(session_type=session_type, starts_at=session.starts_at, now=EXPIRED)

    settle(payment)
    work()

    letter = Email.objects.get(template="payment_too_late")
    assert letter.to == session.client.user.email
    assert letter.subject == "Your payment of $100.00 USD came too late and goes back to you"
    # Taken: Tuesday 14:00–15:00. An hour each side of it is free, and the half hour beyond.
    for nearest in ("2 March 2027, 12:30", "2 March 2027, 13:00", "2 March 2027, 15:00"):
        assert f"- Tuesday, {nearest}" in letter.text
        assert f"<li>Tuesday, {nearest}</li>" in letter.html
    sent = Email.objects.get(template="refund_succeeded")
    assert sent.to == session.client.user.email


def test_money_for_a_hold_that_was_cancelled_meanwhile_is_refunded(standin: StandIn) -> None:
    session = held()
    payment = paid(standin, session)
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_1", reason="", now=NOW
    )

    work()

    payment.refresh_from_db()
    assert (payment.state, payment.late, payment.refunded_minor) == ("succeeded", True, 10_000)
    assert Session.objects.get().state == "cancelled"
    assert books(payment.purchase_id) == GIVEN_BACK
    letter = Email.objects.get(template="payment_too_late")
    assert "had been cancelled" in letter.text
    assert "nearest free times" not in letter.text


def test_an_expired_holds_unpaid_intent_is_cancelled_by_the_sweep(standin: StandIn) -> None:
    payment = start(held()).payment
    lifecycle.expire_due(now=EXPIRED)

    payments.sweep(now=EXPIRED)

    payment.refresh_from_db()
    assert payment.state == "cancelled"
    assert standin.stripe.v1.payment_intents.retrieve(intent_of(payment)).status == "canceled"
    with pytest.raises(Exception, match="canceled"):
        standin.pay(intent_of(payment))


def test_the_sweep_asks_nothing_of_a_hold_that_may_still_be_paid(standin: StandIn) -> None:
    payment = start(held()).payment

    payments.sweep(now=NOW + HOUR / 6)

    payment.refresh_from_db()
    assert payment.state == "pending"
    standin.pay(intent_of(payment))


def test_the_sweep_confirms_what_was_paid_though_nobody_told(standin: StandIn) -> None:
    payment = paid(standin)

    done = payments.sweep(now=NOW + HOUR / 6)

    payment.refresh_from_db()
    assert (done, payment.state) == (1, "succeeded")
    assert Session.objects.get().state == "confirmed"
    assert payments.sweep(now=NOW + HOUR / 6) == 0


def test_the_sweep_leaves_the_youngest_alone(standin: StandIn) -> None:
    paid(standin)

    assert payments.sweep(now=NOW + HOUR / 120) == 0

    assert Session.objects.get().state == "pending"


@pytest.mark.django_db(transaction=True)
def test_expiry_and_payment_at_the_same_instant_lose_no_money(standin: StandIn) -> None:
    for _ in range(5):
        payment = paid(standin)

        together(
            partial(settle, payment),
            partial(lifecycle.expire_due, now=EXPIRED),
            partial(settle, payment),
        )
        work()

        payment.refresh_from_db()
        purchase = Purchase.objects.get(pk=payment.purchase_id)
        assert payment.state == "succeeded"
        assert purchase.booked.state == "confirmed"
        assert books(purchase.pk) == BOOKED


@pytest.mark.django_db(transaction=True)
def test_cancelling_and_paying_at_the_same_instant_lose_no_money(standin: StandIn) -> None:
    for _ in range(5):
        session = held()
        payment = paid(standin, session)

        together(
            partial(settle, payment, now=NOW),
            partial(
                cancellations.cancel,
                session_id=session.pk,
                by=CancelledBy.CLIENT,
                actor="usr_1",
                reason="",
                now=NOW,
            ),
        )
        work()
        deliver_all(standin)

        session.refresh_from_db()
        assert session.state == "cancelled"
        assert books(payment.purchase_id) == GIVEN_BACK
        assert [refund.amount for refund in standin.stripe.v1.refunds.list(
            {"payment_intent": intent_of(payment)}).data] == [10_000]  # fmt: skip
