"""Paying mentors through PayPal: the fee in the books, what nobody claims, no break at night."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Mentor
from billing import payout_accounts, payouts, reconciliation
from billing.gateways.paypal_reporting import PayPalReporting
from billing.gateways.registry import gateway
from billing.ledger import balances
from billing.models import Payout, PayoutAccount, PayoutRun
from notifications.models import Email
from tests.billing.payouts.world import NOW, earned, payout_to, staff
from tests.factories.people import MentorFactory
from tests.standin import StandIn

NIGHT = NOW + timedelta(days=2)
# 100.00 sold by card and earned; what PayPal does comes beside it.
EARNED = {"1100:stripe:USD": 9_680, "4010:USD": -1_500, "4020:USD": -320, "5010:USD": 320}


def payable(standin: StandIn, state: str = "active") -> Mentor:
    """A mentor with one earned share, and a PayPal account connected by a referral."""
    mentor: Mentor = MentorFactory()
    earned(mentor=mentor)
    account = payout_accounts.open_account(mentor_id=mentor.pk, now=NOW, gateway="paypal")
    assert account.gateway_account_id == account.public_id
    standin.paypal.lever(f"merchants/{account.public_id}/connect", state=state)
    payout_accounts.refresh(account_id=account.pk, now=NOW)
    return mentor


def approved(standin: StandIn) -> PayoutRun:
    """Build, freeze and approve a run at PayPal, whose balance suffices."""
    order = standin.paypal.fund(20_000)
    assert order
    by = staff()
    run = payouts.build(currency="USD", built_by=by, now=NOW, gateway="paypal")
    payouts.freeze(run_id=run.pk, by=by, now=NOW)
    payouts.approve(run_id=run.pk, by=staff("Adam Approver"), now=NOW)
    return run


def sent(standin: StandIn) -> PayoutRun:
    """Send an approved run."""
    return payouts.send(run_id=approved(standin).pk, now=NOW).run


def books() -> dict[str, int]:
    """Every account's balance, zeros left out."""
    rows = balances.account_balances()
    return {row.account: row.balance_minor for row in rows if row.balance_minor}


def differences() -> dict[str, int]:
    result = reconciliation.run(
        gateway="paypal",
        since=NOW - timedelta(hours=1),
        until=NOW + timedelta(hours=9),
        now=NIGHT,
    )
    return {kind: count for kind, count in result.breaks.items() if "payout" in kind}


def test_a_payout_is_paid_and_its_fee_is_booked(stage: StandIn) -> None:
    mentor = payable(stage)

    run = sent(stage)

    payout = payout_to(mentor)
    assert (run.state, payout.state, payout.fee_minor) == ("done", "paid", 25)
    # What went to the mentor, and PayPal's 25 cents for it.
    assert books() == EARNED | {"1100:paypal:USD": -8_180 - 25, "5010:USD": 320 + 25}
    assert payouts.settle(payout_id=payout.pk, now=NOW).fee_minor == 25
    assert differences() == {}


def test_what_nobody_claims_comes_back_with_its_fee(stage: StandIn) -> None:
    mentor = payable(stage)
    account = payout_accounts.open_account(mentor_id=mentor.pk, now=NOW, gateway="paypal")
    stage.paypal.lever(f"merchants/{account.public_id}/connect", state="unconfirmed")
    sent(stage)
    payout = payout_to(mentor)
    assert payout.state == "paid"  # it has left our balance, and waits for its receiver
    stage.paypal.lever(f"payouts/{payout.gateway_transfer_id}/finish", outcome="RETURNED")

    payout = payouts.settle(payout_id=payout.pk, now=NOW)

    assert (payout.state, payout.fee_minor, payout.fee_returned_minor) == ("returned", 25, 25)
    assert books() == EARNED | {"2150:USD": -8_180}
    assert differences() == {}


def test_what_was_sent_back_after_it_arrived_has_cost_its_fee(stage: StandIn) -> None:
    mentor = payable(stage)
    sent(stage)
    payout = payout_to(mentor)
    stage.paypal.lever(f"payouts/{payout.gateway_transfer_id}/finish", outcome="REFUNDED")

    payout = payouts.settle(payout_id=payout.pk, now=NOW)

    assert (payout.state, payout.fee_returned_minor) == ("returned", 0)
    assert books() == EARNED | {"1100:paypal:USD": -25, "2150:USD": -8_180, "5010:USD": 345}


def test_a_batch_that_paypal_works_on_waits(stage: StandIn) -> None:
    stage.control("POST", "settings", paypal_payout_seconds=60)
    mentor = payable(stage)

    run = sent(stage)

    assert (run.state, payout_to(mentor).state) == ("sending", "sent")
    stage.control("POST", "clock", advance_seconds=61)
    payouts.sweep(now=NOW + timedelta(minutes=2))
    assert payout_to(mentor).state == "paid"


def exchange(standin: StandIn, mentor: Mentor) -> PayoutAccount:
    """Put another PayPal account under the name of the mentor's, as whoever broke in would."""
    account = PayoutAccount.objects.get(mentor=mentor)
    standin.paypal.lever(f"merchants/{account.public_id}/disconnect")
    standin.paypal.lever(f"merchants/{account.public_id}/connect", email="thief@example.org")
    return account


