"""What a mentor is told of the next payout is what the next run does."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Mentor
from billing import payout_accounts, payouts
from billing.models import Payment, PayoutAccount, PayoutMinimum, PayoutRun
from tests.api.callers import Caller
from tests.billing.ledger.books import bank_says, dispute, gateway_says, refund
from tests.billing.payouts.world import (
    NOW,
    approved,
    built,
    earned,
    payable,
    staff,
)
from tests.factories.people import MentorFactory
from tests.standin import StandIn


def told(mentor: Mentor) -> payouts.Outlook:
    [found] = payouts.outlook(mentor_id=mentor.pk, currencies=["USD"], now=NOW)
    return found


def as_run(run: PayoutRun, mentor: Mentor) -> tuple[int, int, str | None]:
    """What the run pays the mentor or would have, what a bank holds besides, and why not."""
    shown = payouts.preview(run_id=run.pk)
    paid = sum(one.amount_minor for one in shown.included if one.mentor_id == mentor.pk)
    out = {one.reason: one.amount_minor for one in shown.excluded if one.mentor_id == mentor.pk}
    disputed = out.pop("disputed", 0)
    [(reason, amount)] = out.items() or [(None, paid)]
    return amount, disputed, reason


def test_what_is_told_is_what_the_run_does_with_each_reason(stage: StandIn) -> None:
    fine, held, poor, suspended, failing, new = (
        payable(stage),
        payable(stage),
        payable(stage, price_minor=1_000),
        payable(stage),
        payable(stage),
        payable(stage),
    )
    accountless, unfinished, disputed = MentorFactory(), MentorFactory(), payable(stage)
    earned(mentor=accountless)
    earned(mentor=unfinished)
    quarrelled = earned(mentor=disputed, price_minor=4999, days=1)
    payout_accounts.open_account(mentor_id=unfinished.pk, now=NOW)
    payouts.hold(mentor_id=held.pk, reason="The tax form is missing.", by=staff(), now=NOW)
    suspended.status = "suspended"
    suspended.save()
    sold = Payment.objects.get(purchase__mentor=failing)
    gateway_says(refund(sold, 3333, bearer="platform", at=NOW), "failed", at=NOW)
    PayoutAccount.objects.filter(mentor=new).update(usable_from=NOW + timedelta(hours=1))
    bank_says(quarrelled, dispute("needs_response", amount_minor=4999, at=NOW), at=NOW)
    everybody: list[Mentor] = [
        fine,
        held,
        poor,
        suspended,
        failing,
        new,
        accountless,
        unfinished,
        disputed,
    ]

    before = {one.pk: told(one) for one in everybody}
    run = built()

    for one in everybody:
        said = before[one.pk]
        assert (said.amount_minor, said.disputed_minor, said.objection) == as_run(run, one)
        assert said.minimum_minor == run.minimum_minor == 1_000
    assert {said.objection for said in before.values()} == {
        None,
        "on_hold",
        "below_minimum",
        "refund_failed",
        "cool_off",
        "no_account",
    }
    assert before[disputed.pk].disputed_minor == 4074


def test_whoever_owes_is_told_how_much(stage: StandIn) -> None:
    mentor = payable(stage)
    payouts.send(run_id=approved().pk, now=NOW)
    refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)

    said = told(mentor)

    assert (said.amount_minor, said.objection) == (-2726, "negative")


def test_a_run_that_is_being_prepared_still_brings_its_money_and_an_approved_one_has_it(
    stage: StandIn,
) -> None:
    mentor = payable(stage)
    assert told(mentor).amount_minor == 8180

    run = built()
    assert (told(mentor).amount_minor, told(mentor).objection) == (8180, None)

    refund(Payment.objects.get(), 3333, bearer="platform", at=NOW)
    assert (told(mentor).amount_minor, told(mentor).objection) == (5454, None)
    payouts.hold(mentor_id=mentor.pk, reason="The tax form is missing.", by=staff(), now=NOW)
    assert (told(mentor).amount_minor, told(mentor).objection) == (5454, "on_hold")

    payouts.lift_hold(mentor_id=mentor.pk, by=staff(), now=NOW)
    payouts.discard(run_id=run.pk, by=staff(), now=NOW)
    assert told(mentor).amount_minor == 5454
    approved()
    assert (told(mentor).amount_minor, told(mentor).objection) == (0, None)


def test_an_account_at_another_gateway_that_can_be_paid_is_enough(stage: StandIn) -> None:
    mentor = payable(stage)
    stripe = PayoutAccount.objects.filter(mentor=mentor)
    assert told(mentor).objection is None
    stripe.update(state="restricted")
    assert told(mentor).objection == "no_account"

    paypal = PayoutAccount.objects.create(
        mentor=mentor,
        gateway="paypal",
        gateway_account_id="PAYEE1",
        currency="USD",
        created_at=NOW,
    )
    paypal.state = "active"
    paypal.save()

    assert told(mentor).objection is None


def test_a_currency_without_a_least_amount_says_so(stage: StandIn) -> None:
    mentor = payable(stage)
    PayoutMinimum.objects.all().delete()

    assert told(mentor).minimum_minor is None


def test_the_api_tells_it_of_each_currency(stage: StandIn) -> None:
    mentor = payable(stage, price_minor=1_000)

    [money] = Caller(mentor.user).get("/api/mentors/me/earnings").json()["earnings"]

    assert money["next_payout"] == {
        "amount": {"amount": 791, "currency": "USD"},
        "disputed": {"amount": 0, "currency": "USD"},
        "least": {"amount": 1_000, "currency": "USD"},
        "objection": "below_minimum",
    }


@pytest.mark.parametrize("sales", [1, 3])
def test_it_costs_the_same_however_much_was_sold(
    stage: StandIn,
    sales: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    mentor = payable(stage)
    for day in range(1, sales):
        earned(mentor=mentor, days=day)

    with django_assert_num_queries(8):
        told(mentor)
