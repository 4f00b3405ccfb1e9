"""Refunds never exceed their charge, and some of them take another way than the straight one."""

import pytest
import stripe

from tests.sandbox.conftest import paid
from tests.standin import StandIn


def _charge(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.Charge:
    (charge,) = client.v1.charges.list({"payment_intent": intent.id}).data
    return charge


def test_partial_refunds_add_up_to_the_charge_and_no_further(client: stripe.StripeClient) -> None:
    intent = paid(client)

    first = client.v1.refunds.create({"payment_intent": intent.id, "amount": 3_333})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 6_668})
    assert refusal.value.code == "amount_too_large"
    assert _charge(client, intent).amount_refunded == 3_333
    rest = client.v1.refunds.create({"charge": _charge(client, intent).id})

    assert (first.status, first.amount, rest.amount) == ("succeeded", 3_333, 6_667)
    charge = _charge(client, intent)
    assert (charge.refunded, charge.amount_refunded) == (True, 10_000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_already_refunded"
    entries = client.v1.balance_transactions.list({"type": "refund"}).data
    assert sorted((entry.amount, entry.fee, entry.net) for entry in entries) == [
        (-6_667, 0, -6_667),
        (-3_333, 0, -3_333),
    ]
    assert {entry.source for entry in entries} == {first.id, rest.id}
    assert [refund.id for refund in client.v1.refunds.list({"payment_intent": intent.id})] == [
        rest.id,
        first.id,
    ]


def test_a_slow_refund_is_pending_until_it_succeeds(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.control("POST", "clock", frozen=True)
    intent = paid(client, card="pm_card_pendingRefund")

    refund = client.v1.refunds.create({"payment_intent": intent.id})

    assert refund.status == "pending"
    standin.control("POST", "clock", advance_seconds=2)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert client.v1.events.list({"type": "refund.updated"}).data != []


def test_a_failing_refund_gives_the_money_back_to_the_charge(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.control("POST", "clock", frozen=True)
    intent = paid(client, card="pm_card_refundFail")
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 4_000})
    assert refund.status == "succeeded"

    standin.control("POST", "clock", advance_seconds=2)

    failed = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.amount == 4_000
    assert _charge(client, intent).amount_refunded == 0
    assert [event.type for event in client.v1.events.list({"limit": 2})] == [
        "charge.refund.updated",
        "refund.failed",
    ]


def test_only_a_waiting_refund_can_be_cancelled(client: stripe.StripeClient) -> None:
    waiting = client.v1.refunds.create(
        {"payment_intent": paid(client, card="pm_card_pendingRefund").id}
    )
    done = client.v1.refunds.create({"payment_intent": paid(client).id})

    assert client.v1.refunds.cancel(waiting.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.cancel(done.id)
    assert client.v1.refunds.retrieve(done.id).status == "succeeded"


def test_metadata_of_a_refund_can_be_changed(client: stripe.StripeClient) -> None:
    refund = client.v1.refunds.create(
        {"payment_intent": paid(client).id, "metadata": {"refund_id": "rfd_1"}}
    )

    after = client.v1.refunds.update(refund.id, {"metadata": {"seen": "yes"}})

    assert after.metadata is not None
    assert after.metadata.to_dict() == {"refund_id": "rfd_1", "seen": "yes"}


def test_what_was_never_paid_cannot_be_refunded(client: stripe.StripeClient) -> None:
    unpaid = client.v1.payment_intents.create({"amount": 900, "currency": "usd"})

    for params in (
        {"payment_intent": unpaid.id},
        {"payment_intent": "pi_nobody"},
        {"charge": "ch_nobody"},
        {},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.create(params)  # type: ignore[arg-type]
    assert client.v1.refunds.list().data == []
    assert client.v1.balance_transactions.list().data == []
