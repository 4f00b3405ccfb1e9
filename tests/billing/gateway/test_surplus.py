"""Money that no sale asked for is given back whole; the books say what the gateway says."""

import pytest
from django.db import transaction

from billing import payments, refunds, surplus
from billing.ledger.checks import check_books
from billing.models import Entry, Payment, Surplus
from billing.models.surplus import flagged_payments
from billing.surplus import NoSurplus
from kernel.errors import Invalid
from kernel.ids import uuid7
from scheduling.models import Session
from tests.billing.gateway.journey import (
    HOUR,
    NOW,
    books,
    confirmed,
    deliver_all,
    held,
    intent_of,
    paid,
    start,
    work,
)
from tests.standin import StandIn


def settle(payment: Payment) -> payments.Outcome:
    return payments.settle(payment_id=payment.pk, now=NOW).outcome


def give(payment: Payment, *, intent_id: str = "") -> Surplus:
    sight = surplus.look(payment_id=payment.pk, intent_id=intent_id)
    return surplus.give_back(sight, by="usr_1", reason="Not what was asked for.", now=NOW)


@pytest.fixture
def short(standin: StandIn) -> Payment:
    """The gateway took 99.99 for a sale of 100.00."""
    standin.fault("wrong_amount", method="POST", path="/confirm$", options={"delta": -1})
    payment = paid(standin)
    assert settle(payment) == payments.Outcome.MISMATCH
    return payment


def test_another_amount_goes_back_whole_and_the_fee_is_ours(
    standin: StandIn, short: Payment
) -> None:
    row = give(short)

    # 2.9 % of 99.99 and 0.30 are 3.20: 96.79 is what the gateway's balance has of it.
    assert (row.amount_minor, row.fee_minor, row.state) == (9_999, 320, "created")
    assert books(short.purchase_id) == {"1100": 9_679, "5010": 320, "2300": -9_999}
    work()
    row.refresh_from_db()
    assert (row.state, bool(row.gateway_refund_id)) == ("succeeded", True)
    assert books(short.purchase_id) == {"1100": -320, "5010": 320}
    intent = standin.stripe.v1.payment_intents.retrieve(
        intent_of(short), params={"expand": ["latest_charge"]}
    )
    assert intent.latest_charge.amount_refunded == 9_999  # type: ignore[union-attr]


def test_it_is_given_once_however_often_somebody_asks(standin: StandIn, short: Payment) -> None:
    first, second = give(short), give(short)
    work()

    assert (give(short), settle(short)) == (first, payments.Outcome.MISMATCH)
    assert second == first
    assert Surplus.objects.count() == 1
    assert Entry.objects.filter(source_type="surplus").count() == 2


def test_the_payment_is_over_and_the_client_can_pay_anew(standin: StandIn, short: Payment) -> None:
    give(short)
    session = Session.objects.get()

    again = paid(standin, session)
    assert settle(again) == payments.Outcome.CONFIRMED

    short.refresh_from_db()
    assert (short.state, short.failure_code) == ("cancelled", "amount_mismatch")
    assert settle(short) == payments.Outcome.MISMATCH


def test_a_second_capture_goes_back_and_the_sale_stays(standin: StandIn) -> None:
    session = held()
    first = paid(standin, session)
    Payment.objects.filter(pk=first.pk).update(state="cancelled", cancelled_at=NOW)
    second = paid(standin, session)
    settle(second)
    settle(first)

    give(first)
    work()

    # 100.00 came twice and went back once; the gateway kept its 3.20 both times.
    assert books(second.purchase_id) == {
        "1100": 9_360, "2110": -8_180, "2200": -1_500, "4020": -320, "5010": 640,
    }  # fmt: skip


def test_what_went_back_at_the_gateway_leaves_its_fee(standin: StandIn, short: Payment) -> None:
    standin.refund(intent_of(short), 9_999)

    row = give(short)

    assert (row.amount_minor, row.state) == (0, "succeeded")
    assert books(short.purchase_id) == {"1100": -320, "5010": 320}


def test_a_part_that_went_back_there_is_not_sent_again(standin: StandIn, short: Payment) -> None:
    standin.refund(intent_of(short), 4_999)

    give(short)
    work()

    assert Surplus.objects.get().amount_minor == 5_000
    assert books(short.purchase_id) == {"1100": -320, "5010": 320}


def test_a_refused_order_is_undone_and_can_be_given_again(standin: StandIn, short: Payment) -> None:
    row = give(short)
    standin.refund(intent_of(short), 9_999)  # somebody was faster on the dashboard
    work()

    row.refresh_from_db()
    assert (row.state, row.failure_code) == ("failed", "charge_already_refunded")
    assert books(short.purchase_id) == {}
    again = give(short)
    assert (again.pk != row.pk, again.amount_minor, again.state) == (True, 0, "succeeded")
    assert books(short.purchase_id) == {"1100": -320, "5010": 320}


def test_an_answer_that_is_lost_sends_the_money_once(standin: StandIn, short: Payment) -> None:
    row = give(short)
    standin.fault("error_after", method="POST", path="/v1/refunds$")

    work()
    surplus.sweep(now=NOW + HOUR)

    row.refresh_from_db()
    assert row.state == "succeeded"
    there = standin.stripe.v1.refunds.list(params={"payment_intent": intent_of(short)})
    assert [one.amount for one in there.data] == [9_999]


def test_what_the_bank_sends_back_later_waits_for_a_person_again(standin: StandIn) -> None:
    standin.fault("wrong_amount", method="POST", path="/confirm$", options={"delta": -1})
    payment = start(held()).payment
    standin.pay(intent_of(payment), card="pm_card_refundFail")
    settle(payment)
    row = give(payment)
    work()
    assert not flagged_payments().exists()
    standin.control("POST", "clock", advance_seconds=3_600)

    deliver_all(standin)

    row.refresh_from_db()
    assert row.state == "failed"
    assert books(payment.purchase_id) == {}
    kinds = Entry.objects.filter(source_type="surplus").values_list("kind", flat=True)
    assert sorted(kinds) == ["bounced", "received", "returned", "reversed"]
    assert flagged_payments().get() == payment


def test_money_that_was_asked_for_is_no_surplus(standin: StandIn) -> None:
    payment = confirmed(standin)

    with pytest.raises(NoSurplus):
        give(payment)
    with pytest.raises(NoSurplus):  # another payment's charge
        give(payment, intent_id=intent_of(confirmed(standin, starts_at=NOW + 33 * HOUR)))

    assert not Surplus.objects.exists()
    assert refunds.share_left(refunds.lock_payment(payment.pk)) == 10_000


def test_it_takes_a_reason(short: Payment) -> None:
    sight = surplus.look(payment_id=short.pk)

    with pytest.raises(Invalid):
        surplus.give_back(sight, by="usr_1", reason=" ", now=NOW)


def test_check_books_misses_what_was_promised_and_not_posted(short: Payment) -> None:
    row = give(short)
    with transaction.atomic():
        row.pk, row.intent_id = uuid7(), "pi_unposted"
        row.save(force_insert=True)

        failed = [one.invariant.code for one in check_books(now=NOW).findings if not one.ok]
        transaction.set_rollback(True)

    assert failed == ["I10", "I11"]
