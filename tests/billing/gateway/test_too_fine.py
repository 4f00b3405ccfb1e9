"""Amounts that a gateway has no word for: refused before anything is written, never rounded."""

import pytest

from billing import checkout, refunds
from billing.fees import Bearer
from billing.models import FeeSchedule, Payment, Purchase, Refund
from scheduling.models import Session
from tests.billing.gateway import paypal_journey
from tests.billing.gateway.conftest import BEGINNING
from tests.billing.gateway.journey import NOW, held, work
from tests.factories.scheduling import open_mentor
from tests.standin import StandIn

FORINTS = {"bps": 349, "fixed_minor": 14_900, "minimum_price_minor": 100_000}


def of(price_minor: int, *, currency: str = "HUF") -> Session:
    """A held session at a price, in a currency that both gateways take."""
    for gateway in ("stripe", "paypal"):
        FeeSchedule.objects.get_or_create(
            gateway=gateway, currency=currency, effective_from=BEGINNING, defaults=FORINTS
        )
    kind = open_mentor()
    kind.currency, kind.price_minor = currency, price_minor
    kind.save(update_fields=["currency", "price_minor"])
    return held(session_type=kind)


@pytest.mark.parametrize("currency", ["HUF", "TWD"])
def test_paypal_takes_no_decimals_of_it_and_says_so(standin: StandIn, currency: str) -> None:
    session = of(1_500_050, currency=currency)  # 15,000.50

    with pytest.raises(checkout.AmountTooFine, match=f"steps of {currency} 1.00 only") as refusal:
        paypal_journey.start(session)

    assert refusal.value.facts == {
        "to_pay_minor": 1_500_050,
        "step_minor": 100,
        "currency": currency,
    }
    assert (Purchase.objects.count(), Payment.objects.count()) == (0, 0)
    assert standin.paypal.events() == []


def test_another_gateway_takes_what_paypal_cannot(standin: StandIn) -> None:
    session = of(1_500_050)
    with pytest.raises(checkout.AmountTooFine):
        paypal_journey.start(session)

    begun = checkout.start(session_id=session.pk, client=session.client, gateway="stripe", now=NOW)

    assert (begun.payment.amount_minor, begun.payment.currency) == (1_500_050, "HUF")
    # … and is not given up for one that cannot take it.
    with pytest.raises(checkout.AmountTooFine):
        paypal_journey.start(session)
    begun.payment.refresh_from_db()
    assert begun.payment.state == "pending"


def test_whole_forints_are_paid_and_booked_to_the_fraction(standin: StandIn) -> None:
    payment = paypal_journey.approved(standin, of(1_500_000))
    paypal_journey.deliver_all(standin)

    payment.refresh_from_db()
    # 3.49 % of 15,000 and 149 are 672.5: PayPal takes 673 (half up, without decimals).
    assert (payment.state, payment.amount_minor, payment.actual_fee_minor) == (
        "succeeded",
        1_500_000,
        67_300,
    )


def test_a_refund_between_two_steps_fails_and_a_whole_one_goes_through(standin: StandIn) -> None:
    payment = paypal_journey.approved(standin, of(1_500_000))
    paypal_journey.deliver_all(standin)

    for share_minor in (500_050, 500_000):
        refunds.create(
            payment_id=payment.pk,
            share_minor=share_minor,
            cause=Refund.Cause.GOODWILL,
            bearer=Bearer.PLATFORM,
            requested_by="usr_1",
            reason="",
            key=f"test:{share_minor}",
            now=NOW,
        )
        work()

    assert sorted(Refund.objects.values_list("share_minor", "state", "failure_code")) == [
        (500_000, "succeeded", ""),
        (500_050, "failed", "amount_not_expressible"),
    ]
