"""What stops a payout on its way, what only delays it, and one that was stopped and paid."""

from datetime import timedelta

import pytest

from billing import payouts, reconciliation
from billing.ledger.checks import check_books
from billing.models import Break, Payment, Payout, PayoutExclusion
from billing.payouts import ordering
from tests.billing.ledger.books import bank_says, dispute, refund
from tests.billing.payouts.test_sending import states, transfers
from tests.billing.payouts.world import (
    NOW,
    approved,
    books,
    built,
    earned,
    frozen,
    payable,
    payout_to,
    sent,
    staff,
)
from tests.standin import StandIn


def withdrawn(payment: Payment) -> None:
    bank_says(payment, dispute("needs_response", at=NOW), at=NOW)


def test_a_hold_that_is_placed_after_the_approval_stops_the_payout(stage: StandIn) -> None:
    held, paid = payable(stage), payable(stage)
    run = approved()
    payouts.hold(mentor_id=held.pk, reason="The bank called.", by=staff(), now=NOW)

    done = payouts.send(run_id=run.pk, now=NOW)

    assert (done.paid, done.failed, done.run.state) == (1, 1, "done")
    payout = payout_to(held)
    assert (payout.state, payout.failure_code, payout.ordered_at) == ("failed", "on_hold", None)
    assert payout_to(paid).state == "paid"
    assert transfers(stage) == [8180]
    assert books()["2120"] == -8180
    [left_out] = payouts.preview(run_id=built().pk).excluded
    assert (left_out.mentor, left_out.detail) == (held, "The bank called.")


def test_a_hold_that_comes_after_the_order_changes_nothing(stage: StandIn) -> None:
    """The negative control: money that may be on its way is found out about, not given back."""
    mentor = payable(stage)
    run = approved()
    stage.fault("timeout_after", path="/v1/transfers$", options={"seconds": 0}, times=3)
    stage.fault("error_before", method="GET", path="/v1/transfers", times=3)
    assert payouts.send(run_id=run.pk, now=NOW).waiting == 1
    payouts.hold(mentor_id=mentor.pk, reason="Too late.", by=staff(), now=NOW)
    stage.control("DELETE", "faults")

    payouts.sweep(now=NOW + timedelta(minutes=2))

    assert payout_to(mentor).state == "paid"
    assert transfers(stage) == [8180]


def test_a_destination_that_was_closed_meanwhile_is_not_paid_into(stage: StandIn) -> None:
    mentor = payable(stage)
    run = approved()
    account = payout_to(mentor).account
    account.state, account.closed_at = "closed", NOW
    account.save()

    payouts.send(run_id=run.pk, now=NOW)

    assert (payout_to(mentor).failure_code, transfers(stage)) == ("account_closed", [])


def test_a_balance_that_is_too_low_there_makes_the_run_wait_and_go_on(stage: StandIn) -> None:
    """The gateway replays its no under the old key for a day: the next order has its own."""
    mentor, other = payable(stage), payable(stage, price_minor=4999)
    run = approved()
    stage.reset_money()
    account = payout_to(mentor).account

    done = payouts.send(run_id=run.pk, now=NOW)

    assert (done.paid, done.failed, done.waiting) == (0, 0, 2)
    assert "available balance there is too low" in done.run.waits_for
    assert done.run.resumes_at == NOW + timedelta(minutes=15)
    assert books()["2140"] == -(8180 + 4074)
    stage.fund()
    payouts.sweep(now=NOW + timedelta(minutes=14))
    assert states(run) == ["approved", "approved"]
    payouts.sweep(now=NOW + timedelta(minutes=15))
    run.refresh_from_db()
    assert (run.state, run.waits_for, run.resumes_at) == ("done", "", None)
    assert transfers(stage) == [4074, 8180]
    assert sorted(Payout.objects.values_list("attempt", flat=True)) == [1, 2]
    assert (account.mentor, payout_to(other).state) == (mentor, "paid")


def test_a_hold_stops_a_payout_whose_last_order_was_refused_for_sure(stage: StandIn) -> None:
    mentor = payable(stage)
    run = approved()
    stage.reset_money()
    assert payouts.send(run_id=run.pk, now=NOW).waiting == 1
    payouts.hold(mentor_id=mentor.pk, reason="The bank called.", by=staff(), now=NOW)
    stage.fund()

    payouts.sweep(now=NOW + timedelta(minutes=15))

    payout = payout_to(mentor)
    assert (payout.state, payout.failure_code, payout.attempt) == ("failed", "on_hold", 2)
    assert transfers(stage) == []


def test_of_two_that_hear_the_same_no_one_counts_it(stage: StandIn) -> None:
    payout = payout_to(payable(stage), approved())

    ordering._next_attempt(payout.pk, after=1)
    ordering._next_attempt(payout.pk, after=1)

    payout.refresh_from_db()
    assert payout.attempt == 2


