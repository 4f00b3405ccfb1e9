"""Disputes take the money and a fee, and give it back only when they are won."""

import pytest
import stripe

from tests.sandbox.conftest import paid
from tests.standin import StandIn


def _dispute(
    standin: StandIn, client: stripe.StripeClient, intent: stripe.PaymentIntent, **said: object
) -> stripe.Dispute:
    made = standin.control("POST", "stripe/disputes", payment_intent=intent.id, **said)
    return client.v1.disputes.retrieve(made["id"])


def test_a_magic_card_is_disputed_a_second_later(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.control("POST", "clock", frozen=True)
    intent = paid(client, card="pm_card_createDispute")
    assert client.v1.disputes.list().data == []

    standin.control("POST", "clock", advance_seconds=1)

    (dispute,) = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")
    (entry,) = dispute.balance_transactions
    # 100.00 and the fee of 15.00
    assert (entry.amount, entry.fee, entry.net) == (-10_000, 1_500, -11_500)
    assert (entry.type, entry.reporting_category) == ("adjustment", "dispute")
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert client.v1.charges.retrieve(intent.latest_charge.id).disputed is True
    assert [event.type for event in client.v1.events.list({"limit": 2})] == [
        "charge.dispute.funds_withdrawn",
        "charge.dispute.created",
    ]


def test_a_disputed_charge_cannot_be_refunded_until_the_dispute_is_won(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    intent = paid(client)
    dispute = _dispute(standin, client, intent, fee=3_000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refusal.value.code == "charge_disputed"

    answered = client.v1.disputes.update(dispute.id, {"evidence": {"product_description": "1h"}})
    assert answered.status == "under_review"
    standin.control(
        "POST", f"stripe/disputes/{dispute.id}/decide", outcome="won", fee_returned=1_500
    )

    won = client.v1.disputes.retrieve(dispute.id)
    assert won.status == "won"
    # −100.00 − 30.00, then +100.00 + 15.00
    assert [entry.net for entry in won.balance_transactions] == [-13_000, 11_500]
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 10_000


def test_a_lost_dispute_stays_lost(standin: StandIn, client: stripe.StripeClient) -> None:
    intent = paid(client)
    dispute = _dispute(standin, client, intent, amount=10_500)

    closed = client.v1.disputes.close(dispute.id)

    assert (closed.status, closed.amount) == ("lost", 10_500)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.close(dispute.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.disputes.update(dispute.id, {"evidence": {"product_description": "late"}})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id})
    assert client.v1.events.list({"limit": 1}).data[0].type == "charge.dispute.closed"


def test_an_inquiry_takes_no_money(standin: StandIn, client: stripe.StripeClient) -> None:
    intent = paid(client)

    dispute = _dispute(standin, client, intent, inquiry=True)

    assert (dispute.status, dispute.balance_transactions) == ("warning_needs_response", [])
    assert client.v1.refunds.create({"payment_intent": intent.id}).status == "succeeded"
