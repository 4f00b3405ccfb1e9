"""PayPal: an order that its payer approved is captured by us, only while the hold lives, once."""

from functools import partial

import pytest

from billing import cancellations, payments
from billing.checkout import NotPayable, PaymentUnderWay
from billing.gateways.base import GatewayUnknownOutcome
from billing.models import Entry, Payment
from billing.payments import Outcome
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.states import CancelledBy
from tests.billing.gateway import journey
from tests.billing.gateway.journey import (
    EXPIRED,
    NOW,
    books,
    held,
    intent_of,
    state_of_the_world,
    together,
    work,
)
from tests.billing.gateway.paypal_journey import (
    BOOKED,
    approved,
    deliver_all,
    receive,
    start,
)
from tests.standin import StandIn

CAPTURE = "/capture$"


def settle(payment: Payment, *, now: object = NOW) -> payments.Settled:
    return payments.settle(payment_id=payment.pk, now=now)  # type: ignore[arg-type]


def by_confirm(standin: StandIn) -> None:
    assert settle(approved(standin)).outcome == Outcome.CONFIRMED


def by_webhook(standin: StandIn) -> None:
    approved(standin)
    deliver_all(standin)


def by_both_at_once(standin: StandIn) -> None:
    payment = approved(standin)
    (event,) = standin.paypal.events()

    def webhook() -> None:
        receive(standin, event)
        work()

    together(partial(settle, payment), webhook, partial(settle, payment))


def by_every_event_in_reverse(standin: StandIn) -> None:
    settle(approved(standin))
    for event in reversed(standin.paypal.events() * 2):
        receive(standin, event)


ORDERS = {
    "confirm only": by_confirm,
    "webhook only": by_webhook,
    "both at the same instant": by_both_at_once,
    "every event twice, backwards": by_every_event_in_reverse,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("order", ORDERS)
def test_the_same_books_in_every_order(standin: StandIn, order: str) -> None:
    ORDERS[order](standin)
    work()

    payment = Payment.objects.get()
    assert state_of_the_world() == {
        "sessions": [("confirmed", Session.objects.get().starts_at, None)],
        "payments": [("succeeded", 10_000, "USD", 398, False, 0, 0, "")],
        "refunds": [],
        "entries": [
            ("captured", ("1100:paypal:USD", 10_000), ("2110:USD", -8_102), ("2200:USD", -1_500),
             ("4020:USD", -398)),
            ("gateway_fee", ("1100:paypal:USD", -398), ("5010:USD", 398)),
        ],
        "letters": ["session_confirmed", "session_confirmed"],
    }  # fmt: skip
    assert books(payment.purchase_id) == BOOKED
    assert len(standin.paypal.captures(intent_of(payment))) == 1


def test_what_the_payer_has_not_approved_waits(standin: StandIn) -> None:
    payment = start(held()).payment

    assert settle(payment).outcome == Outcome.WAITING

    payment.refresh_from_db()
    assert (payment.state, payment.capture_ordered_at) == ("pending", None)


def test_an_approval_after_the_hold_moves_no_money(standin: StandIn) -> None:
    payment = start(held()).payment
    standin.paypal.approve(intent_of(payment))

    waits = settle(payment, now=EXPIRED)
    lifecycle.expire_due(now=EXPIRED)
    ended = settle(payment, now=EXPIRED)

    assert (waits.outcome, ended.outcome) == (Outcome.WAITING, Outcome.CANCELLED)
    payment.refresh_from_db()
    assert (payment.state, payment.capture_ordered_at) == ("cancelled", None)
    assert standin.paypal.captures(intent_of(payment)) == []
    assert Entry.objects.count() == 0
    deliver_all(standin)
    assert settle(payment, now=EXPIRED).outcome == Outcome.UNCHANGED
    assert standin.paypal.order(intent_of(payment))["status"] == "APPROVED"


def test_a_cancelled_session_takes_no_money_of_an_approved_order(standin: StandIn) -> None:
    session = held()
    payment = approved(standin, session)
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.CLIENT, actor="usr_1", reason="", now=NOW
    )

    work()

    payment.refresh_from_db()
    assert payment.state == "cancelled"
    assert standin.paypal.captures(intent_of(payment)) == []


def test_a_declined_instrument_says_so_and_another_one_pays(standin: StandIn) -> None:
    payment = approved(standin, funding="declined")

    declined = settle(payment)
    swept = settle(payment)

    assert (declined.outcome, swept.outcome) == (Outcome.WAITING, Outcome.WAITING)
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == ("pending", "instrument_declined")
    assert (payment.captures_declined, payment.capture_ordered_at) == (1, None)
    assert Session.objects.get().state == "pending"

    standin.paypal.approve(intent_of(payment))

    assert settle(payment).outcome == Outcome.CONFIRMED
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == ("succeeded", "")
    assert books(payment.purchase_id) == BOOKED


def test_beginning_again_after_a_decline_asks_for_the_money_no_second_time(
    standin: StandIn,
) -> None:
    session = held()
    payment = approved(standin, session, funding="declined")

    begun = start(session)  # asks once for what was approved
    again = start(session)

    assert (begun.payment.pk, again.payment.pk) == (payment.pk, payment.pk)
    assert begun.client_secret == again.client_secret
    payment.refresh_from_db()
    assert (payment.captures_declined, payment.failure_code) == (1, "instrument_declined")
    standin.paypal.approve(intent_of(payment))
    assert settle(payment).outcome == Outcome.CONFIRMED