def test_the_share_that_a_bank_holds_is_not_paid_and_the_rest_is(stage: StandIn) -> None:
    mentor = payable(stage)
    held = Payment.objects.get()
    earned(mentor=mentor, price_minor=4999, days=1)
    only_disputed = payable(stage)
    withdrawn(held)
    bank_says(
        Payment.objects.get(purchase__mentor=only_disputed),
        dispute("needs_response", at=NOW, name="dp_2"),
        at=NOW,
    )

    shown = payouts.preview(run_id=built().pk)

    assert [(one.mentor, one.amount_minor) for one in shown.included] == [(mentor, 4074)]
    assert {one.mentor_id: (one.reason, one.amount_minor) for one in shown.excluded} == {
        mentor.pk: (PayoutExclusion.Reason.DISPUTED, 8180),
        only_disputed.pk: (PayoutExclusion.Reason.DISPUTED, 8180),
    }


def test_a_disputed_sale_that_owes_counts_against_the_rest(stage: StandIn) -> None:
    """Paid out, refunded in part, then disputed: what it owes is set off like any debt."""
    mentor = payable(stage)
    payment = Payment.objects.get()
    sent()
    refund(payment, 3333, bearer="platform", at=NOW)
    withdrawn(payment)
    earned(mentor=mentor, price_minor=4999, days=1)

    [payout] = payouts.preview(run_id=built().pk).included

    assert payout.amount_minor == 4074 - 2726


@pytest.mark.parametrize("step", ["freeze", "approve"])
def test_a_dispute_after_the_building_moves_the_world(stage: StandIn, step: str) -> None:
    payable(stage)
    run = built() if step == "freeze" else frozen()
    withdrawn(Payment.objects.get())
    act = payouts.freeze if step == "freeze" else payouts.approve

    with pytest.raises(payouts.RunMoved, match=r"a bank holds .* share is USD 81\.80"):
        act(run_id=run.pk, by=staff(), now=NOW)

    assert "2140" not in books()


def paid_there_after_it_failed(stage: StandIn) -> Payout:
    """A payout that was refused here, paid out anew, and then paid at the gateway all the same."""
    mentor = payable(stage)
    run = approved()
    payouts.hold(mentor_id=mentor.pk, reason="A mistake.", by=staff(), now=NOW)
    payouts.send(run_id=run.pk, now=NOW)
    payouts.lift_hold(mentor_id=mentor.pk, by=staff(), now=NOW)
    payout = payout_to(mentor, run)
    sent()
    stage.stripe.v1.transfers.create(
        {
            "amount": 8180,
            "currency": "usd",
            "destination": payout.account.gateway_account_id or "",
            "metadata": {"payout_id": payout.public_id},
            "transfer_group": payout.public_id,
        }
    )
    return payout


def test_a_payout_that_failed_here_and_was_paid_there_is_booked_and_owed(stage: StandIn) -> None:
    """81.80 paid twice: the books say so, and the next 40.74 are set off against it."""
    payout = paid_there_after_it_failed(stage)
    before = books()

    for _ in range(2):
        payouts.settle(payout_id=payout.pk, now=NOW)

    payout.refresh_from_db()
    assert (payout.state, payout.paid_at is not None) == ("paid", True)
    after = books()
    assert (after["2120"], after["1100"]) == (8180, before["1100"] - 8180)
    earned(mentor=payout.mentor, price_minor=4999, days=1)
    [owes] = payouts.preview(run_id=built().pk).excluded
    assert (owes.reason, owes.amount_minor) == (PayoutExclusion.Reason.NEGATIVE, 4074 - 8180)


def test_what_was_paid_twice_comes_back_once(stage: StandIn) -> None:
    payout = paid_there_after_it_failed(stage)
    payouts.settle(payout_id=payout.pk, now=NOW)
    payout.refresh_from_db()
    assert payout.gateway_transfer_id is not None

    stage.send_back(payout.gateway_transfer_id, 8180)
    payouts.settle(payout_id=payout.pk, now=NOW)
    assert (books()["2120"], books()["2150"]) == (8180, -8180)
    payouts.reassign(payout_id=payout.pk, by=staff(), now=NOW)

    assert ("2120" in books(), "2150" in books()) == (False, False)
    assert payouts.preview(run_id=built().pk).excluded == ()
    assert check_books(now=NOW).ok


def test_reconciliation_has_it_booked(stage: StandIn) -> None:
    payout = paid_there_after_it_failed(stage)

    def run() -> reconciliation.Result:
        return reconciliation.run(
            gateway="stripe",
            since=NOW - timedelta(hours=12),
            until=NOW + timedelta(hours=12),
            now=NOW + timedelta(days=2),
        )

    found = run()
    assert found.breaks["status_paid_there"] == 1
    assert str(payout.pk) in reconciliation.heal(result=found, now=NOW)
    assert "status_paid_there" not in run().breaks
    assert Break.objects.get(type="status_paid_there").state == "closed"
