"""What every gateway behind the port does alike. The stand-in speaks the real wire protocol."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from billing.gateways.base import (
    BadSignature,
    DisputeStatus,
    Gateway,
    GatewayCallInTransaction,
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
    IntentSnapshot,
    IntentStatus,
    RefundStatus,
)
from kernel.ids import uuid7
from tests.contracts.conftest import Ground


def begin(ground: Ground, payment_id: UUID, *, amount_minor: int = 10_000) -> IntentSnapshot:
    return ground.port.create_intent(
        payment_id=payment_id,
        session_id=UUID(int=payment_id.int ^ 1),
        amount_minor=amount_minor,
        currency="USD",
    )


def paid(ground: Ground, payment_id: UUID) -> IntentSnapshot:
    intent = begin(ground, payment_id)
    ground.pay(intent.id)
    return ground.port.fetch_intent(intent_id=intent.id)


def give_back(
    ground: Ground, intent: IntentSnapshot, refund_id: UUID, *, amount_minor: int
) -> object:
    return ground.port.refund(
        refund_id=refund_id,
        payment_id=UUID(int=refund_id.int ^ 1),
        intent_id=intent.id,
        amount_minor=amount_minor,
        currency="USD",
    )


def test_a_new_intent_waits_for_the_payer_and_carries_our_id(ground: Ground) -> None:
    payment_id = uuid7()

    intent = begin(ground, payment_id)

    assert intent.status == IntentStatus.REQUIRES_ACTION
    assert (intent.amount_minor, intent.received_minor, intent.currency) == (10_000, 0, "USD")
    assert intent.payment_id == payment_id
    assert bool(intent.client_secret) == ground.has_secret
    assert intent.charge_id is None
    assert "client_secret" not in repr(intent)


def test_creating_twice_makes_one_intent(ground: Ground) -> None:
    payment_id = uuid7()

    first = begin(ground, payment_id)
    second = begin(ground, payment_id)

    assert first == second


def test_a_key_cannot_be_used_for_another_amount(ground: Ground) -> None:
    payment_id = uuid7()
    begin(ground, payment_id)

    with pytest.raises(GatewayRefused):
        begin(ground, payment_id, amount_minor=9_999)


def test_a_paid_intent_shows_its_charge_and_what_the_gateway_took(ground: Ground) -> None:
    intent = paid(ground, uuid7())

    assert intent.status == IntentStatus.SUCCEEDED
    assert intent.received_minor == 10_000
    assert intent.charge_id is not None
    assert intent.charged_at is not None
    assert intent.refunds == ()
    moved = intent.balance_transaction
    assert moved is not None
    fee = ground.fee_minor
    assert (moved.amount_minor, moved.fee_minor, moved.net_minor) == (10_000, fee, 10_000 - fee)


def test_a_declined_card_leaves_the_intent_open_and_says_why(ground: Ground) -> None:
    intent = begin(ground, uuid7())

    seen = ground.decline(intent.id)

    assert seen.status == IntentStatus.REQUIRES_ACTION
    assert seen.failure_code == ground.declined
    assert seen.charge_id is None
    ground.pay(intent.id)
    assert ground.port.fetch_intent(intent_id=intent.id).status == IntentStatus.SUCCEEDED


def test_an_intent_is_found_by_our_id_alone(ground: Ground) -> None:
    payment_id = uuid7()
    begin(ground, uuid7())
    intent = begin(ground, payment_id) if ground.lists_unpaid else paid(ground, payment_id)
    begin(ground, uuid7())

    found = ground.port.find_intent(payment_id=payment_id, created_at=intent.created_at)
    missing = ground.port.find_intent(payment_id=uuid7(), created_at=intent.created_at)

    assert found == intent
    assert missing is None


def test_an_unpaid_intent_can_be_cancelled(ground: Ground) -> None:
    payment_id = uuid7()
    intent = begin(ground, payment_id)

    cancelled = ground.port.cancel_intent(intent_id=intent.id, payment_id=payment_id)
    again = ground.port.cancel_intent(intent_id=intent.id, payment_id=payment_id)

    assert cancelled.status == IntentStatus.CANCELLED
    assert again.status == IntentStatus.CANCELLED
    assert ground.port.fetch_intent(intent_id=intent.id).received_minor == 0


def test_cancelling_a_paid_intent_returns_the_money_as_a_fact(ground: Ground) -> None:
    payment_id = uuid7()
    intent = paid(ground, payment_id)

    seen = ground.port.cancel_intent(intent_id=intent.id, payment_id=payment_id)

    assert seen.status == IntentStatus.SUCCEEDED
    assert seen.received_minor == 10_000


def test_a_refund_happens_once_however_often_it_is_ordered(ground: Ground) -> None:
    intent = paid(ground, uuid7())
    refund_id = uuid7()

    first = give_back(ground, intent, refund_id, amount_minor=3_333)
    second = give_back(ground, intent, refund_id, amount_minor=3_333)

    assert first == second
    seen = ground.port.fetch_intent(intent_id=intent.id)
    assert [(refund.refund_id, refund.amount_minor) for refund in seen.refunds] == [
        (refund_id, 3_333)
    ]
    assert seen.refunds[0].status == RefundStatus.SUCCEEDED
    fetched = ground.port.fetch_refund(gateway_refund_id=seen.refunds[0].id)
    assert replace(fetched, intent_id=intent.id) == seen.refunds[0]
    found = ground.port.find_refund(refund_id=refund_id, intent_id=intent.id)
    assert found == seen.refunds[0]


def test_two_equal_refunds_are_two_refunds(ground: Ground) -> None:
    intent = paid(ground, uuid7())

    give_back(ground, intent, uuid7(), amount_minor=2_500)
    give_back(ground, intent, uuid7(), amount_minor=2_500)

    seen = ground.port.fetch_intent(intent_id=intent.id)
    assert [refund.amount_minor for refund in seen.refunds] == [2_500, 2_500]


def test_more_than_was_paid_is_refused(ground: Ground) -> None:
    intent = paid(ground, uuid7())

    with pytest.raises(GatewayRefused):
        give_back(ground, intent, uuid7(), amount_minor=10_001)

    assert ground.port.fetch_intent(intent_id=intent.id).refunds == ()


def test_a_refund_made_at_the_gateway_is_seen_and_is_not_ours(ground: Ground) -> None:
    intent = paid(ground, uuid7())

    ground.refund_there(intent.id, 1_000)

    (seen,) = ground.port.fetch_intent(intent_id=intent.id).refunds
    assert (seen.amount_minor, seen.refund_id) == (1_000, None)


def test_all_refunds_are_seen_where_the_gateway_pages_them(ground: Ground) -> None:
    intent = paid(ground, uuid7())
    for _ in range(12):
        give_back(ground, intent, uuid7(), amount_minor=100)

    seen = ground.port.fetch_intent(intent_id=intent.id)

    assert len(seen.refunds) == 12
    assert len({refund.id for refund in seen.refunds}) == 12


def test_every_movement_of_a_window_is_listed_with_our_ids(ground: Ground) -> None:
    payment_id, refund_id = uuid7(), uuid7()
    intent = paid(ground, payment_id)
    give_back(ground, intent, refund_id, amount_minor=1_000)

    rows = list(
        ground.port.balance_transactions(
            since=intent.created_at, until=datetime.now(UTC) + timedelta(days=1)
        )
    )

    found = {row.category: row for row in rows}
    assert sorted(found) == ["charge", "refund"]
    assert found["charge"].net_minor == 10_000 - ground.fee_minor
    assert found["charge"].intent_id == intent.id
    assert found["charge"].metadata["payment_id"] == intent.metadata["payment_id"]
    assert found["refund"].net_minor == -1_000


def test_a_window_is_half_open(ground: Ground) -> None:
    intent = paid(ground, uuid7())
    assert intent.balance_transaction is not None
    at = intent.balance_transaction.created_at

    before = list(ground.port.balance_transactions(since=at - timedelta(days=1), until=at))

    assert before == []


def test_an_unknown_object_is_a_refusal_and_no_outage(ground: Ground) -> None:
    with pytest.raises(GatewayRefused) as caught:
        ground.port.fetch_intent(intent_id="pi_missing")

    assert caught.value.reason == ground.missing


def test_an_error_before_the_effect_heals_by_itself(ground: Ground) -> None:
    ground.standin.fault("error_before", method="POST", path=f"{ground.intents}$")

    intent = begin(ground, uuid7())

    assert intent.status == IntentStatus.REQUIRES_ACTION


def test_a_gateway_that_is_down_is_unavailable(ground: Ground) -> None:
    ground.standin.fault("error_before", method="GET", path=ground.intents, times=None)

    with pytest.raises(GatewayUnavailable) as caught:
        ground.port.fetch_intent(intent_id="pi_any")

    assert not isinstance(caught.value, GatewayUnknownOutcome)


def test_a_lost_answer_to_a_refund_is_an_unknown_outcome_and_the_key_finds_out(
    ground: Ground,
) -> None:
    intent = paid(ground, uuid7())
    refund_id = uuid7()
    ground.standin.fault("error_after", method="POST", path=ground.refunds, times=3)

    with pytest.raises(GatewayUnknownOutcome):
        give_back(ground, intent, refund_id, amount_minor=1_000)

    found = ground.port.find_refund(refund_id=refund_id, intent_id=intent.id)
    assert found is not None
    assert found.amount_minor == 1_000
    assert len(ground.port.fetch_intent(intent_id=intent.id).refunds) == 1


def test_an_approved_intent_is_captured_once_per_attempt(ground: Ground) -> None:
    payment_id = uuid7()
    intent = begin(ground, payment_id)
    if ground.lists_unpaid:  # this gateway captures by itself
        ground.pay(intent.id)
    else:
        ground.standin.paypal.approve(intent.id)
        assert ground.port.fetch_intent(intent_id=intent.id).status == IntentStatus.APPROVED

    first = ground.port.capture_intent(intent_id=intent.id, payment_id=payment_id, attempt=1)
    again = ground.port.capture_intent(intent_id=intent.id, payment_id=payment_id, attempt=1)
    other = ground.port.capture_intent(intent_id=intent.id, payment_id=payment_id, attempt=2)

    assert (first.status, first.received_minor) == (IntentStatus.SUCCEEDED, 10_000)
    assert first == again == other


CALLS: dict[str, Callable[[Gateway], object]] = {
    "create_intent": lambda port: port.create_intent(
        payment_id=uuid7(), session_id=uuid7(), amount_minor=500, currency="USD"
    ),
    "fetch_intent": lambda port: port.fetch_intent(intent_id="pi_1"),
    "find_intent": lambda port: port.find_intent(payment_id=uuid7(), created_at=datetime.now(UTC)),
    "capture_intent": lambda port: port.capture_intent(
        intent_id="pi_1", payment_id=uuid7(), attempt=1
    ),
    "cancel_intent": lambda port: port.cancel_intent(intent_id="pi_1", payment_id=uuid7()),
    "refund": lambda port: port.refund(
        refund_id=uuid7(), payment_id=uuid7(), intent_id="pi_1", amount_minor=1, currency="USD"
    ),
    "fetch_refund": lambda port: port.fetch_refund(gateway_refund_id="re_1"),
    "find_refund": lambda port: port.find_refund(refund_id=uuid7(), intent_id="pi_1"),
    "create_payee": lambda port: port.create_payee(account_id=uuid7(), country=""),
    "find_payee": lambda port: port.find_payee(account_id=uuid7(), created_at=datetime.now(UTC)),
    "fetch_payee": lambda port: port.fetch_payee(payee_id="acct_1"),
    "onboarding_link": lambda port: port.onboarding_link(
        payee_id="acct_1", return_url="http://127.0.0.1/", refresh_url="http://127.0.0.1/"
    ),
    "transfer": lambda port: port.transfer(
        payout_id=uuid7(),
        payee_id="acct_1",
        destination="acct_1",
        amount_minor=1,
        currency="USD",
    ),
    "fetch_transfer": lambda port: port.fetch_transfer(transfer_id="tr_1"),
    "find_transfer": lambda port: port.find_transfer(payout_id=uuid7()),
    "balance_transactions": lambda port: list(
        port.balance_transactions(since=datetime.now(UTC), until=datetime.now(UTC))
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("call", CALLS)
def test_no_call_is_made_inside_a_transaction(ground: Ground, call: str) -> None:
    with transaction.atomic(), pytest.raises(GatewayCallInTransaction):
        CALLS[call](ground.port)


@pytest.mark.django_db
def test_the_guard_lets_calls_pass_outside_of_one(ground: Ground) -> None:
    """The control: the same call in the same test, whose own transaction does not count."""
    found = ground.port.find_intent(payment_id=uuid7(), created_at=datetime.now(UTC))

    assert found is None


def test_a_forged_webhook_is_refused_without_a_call(ground: Ground) -> None:
    ground.standin.fault("error_before", times=None)  # whatever is asked now would fail

    with pytest.raises(BadSignature):
        ground.port.verify_webhook(body=b'{"id": "evt_1"}', headers={}, now=datetime.now(UTC))


def test_a_dispute_shows_what_it_took_and_what_it_gave_back(ground: Ground) -> None:
    intent = paid(ground, uuid7())
    assert intent.disputes == ()
    dispute_id = ground.dispute(intent.id, amount=10_500, fee=3_000)

    opened = ground.port.fetch_dispute(dispute_id=dispute_id)

    assert opened.status == DisputeStatus.NEEDS_RESPONSE
    assert (opened.amount_minor, opened.currency, opened.reason) == (
        10_500,
        "USD",
        ground.dispute_reason,
    )
    assert (opened.charge_id, opened.intent_id) == (intent.charge_id, intent.id)
    assert opened.due_by is not None
    assert opened.withdrawn is not None
    assert (opened.withdrawn.amount_minor, opened.withdrawn.fee_minor) == (-10_500, 3_000)
    assert opened.reinstated is None

    ground.decide(dispute_id, "won", fee_returned=1_500)

    won = ground.port.fetch_dispute(dispute_id=dispute_id)
    assert won.status == DisputeStatus.WON
    assert won.withdrawn == opened.withdrawn
    assert won.reinstated is not None
    assert (won.reinstated.amount_minor, won.reinstated.fee_minor) == (10_500, -1_500)
    again = ground.port.fetch_intent(intent_id=intent.id)
    assert again.disputed is True
    assert again.disputes == (won,)


def test_an_inquiry_is_shown_and_took_nothing(ground: Ground) -> None:
    intent = paid(ground, uuid7())
    dispute_id = ground.dispute(intent.id, inquiry=True)
    asked = ground.port.fetch_dispute(dispute_id=dispute_id)

    ground.decide(dispute_id, ground.inquiry_ends)

    closed = ground.port.fetch_dispute(dispute_id=dispute_id)
    assert (asked.status, asked.withdrawn) == (DisputeStatus.INQUIRY_NEEDS_RESPONSE, None)
    assert (closed.status, closed.withdrawn) == (DisputeStatus.INQUIRY_CLOSED, None)


def test_a_dispute_that_the_gateway_does_not_know_is_refused(ground: Ground) -> None:
    with pytest.raises(GatewayRefused):
        ground.port.fetch_dispute(dispute_id="dp_nobody")
