"""Connected accounts, transfers to them, payouts from them."""

import httpx
import pytest
import stripe

from tests.sandbox.conftest import paid
from tests.standin import StandIn


@pytest.fixture
def mentor(standin: StandIn, client: stripe.StripeClient) -> stripe.Account:
    """A verified account."""
    account = client.v1.accounts.create(
        {
            "type": "express",
            "country": "US",
            "email": "mentor@example.com",
            "capabilities": {"transfers": {"requested": True}},
        }
    )
    standin.control("POST", f"stripe/accounts/{account.id}/verify", state="verified")
    return client.v1.accounts.retrieve(account.id)


def _charge(intent: stripe.PaymentIntent) -> stripe.Charge:
    assert isinstance(intent.latest_charge, stripe.Charge)
    return intent.latest_charge


def test_onboarding_enables_an_account(standin: StandIn, client: stripe.StripeClient) -> None:
    account = client.v1.accounts.create(
        {"type": "express", "capabilities": {"transfers": {"requested": True}}}
    )
    assert (account.payouts_enabled, account.details_submitted) == (False, False)
    assert account.requirements is not None
    assert account.requirements.currently_due != []
    link = client.v1.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "return_url": "http://127.0.0.1/done",
            "refresh_url": "http://127.0.0.1/again",
        }
    )

    page = httpx.get(link.url, trust_env=False)
    answer = httpx.post(link.url, data={"state": "verified"}, trust_env=False)

    assert account.id in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "http://127.0.0.1/done")
    after = client.v1.accounts.retrieve(account.id)
    assert (after.payouts_enabled, after.details_submitted) == (True, True)
    assert after.capabilities is not None
    assert after.capabilities.transfers == "active"
    standin.control("POST", "clock", advance_seconds=301)
    late = httpx.get(link.url, trust_env=False)
    assert (late.status_code, late.headers["location"]) == (303, "http://127.0.0.1/again")


def test_a_transfer_from_a_charge_is_bounded_by_it(
    client: stripe.StripeClient, mentor: stripe.Account
) -> None:
    charge = _charge(paid(client))

    def transfer(amount: int) -> stripe.Transfer:
        return client.v1.transfers.create(
            {
                "amount": amount,
                "currency": "usd",
                "destination": mentor.id,
                "source_transaction": charge.id,
            }
        )

    made = transfer(8_180)

    assert (made.amount, made.source_transaction, made.reversed) == (8_180, charge.id, False)
    with pytest.raises(stripe.InvalidRequestError, match="exceeds"):
        transfer(1_821)
    assert len(client.v1.transfers.list().data) == 1
    there = client.v1.balance.retrieve({}, {"stripe_account": mentor.id})
    assert (there.available[0].amount, there.pending[0].amount) == (0, 8_180)


def test_a_transfer_needs_money_and_an_able_account(
    standin: StandIn, client: stripe.StripeClient, mentor: stripe.Account
) -> None:
    unable = client.v1.accounts.create({"type": "express"})

    for destination, code in (
        (mentor.id, "balance_insufficient"),
        (unable.id, "insufficient_capabilities_for_transfer"),
        ("acct_nobody", "resource_missing"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v1.transfers.create(
                {"amount": 100, "currency": "usd", "destination": destination}
            )
        assert refusal.value.code == code
    assert client.v1.transfers.list().data == []


def test_a_reversal_is_bounded_by_the_transfer_and_by_what_is_left_there(
    client: stripe.StripeClient, mentor: stripe.Account
) -> None:
    paid(client, card="pm_card_bypassPending")
    transfer = client.v1.transfers.create(
        {"amount": 8_180, "currency": "usd", "destination": mentor.id}
    )

    back = client.v1.transfers.reversals.create(transfer.id, {"amount": 2_726})

    assert back.amount == 2_726
    after = client.v1.transfers.retrieve(transfer.id)
    assert (after.amount_reversed, after.reversed) == (2_726, False)
    assert [one.id for one in after.reversals.data] == [back.id]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.reversals.create(transfer.id, {"amount": 5_455})
    client.v1.payouts.create({"amount": 5_000, "currency": "usd"}, {"stripe_account": mentor.id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.transfers.reversals.create(transfer.id)
    assert refusal.value.code == "balance_insufficient"
    assert client.v1.transfers.retrieve(transfer.id).amount_reversed == 2_726


def test_a_payout_arrives_and_may_come_back(
    standin: StandIn, client: stripe.StripeClient, mentor: stripe.Account
) -> None:
    standin.control("POST", "clock", frozen=True)
    paid(client, card="pm_card_bypassPending")
    client.v1.transfers.create({"amount": 8_180, "currency": "usd", "destination": mentor.id})
    there: stripe.RequestOptions = {"stripe_account": mentor.id}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payouts.create({"amount": 8_181, "currency": "usd"}, there)
    assert refusal.value.code == "balance_insufficient"

    payout = client.v1.payouts.create({"amount": 8_180, "currency": "usd"}, there)

    assert payout.status == "pending"
    assert client.v1.payouts.list().data == []
    standin.control("POST", "clock", advance_seconds=2 * 86_400)
    assert client.v1.payouts.retrieve(payout.id, {}, there).status == "paid"
    standin.control("POST", f"stripe/payouts/{payout.id}/finish", outcome="failed")
    failed = client.v1.payouts.retrieve(payout.id, {}, there)
    assert (failed.status, failed.failure_code) == ("failed", "account_closed")
    assert client.v1.balance.retrieve({}, there).available[0].amount == 8_180


def test_an_automatic_payout_is_the_sum_of_its_entries(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.control("POST", "clock", frozen=True)
    paid(client, 10_000)
    paid(client, 5_000)
    assert standin.control("POST", "stripe/payouts") is None
    standin.control("POST", "clock", advance_seconds=2 * 86_400)
    paid(client, 2_500)

    payout = standin.control("POST", "stripe/payouts")

    # 96.80 + 48.25; the 25.00 of today is not available yet
    assert (payout["amount"], payout["automatic"], payout["status"]) == (14_505, True, "in_transit")
    entries = client.v1.balance_transactions.list({"payout": payout["id"]}).data
    assert sorted(entry.net for entry in entries) == [-14_505, 4_825, 9_680]
    assert standin.control("POST", "stripe/payouts") is None


def test_an_unknown_account_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.PermissionError):
        client.v1.balance.retrieve({}, {"stripe_account": "acct_nobody"})
