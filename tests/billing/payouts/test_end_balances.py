"""The end-balance table of docs/money.md where mentors were paid, through the operations."""

from billing import payouts
from billing.models import Payment, Payout
from tests.billing.ledger.books import gateway_says, refund
from tests.billing.payouts.world import (
    NOW,
    books,
    built,
    earned,
    payable,
    payout_to,
    sent,
)
from tests.standin import StandIn

PAID_OUT = {"1100": 1500, "4010": -1500, "4020": -320, "5010": 320}


def test_completed_released_paid_out(stage: StandIn) -> None:
    mentor = payable(stage)

    run = sent()

    assert run.state == "done"
    assert payout_to(mentor).amount_minor == 8180
    assert books() == PAID_OUT


def test_paid_out_then_a_third_refunded_and_the_mentor_owes(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()

    third = refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)
    gateway_says(third, "succeeded", at=NOW)

    assert books() == {
        "1100": -1833,
        "2120": 2726,
        "4010": -1500,
        "4020": -213,
        "4090": 500,
        "5010": 320,
    }
    run = built()
    [excluded] = payouts.preview(run_id=run.pk).excluded
    assert (excluded.mentor, excluded.amount_minor) == (mentor, -2726)
    assert excluded.reason == "negative"


def test_the_next_booking_pays_out_what_is_left_of_it(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    third = refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)
    gateway_says(third, "succeeded", at=NOW)

    earned(mentor=mentor, price_minor=4999, days=1)
    run = sent()

    payout = payout_to(mentor, run)
    assert payout.amount_minor == 1348  # 40.74 − 27.26
    assert sorted(payout.lines.values_list("amount_minor", flat=True)) == [-4074, 2726]
    assert "2120" not in books()


def test_paid_out_and_the_payout_returned(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payout = payout_to(mentor)
    assert payout.gateway_transfer_id is not None

    stage.send_back(payout.gateway_transfer_id, 8180)
    payouts.settle(payout_id=payout.pk, now=NOW)

    assert books() == {"1100": 9680, "2150": -8180, "4010": -1500, "4020": -320, "5010": 320}
    assert Payout.objects.get().state == "returned"


def test_returned_money_goes_out_again_once_it_is_reassigned(stage: StandIn) -> None:
    mentor = payable(stage)
    sent()
    payout = payout_to(mentor)
    assert payout.gateway_transfer_id is not None
    stage.send_back(payout.gateway_transfer_id, 8180)
    payouts.settle(payout_id=payout.pk, now=NOW)

    payouts.reassign(payout_id=payout.pk, by=payout.run.built_by, now=NOW)
    again = sent()

    assert payout_to(mentor, again).amount_minor == 8180
    assert books() == PAID_OUT
