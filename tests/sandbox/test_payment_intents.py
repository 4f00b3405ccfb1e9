"""The life of a payment intent: https://docs.stripe.com/payments/paymentintents/lifecycle"""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import client_of, paid
from tests.standin import StandIn


def test_a_paid_intent_has_a_charge_and_a_balance_transaction(client: stripe.StripeClient) -> None:
    created = client.v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "usd",
            "automatic_payment_methods": {"enabled": True},
            "metadata": {"payment_id": "pay_1"},
        }
    )
    assert created.status == "requires_payment_method"
    assert created.latest_charge is None

    confirmed = client.v1.payment_intents.confirm(
        created.id,
        {"payment_method": "pm_card_visa", "expand": ["latest_charge.balance_transaction"]},
    )

    assert confirmed.status == "succeeded"
    assert confirmed.amount_received == 10_000
    charge = confirmed.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.status, charge.paid, charge.amount_captured) == ("succeeded", True, 10_000)
    assert charge.metadata.to_dict() == {"payment_id": "pay_1"}
    entry = charge.balance_transaction
    assert isinstance(entry, stripe.BalanceTransaction)
    # 2.9 % of 100.00 + 0.30 = 3.20
    assert (entry.amount, entry.fee, entry.net) == (10_000, 320, 9_680)
    assert (entry.type, entry.source, entry.exchange_rate) == ("charge", charge.id, None)
    assert [detail.amount for detail in entry.fee_details] == [320]
    assert [event.type for event in client.v1.events.list().data] == [
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]


@pytest.mark.parametrize(
    ("price", "fee"),
    [(50, 31), (70, 32), (100, 33), (500, 45), (999, 59), (2500, 103), (4990, 175), (4999, 175)],
)
def test_fees_are_rounded_half_up(client: stripe.StripeClient, price: int, fee: int) -> None:
    charge = paid(client, price).latest_charge

    assert isinstance(charge, stripe.Charge)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.fee == fee


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_a_declined_card_is_a_402_and_the_intent_can_be_paid_again(
    client: stripe.StripeClient, card: str, code: str, decline_code: str
) -> None:
    intent = client.v1.payment_intents.create({"amount": 5_000, "currency": "usd"})

    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_intents.confirm(intent.id, {"payment_method": card})

    assert refusal.value.http_status == 402
    assert refusal.value.code == code
    assert refusal.value.error is not None
    assert refusal.value.error.decline_code == decline_code
    after = client.v1.payment_intents.retrieve(intent.id)
    assert after.status == "requires_payment_method"
    assert after.last_payment_error is not None
    assert after.last_payment_error.code == code
    (attempt,) = client.v1.charges.list({"payment_intent": intent.id}).data
    assert (attempt.status, attempt.paid, attempt.failure_code) == ("failed", False, code)
    assert client.v1.balance_transactions.list().data == []

    again = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert again.status == "succeeded"
    assert len(client.v1.charges.list({"payment_intent": intent.id}).data) == 2


def test_raw_test_cards_are_taken_and_others_are_not(client: stripe.StripeClient) -> None:
    def confirm(number: str) -> stripe.PaymentIntent:
        intent = client.v1.payment_intents.create({"amount": 900, "currency": "usd"})
        card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        data: Any = {"type": "card", "card": card}
        return client.v1.payment_intents.confirm(intent.id, {"payment_method_data": data})

    assert confirm("4242424242424242").status == "succeeded"
    with pytest.raises(stripe.CardError, match="incorrect"):
        confirm("4242424242424241")
    with pytest.raises(stripe.CardError, match="non test card"):
        confirm("4111111111111111")