def test_another_account_under_the_same_name_is_never_paid(stage: StandIn) -> None:
    mentor = payable(stage)
    run = approved(stage)
    account = exchange(stage, mentor)

    payouts.send(run_id=run.pk, now=NOW)

    payout = payout_to(mentor)
    assert (payout.state, payout.failure_code) == ("failed", "payee_exchanged")
    assert books() == EARNED | {"2120:USD": -8_180}
    account.refresh_from_db()
    assert (account.state, account.closed_at) == ("closed", NOW)
    mail = Email.objects.get(template="payout_exchanged")
    assert mail.to == mentor.user.email
    # Whoever connects another has a new account, which cools off, and the mentor is told.
    again = payout_accounts.open_account(mentor_id=mentor.pk, now=NOW, gateway="paypal")
    assert (again.pk == account.pk, again.usable_from) == (False, NOW + timedelta(days=3))


def test_a_look_that_sees_another_account_closes_ours(stage: StandIn) -> None:
    mentor = payable(stage)
    account = exchange(stage, mentor)

    for _ in range(2):
        seen = payout_accounts.refresh(account_id=account.pk, now=NOW)

    assert (seen.state, seen.destination) == ("closed", account.destination)
    assert Email.objects.filter(template="payout_exchanged").count() == 1
    run = payouts.build(currency="USD", built_by=staff(), now=NOW, gateway="paypal")
    assert not Payout.objects.filter(run=run).exists()


def test_whoever_connects_the_same_account_again_is_paid(stage: StandIn) -> None:
    mentor = payable(stage)
    account = PayoutAccount.objects.get(mentor=mentor)
    stage.paypal.lever(f"merchants/{account.public_id}/disconnect")
    assert payout_accounts.refresh(account_id=account.pk, now=NOW).state == "restricted"
    stage.paypal.lever(f"merchants/{account.public_id}/connect")
    assert payout_accounts.refresh(account_id=account.pk, now=NOW).state == "active"

    assert sent(stage).state == "done"


def test_the_database_refuses_a_second_destination(stage: StandIn) -> None:
    mentor = payable(stage)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        PayoutAccount.objects.filter(mentor=mentor).update(destination="THIEF")


def test_an_order_that_paypal_took_before_has_not_failed(
    stage: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PayPal may forget a request id and keep the sender's; its list shows a batch hours later."""
    mentor = payable(stage)
    run = approved(stage)
    payout = payout_to(mentor)
    payee_id, destination = payout.account.gateway_account_id, payout.account.destination
    assert payee_id
    assert destination
    made = gateway("paypal").transfer(
        payout_id=payout.pk,
        payee_id=payee_id,
        destination=destination,
        amount_minor=8_180,
        currency="USD",
        attempt=2,
    )
    monkeypatch.setattr(PayPalReporting, "_batch_that_was_paid", lambda *_: None)
    assert payouts.send(run_id=run.pk, now=NOW).failed == 0
    assert payout_to(mentor).state == "approved"  # not available again, nor paid twice

    monkeypatch.setattr(PayPalReporting, "_batch_that_was_paid", lambda *_: made.id)
    assert payouts.send(run_id=run.pk, now=NOW).paid == 1
    assert books() == EARNED | {"1100:paypal:USD": -8_180 - 25, "5010:USD": 320 + 25}


def test_a_no_to_a_lost_order_counts_once_the_list_has_caught_up(stage: StandIn) -> None:
    """The answer was lost and the mentor disconnected: it may have been paid all the same."""
    mentor = payable(stage)
    run = approved(stage)
    lost_at = NOW - timedelta(minutes=1)
    Payout.objects.filter(run=run).update(ordered_at=lost_at, open_since=lost_at)
    stage.paypal.lever(f"merchants/{payout_to(mentor).account.public_id}/disconnect")

    early = payouts.send(run_id=run.pk, now=NOW)
    assert (early.failed, payout_to(mentor).state) == (0, "approved")

    late = payouts.send(run_id=run.pk, now=NOW + timedelta(hours=4))
    assert (late.failed, payout_to(mentor).failure_code) == (1, "payee_not_connected")


@pytest.mark.parametrize("state", ["unconfirmed", "restricted"])
def test_a_mentor_whose_account_cannot_receive_is_left_out(stage: StandIn, state: str) -> None:
    mentor = payable(stage, state=state)

    run = payouts.build(currency="USD", built_by=staff(), now=NOW, gateway="paypal")

    assert not Payout.objects.filter(run=run, mentor=mentor).exists()


def test_a_consent_that_was_taken_back_restricts_the_account(stage: StandIn) -> None:
    mentor = payable(stage)
    account = payout_accounts.open_account(mentor_id=mentor.pk, now=NOW, gateway="paypal")
    assert account.state == "active"
    stage.paypal.lever(f"merchants/{account.public_id}/disconnect")

    account = payout_accounts.refresh(account_id=account.pk, now=NOW)

    assert (account.state, account.asked_for) == ("restricted", "paypal_account")
