"""A refund that the gateway refuses, because some of the money had gone back unheard."""

from datetime import timedelta

import pytest

from billing import cancellations, payments, refunds
from billing.gateways.base import KeyReused
from billing.models import Payment, Refund
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import NOW, books, confirmed, deliver_all, intent_of, work
from tests.billing.hostile.test_unclear_answers import promised
from tests.standin import StandIn


def sent(standin: StandIn, payment: Payment) -> list[int]:
    found = standin.stripe.v1.refunds.list({"payment_intent": intent_of(payment)}).data
    return sorted(refund.amount for refund in found)


def test_the_client_gets_the_rest_when_a_refund_was_made_unheard(standin: StandIn) -> None:
    """Staff gave 30.00 back on the gateway's dashboard; then the mentor cancels."""
    payment = confirmed(standin)
    standin.refund(intent_of(payment), 3_000)
    promised(payment, by=CancelledBy.PLATFORM)

    work()

    assert sent(standin, payment) == [3_000, 7_000]
    late = books(payment.purchase_id)
    assert sorted(Refund.objects.values_list("state", "amount_minor", "cause")) == [
        ("failed", 10_000, "platform_cancelled"),
        ("succeeded", 3_000, "external"),
        ("succeeded", 7_000, "platform_cancelled"),
    ]

    deliver_all(standin)

    # The same as where the webhook came first.
    assert books(payment.purchase_id) == late == {"1100": -320, "5010": 320}
    payment.refresh_from_db()
    assert payment.refunded_minor == 10_000


def test_nothing_more_is_promised_where_all_of_it_had_gone_back(standin: StandIn) -> None:
    payment = confirmed(standin)
    standin.refund(intent_of(payment), 10_000)
    promised(payment)

    work()

    assert sent(standin, payment) == [10_000]
    assert sorted(Refund.objects.values_list("state", "cause")) == [
        ("failed", "mentor_cancelled"),
        ("succeeded", "external"),
    ]


def test_a_refusal_for_another_reason_promises_nothing_anew(standin: StandIn) -> None:
    payment = confirmed(standin)
    refund = promised(payment)
    # Its client disputed it, of which we have not heard.
    standin.control("POST", "stripe/disputes", payment_intent=intent_of(payment))

    assert refunds.send(refund_id=refund.pk, now=NOW).state == "failed"

    assert Refund.objects.count() == 1


@pytest.mark.parametrize("heard", [True, False])
def test_what_is_kept_is_the_same_whenever_the_refund_there_was_heard(
    standin: StandIn, heard: bool
) -> None:
    """60.00 went back there; a late cancellation owes 50.00, and 40.00 are left to give."""
    payment = confirmed(standin)
    standin.refund(intent_of(payment), 6_000)
    if heard:
        payments.settle(payment_id=payment.pk, now=NOW)
    cancellations.cancel(
        session_id=payment.purchase.booked.pk,
        by=CancelledBy.CLIENT,
        actor="usr_1",
        reason="",
        now=NOW + timedelta(hours=27),
    )

    work()

    assert sent(standin, payment) == [4_000, 6_000]
    assert books(payment.purchase_id) == {"1100": -320, "5010": 320}


def test_another_order_under_our_key_is_no_refusal_and_frees_no_money(standin: StandIn) -> None:
    """It may have sent money: the refund waits, and what it promised stays promised."""
    payment = confirmed(standin)
    refund = promised(payment)
    standin.stripe.v1.refunds.create(
        {"payment_intent": intent_of(payment), "amount": 50},
        {"idempotency_key": f"refund:{refund.pk}"},
    )

    with pytest.raises(KeyReused):
        refunds.send(refund_id=refund.pk, now=NOW)

    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.state, payment.pending_refund_minor) == ("created", 10_000)


def test_our_refund_over_another_amount_there_is_not_booked(standin: StandIn) -> None:
    payment = confirmed(standin)
    refund = promised(payment)
    standin.stripe.v1.refunds.create(
        {
            "payment_intent": intent_of(payment),
            "amount": 50,
            "metadata": {"refund_id": refund.public_id},
        },
        {"idempotency_key": f"refund:{refund.pk}"},
    )

    with pytest.raises(refunds.RefundContradicted, match=r"over USD 100\.00 here, and re_\w+ over"):
        refunds.send(refund_id=refund.pk, now=NOW)
    payments.settle(payment_id=payment.pk, now=NOW)

    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.state, payment.refunded_minor) == ("created", 0)
    assert payment.pending_refund_minor == 10_000