def test_authentication_is_asked_for_and_then_pays(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    intent = client.v1.payment_intents.create({"amount": 5_000, "currency": "usd"})

    asked = client.v1.payment_intents.confirm(
        intent.id,
        {
            "payment_method": "pm_card_authenticationRequired",
            "return_url": "http://127.0.0.1/back",
        },
    )

    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    assert asked.next_action.redirect_to_url.return_url == "http://127.0.0.1/back"
    standin.control("POST", f"stripe/payment_intents/{intent.id}/authenticate", success=False)
    failed = client.v1.payment_intents.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_authenticationRequired"}
    )
    standin.control("POST", f"stripe/payment_intents/{intent.id}/authenticate", success=True)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_bank_debit_is_processing_before_it_succeeds_or_bounces(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.control("POST", "clock", frozen=True)
    good = paid(client, 5_000, card="pm_usBankAccount_success")
    bad = paid(client, 5_000, card="pm_usBankAccount_insufficientFunds")
    stuck = paid(client, 5_000, card="pm_usBankAccount_processing")
    assert [one.status for one in (good, bad, stuck)] == ["processing"] * 3
    assert client.v1.balance_transactions.list().data == []

    standin.control("POST", "clock", advance_seconds=2)

    assert client.v1.payment_intents.retrieve(good.id).status == "succeeded"
    assert client.v1.payment_intents.retrieve(bad.id).status == "requires_payment_method"
    assert client.v1.payment_intents.retrieve(stuck.id).status == "processing"
    assert [entry.amount for entry in client.v1.balance_transactions.list().data] == [5_000]
    standin.control("POST", f"stripe/payment_intents/{stuck.id}/settle", outcome="failed")
    assert client.v1.payment_intents.retrieve(stuck.id).status == "requires_payment_method"


def test_only_an_unpaid_intent_can_be_cancelled_or_changed(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 5_000, "currency": "usd", "metadata": {"a": "1", "b": "2"}}
    )
    changed = client.v1.payment_intents.update(
        intent.id, {"amount": 6_000, "metadata": {"a": "", "c": "3"}}
    )
    assert (changed.amount, changed.metadata.to_dict()) == (6_000, {"b": "2", "c": "3"})

    canceled = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned"})

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert refusal.value.code == "payment_intent_unexpected_state"
    assert client.v1.charges.list().data == []

    settled = paid(client)
    refused: list[Callable[[], object]] = [
        lambda: client.v1.payment_intents.cancel(settled.id),
        lambda: client.v1.payment_intents.update(settled.id, {"amount": 1_000}),
        lambda: client.v1.payment_intents.confirm(settled.id),
    ]
    for act in refused:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            act()
        assert refusal.value.code == "payment_intent_unexpected_state"
    assert len(client.v1.charges.list().data) == 1


def test_an_authorisation_is_captured_in_part(client: stripe.StripeClient) -> None:
    held = client.v1.payment_intents.create(
        {
            "amount": 10_000,
            "currency": "usd",
            "capture_method": "manual",
            "confirm": True,
            "payment_method": "pm_card_visa",
        }
    )
    assert (held.status, held.amount_capturable) == ("requires_capture", 10_000)
    assert client.v1.balance_transactions.list().data == []

    taken = client.v1.payment_intents.capture(held.id, {"amount_to_capture": 7_000})

    assert (taken.status, taken.amount_received) == ("succeeded", 7_000)
    # 2.9 % of 70.00 + 0.30 = 2.33
    assert [(one.amount, one.fee) for one in client.v1.balance_transactions.list().data] == [
        (7_000, 233)
    ]
    refund = client.v1.refunds.create({"payment_intent": held.id})
    assert refund.amount == 7_000


def test_asynchronous_capture_books_the_balance_transaction_later(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.control("POST", "clock", frozen=True)
    standin.control("POST", "settings", capture_seconds=60)

    charge = paid(client).latest_charge

    assert isinstance(charge, stripe.Charge)
    assert charge.balance_transaction is None
    standin.control("POST", "clock", advance_seconds=60)
    assert client.v1.charges.retrieve(charge.id).balance_transaction is not None
    assert client.v1.events.list({"type": "charge.updated"}).data != []


def test_the_browser_confirms_with_the_client_secret_alone(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 5_000, "currency": "usd", "metadata": {"payment_id": "pay_1"}}
    )
    browser = client_of(standin, "pk_test_sandbox")
    path = f"/v1/payment_intents/{intent.id}/confirm"

    def confirm(**secret: str) -> Any:
        return browser.raw_request("post", path, payment_method="pm_card_visa", **secret)

    with pytest.raises(stripe.InvalidRequestError) as missing:
        confirm()
    assert missing.value.code == "parameter_missing"
    with pytest.raises(stripe.InvalidRequestError) as wrong:
        confirm(client_secret=f"{intent.id}_secret_guess")
    assert wrong.value.code == "resource_missing"
    with pytest.raises(stripe.AuthenticationError):
        browser.v1.refunds.create({"payment_intent": intent.id})
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"

    answer = confirm(client_secret=str(intent.client_secret))

    shown: Any = browser.deserialize(answer, api_mode="V1")
    assert shown["status"] == "succeeded"
    assert "metadata" not in shown
    assert "latest_charge" not in shown