def test_after_ten_declines_the_payer_begins_with_a_new_order(standin: StandIn) -> None:
    session = held()
    payment = approved(standin, session, funding="declined")
    Payment.objects.filter(pk=payment.pk).update(captures_declined=10)

    again = start(session).payment

    payment.refresh_from_db()
    assert (payment.state, payment.captures_declined) == ("cancelled", 10)
    assert again.pk != payment.pk
    standin.paypal.approve(intent_of(again))
    assert settle(again).outcome == Outcome.CONFIRMED


def test_a_capture_whose_answer_was_lost_is_found_out(standin: StandIn) -> None:
    payment = approved(standin)
    standin.fault("error_after", method="POST", path=CAPTURE, times=3)

    with pytest.raises(GatewayUnknownOutcome):
        settle(payment)
    payment.refresh_from_db()
    assert (payment.state, payment.capture_ordered_at) == ("pending", NOW)

    assert settle(payment).outcome == Outcome.CONFIRMED
    assert books(payment.purchase_id) == BOOKED


def test_money_that_was_asked_for_in_time_and_came_late_is_late_money(standin: StandIn) -> None:
    payment = approved(standin)
    standin.fault("error_after", method="POST", path=CAPTURE, times=3)
    with pytest.raises(GatewayUnknownOutcome):
        settle(payment)
    lifecycle.expire_due(now=EXPIRED)

    late = settle(payment, now=EXPIRED)

    assert late.outcome == Outcome.TAKEN_AGAIN  # the time was still free
    assert len(standin.paypal.captures(intent_of(payment))) == 1


def test_a_pending_capture_confirms_when_it_clears(standin: StandIn) -> None:
    payment = approved(standin, funding="echeck")

    assert settle(payment).outcome == Outcome.WAITING
    assert Session.objects.get().state == "pending"

    standin.paypal.settle(intent_of(payment), "completed")

    assert settle(payment).outcome == Outcome.CONFIRMED
    assert books(payment.purchase_id) == BOOKED


def test_a_pending_capture_that_is_denied_ends_the_payment_and_a_new_one_pays(
    standin: StandIn,
) -> None:
    session = held()
    payment = approved(standin, session, funding="echeck")
    settle(payment)
    standin.paypal.settle(intent_of(payment), "denied")

    assert settle(payment).outcome == Outcome.FAILED

    assert Entry.objects.count() == 0
    again = approved(standin, session)
    assert again.pk != payment.pk
    assert settle(again).outcome == Outcome.CONFIRMED


def test_an_order_that_paypal_has_forgotten_ends_its_payment(standin: StandIn) -> None:
    payment = start(held()).payment
    standin.control("POST", "clock", advance_seconds=3 * 3_600 + 1)
    lifecycle.expire_due(now=EXPIRED)

    assert settle(payment, now=EXPIRED).outcome == Outcome.CANCELLED

    payment.refresh_from_db()
    assert payment.state == "cancelled"


def test_refunds_here_and_there_are_seen(standin: StandIn) -> None:
    session = held()
    payment = approved(standin, session)
    settle(payment)
    standin.paypal.refund(intent_of(payment), 1_000)

    assert settle(payment).outcome == Outcome.UPDATED
    cancellations.cancel(
        session_id=session.pk, by=CancelledBy.MENTOR, actor="usr_1", reason="", now=NOW
    )
    work()

    payment.refresh_from_db()
    assert payment.refunded_minor == 10_000
    assert [one["amount"]["value"] for one in
            standin.paypal.order(intent_of(payment))["purchase_units"][0]["payments"]["refunds"]
            ] == ["10.00", "90.00"]  # fmt: skip


def test_choosing_stripe_after_paypal_ends_the_order_and_stripe_pays(standin: StandIn) -> None:
    session = held()
    first = start(session).payment

    second = journey.start(session).payment

    first.refresh_from_db()
    assert (first.state, second.gateway, second.state) == ("cancelled", "stripe", "pending")
    standin.paypal.approve(intent_of(first))  # in a window that was left open
    assert settle(first).outcome == Outcome.UNCHANGED
    assert standin.paypal.captures(intent_of(first)) == []
    standin.pay(intent_of(second))
    assert settle(second).outcome == Outcome.CONFIRMED


def test_choosing_paypal_after_stripe_cancels_the_intent(standin: StandIn) -> None:
    session = held()
    first = journey.start(session).payment
    standin.decline(intent_of(first))

    second = approved(standin, session)

    first.refresh_from_db()
    assert first.state == "cancelled"
    assert standin.stripe.v1.payment_intents.retrieve(intent_of(first)).status == "canceled"
    assert settle(second).outcome == Outcome.CONFIRMED


def test_what_was_agreed_to_is_taken_before_another_gateway_is_asked(standin: StandIn) -> None:
    session = held()
    payment = approved(standin, session)

    with pytest.raises(NotPayable, match="is paid already"):
        journey.start(session)

    payment.refresh_from_db()
    assert payment.state == "succeeded"
    assert Payment.objects.count() == 1


def test_nobody_pays_elsewhere_while_paypal_works_on_it(standin: StandIn) -> None:
    session = held()
    payment = approved(standin, session, funding="echeck")
    settle(payment)

    with pytest.raises(PaymentUnderWay):
        journey.start(session)

    assert Payment.objects.get() == payment


@pytest.mark.django_db(transaction=True)
def test_switching_and_capturing_at_the_same_instant_pays_once(standin: StandIn) -> None:
    for _ in range(3):
        session = held(session_type=None)
        payment = approved(standin, session)

        def switch(session: Session = session) -> None:
            with pytest.raises((NotPayable, PaymentUnderWay)):
                journey.start(session)

        together(partial(settle, payment), switch, partial(settle, payment))
        work()

        payment.refresh_from_db()
        assert payment.state == "succeeded"
        assert len(standin.paypal.captures(intent_of(payment))) == 1
        assert books(payment.purchase_id) == BOOKED
