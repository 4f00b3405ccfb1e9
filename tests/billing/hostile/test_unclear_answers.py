"""An answer that is no definite no must not end a refund whose money leaves all the same."""

from datetime import timedelta
from typing import Any

import pytest

from billing import cancellations, refunds
from billing.gateways.base import GatewayRefused, GatewayUnavailable
from billing.gateways.stripe_gateway import StripeGateway
from billing.models import Payment, Refund
from billing.refunds import orders
from scheduling.states import CancelledBy
from tests.billing.gateway.journey import NOW, confirmed, together
from tests.standin import StandIn

REFUNDS = "^/v1/refunds$"


def promised(payment: Payment, *, by: CancelledBy = CancelledBy.MENTOR) -> Refund:
    """The refund of a cancellation, not yet ordered."""
    cancelled = cancellations.cancel(
        session_id=payment.purchase.booked.pk,
        by=by,
        actor="usr_1",
        reason="",
        now=NOW,
    )
    assert cancelled.refund is not None
    return cancelled.refund


@pytest.mark.django_db(transaction=True)
def test_a_twin_that_meets_the_key_in_use_does_not_fail_the_refund(standin: StandIn) -> None:
    """A job whose lease is over, or the sweep, orders while the first order is under way."""
    refund = promised(confirmed(standin))
    # Longer than the repetitions of Stripe's library.
    standin.fault("slow_before", path=REFUNDS, method="POST", options={"seconds": 6})

    def send() -> None:
        try:
            refunds.send(refund_id=refund.pk, now=NOW)
        except GatewayUnavailable:
            return

    together(send, send)

    refund.refresh_from_db()
    assert refund.state == "succeeded"


def test_a_key_used_with_another_body_is_looked_up_before_it_is_believed(standin: StandIn) -> None:
    """The order stands; our answer was lost, and a new release words the same order otherwise."""
    payment = confirmed(standin)
    refund = promised(payment)
    standin.stripe.v1.refunds.create(
        {
            "payment_intent": payment.gateway_intent_id or "",
            "amount": refund.amount_minor,
            "metadata": {"refund_id": refund.public_id},
        },
        {"idempotency_key": f"refund:{refund.pk}"},
    )

    sent = refunds.send(refund_id=refund.pk, now=NOW)

    assert sent.state == "succeeded"


def test_a_replayed_error_does_not_hide_a_refund_that_was_made(standin: StandIn) -> None:
    refund = promised(confirmed(standin))
    standin.fault("error_after", path=REFUNDS, method="POST", options={"sticky": True})

    sent = refunds.send(refund_id=refund.pk, now=NOW)

    assert sent.state == "succeeded"


def test_a_refund_that_cannot_be_read_is_not_failed(standin: StandIn) -> None:
    """No by the gateway to a look is no no to the order."""
    refund = promised(confirmed(standin))
    Refund.objects.filter(pk=refund.pk).update(state="pending", gateway_refund_id="re_known")

    with pytest.raises(GatewayRefused):
        refunds.send(refund_id=refund.pk, now=NOW)

    refund.refresh_from_db()
    assert refund.state == "pending"


def test_a_definite_no_still_ends_a_refund(standin: StandIn) -> None:
    payment = confirmed(standin)
    refund = promised(payment)
    standin.refund(payment.gateway_intent_id or "", 10_000)

    assert refunds.send(refund_id=refund.pk, now=NOW).state == "failed"


def test_one_refund_that_raises_does_not_stop_the_others(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = [confirmed(standin, starts_at=NOW + timedelta(hours=hours)) for hours in (30, 54)]
    first, second = (promised(payment) for payment in payments)
    real = StripeGateway.refund

    def refund(port: StripeGateway, **asked: Any) -> Any:
        if asked["refund_id"] == first.pk:
            raise ValueError("an amount that the gateway cannot say")
        return real(port, **asked)

    monkeypatch.setattr(StripeGateway, "refund", refund)

    orders.sweep(now=NOW + timedelta(minutes=2))

    second.refresh_from_db()
    assert second.state == "succeeded"
