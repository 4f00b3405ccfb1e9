"""What every gateway behind the port does alike when it pays mentors."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from billing.gateways.base import (
    BalanceTooLow,
    GatewayRefused,
    GatewayUnknownOutcome,
    write_or_find,
)
from billing.gateways.payees import PayeeSnapshot, PayeeStatus, TransferSnapshot, TransferStatus
from kernel.ids import uuid7
from tests.contracts.conftest import Ground


def open_payee(ground: Ground, *, state: str = "verified") -> PayeeSnapshot:
    payee = ground.port.create_payee(account_id=uuid7(), country="")
    ground.verify(payee.id, state)
    return ground.port.fetch_payee(payee_id=payee.id)


def pay(ground: Ground, payout_id: UUID, payee_id: str, amount_minor: int) -> TransferSnapshot:
    return ground.port.transfer(
        payout_id=payout_id,
        payee_id=payee_id,
        destination=ground.port.fetch_payee(payee_id=payee_id).destination,
        amount_minor=amount_minor,
        currency="USD",
    )


def test_a_new_payee_is_onboarding_and_carries_our_id(ground: Ground) -> None:
    account_id = uuid7()

    payee = ground.port.create_payee(account_id=account_id, country="")

    assert payee.status == PayeeStatus.ONBOARDING
    assert payee.currency == ("USD" if ground.names_currency_first else "")
    assert payee.account_id == account_id
    assert payee.asked_for != ()


def test_opening_a_payee_twice_opens_one(ground: Ground) -> None:
    account_id = uuid7()

    first = ground.port.create_payee(account_id=account_id, country="DE")
    second = ground.port.create_payee(account_id=account_id, country="DE")

    assert first == second
    assert first.currency == ("EUR" if ground.names_currency_first else "")


def test_a_payee_whose_opening_was_not_answered_is_found_by_our_id(ground: Ground) -> None:
    account_id, now = uuid7(), datetime.now(UTC)
    open_payee(ground)
    ground.lose_answers("payees")

    with pytest.raises(GatewayUnknownOutcome):
        ground.port.create_payee(account_id=account_id, country="")
    found = write_or_find(
        lambda: ground.port.create_payee(account_id=account_id, country=""),
        lambda: ground.port.find_payee(account_id=account_id, created_at=now),
    )

    assert found.account_id == account_id
    assert ground.port.find_payee(account_id=uuid7(), created_at=now) is None


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("verified", PayeeStatus.ACTIVE),
        ("pending", PayeeStatus.ONBOARDING),
        ("restricted", PayeeStatus.RESTRICTED),
    ],
)
def test_the_gateways_checks_decide_the_status(
    ground: Ground, state: str, status: PayeeStatus
) -> None:
    payee = open_payee(ground, state=state)

    assert payee.status == status
    if state != "pending":
        assert bool(payee.asked_for) == (state == "restricted")


def test_a_mentor_is_led_to_the_gateway_and_back(ground: Ground) -> None:
    payee = ground.port.create_payee(account_id=uuid7(), country="")

    link = ground.port.onboarding_link(
        payee_id=payee.id,
        return_url="http://127.0.0.1/done",
        refresh_url="http://127.0.0.1/again",
    )
    answer = httpx.post(link, data=ground.onboarding, trust_env=False)

    assert answer.headers["location"].partition("?")[0] == "http://127.0.0.1/done"
    assert ground.port.fetch_payee(payee_id=payee.id).status == PayeeStatus.ACTIVE


def test_a_transfer_is_paid_and_carries_our_id(ground: Ground) -> None:
    payee, payout_id = open_payee(ground), uuid7()
    ground.fund()

    made = pay(ground, payout_id, payee.id, 8_180)

    assert (made.status, made.amount_minor, made.currency) == (TransferStatus.PAID, 8_180, "USD")
    assert (made.payout_id, made.returned_minor) == (payout_id, 0)
    assert made.payee_id
    assert ground.port.fetch_transfer(transfer_id=made.id) == made


def test_paying_twice_pays_once(ground: Ground) -> None:
    payee, payout_id = open_payee(ground), uuid7()
    ground.fund()

    assert pay(ground, payout_id, payee.id, 500) == pay(ground, payout_id, payee.id, 500)
    with pytest.raises(GatewayRefused):
        pay(ground, payout_id, payee.id, 501)


def test_a_transfer_whose_answer_was_lost_is_found_by_our_id(ground: Ground) -> None:
    payee, payout_id = open_payee(ground), uuid7()
    ground.fund()
    pay(ground, uuid7(), payee.id, 700)
    ground.lose_answers("transfers")

    with pytest.raises(GatewayUnknownOutcome):
        pay(ground, payout_id, payee.id, 500)
    found = ground.port.find_transfer(payout_id=payout_id)

    assert found is not None
    assert (found.payout_id, found.amount_minor) == (payout_id, 500)
    assert ground.port.find_transfer(payout_id=uuid7()) is None


def test_a_payee_that_may_not_receive_is_refused_and_so_is_money_that_is_not_there(
    ground: Ground,
) -> None:
    restricted = open_payee(ground, state="restricted")
    ground.fund(1_000)

    with pytest.raises(BalanceTooLow, match=r"balance|funds") as low:
        pay(ground, uuid7(), open_payee(ground).id, 5_000)
    assert "test card" not in low.value.detail
    if ground.refuses_restricted:
        with pytest.raises(GatewayRefused, match="capabilities"):
            pay(ground, uuid7(), restricted.id, 500)
    else:
        assert pay(ground, uuid7(), restricted.id, 500).status == TransferStatus.FAILED


def test_money_that_came_back_is_seen_in_part_and_in_full(ground: Ground) -> None:
    payee = open_payee(ground)
    ground.fund()
    made = pay(ground, uuid7(), payee.id, 8_180)

    if ground.returns_in_parts:
        ground.send_back(made.id, 2_726)
        part = ground.port.fetch_transfer(transfer_id=made.id)
        assert (part.status, part.returned_minor) == (TransferStatus.PAID, 2_726)
    ground.send_back(made.id, 5_454 if ground.returns_in_parts else 8_180)
    whole = ground.port.fetch_transfer(transfer_id=made.id)

    assert (whole.status, whole.returned_minor) == (TransferStatus.RETURNED, 8_180)
    assert whole.returned_at is not None


def test_the_list_of_movements_names_the_transfer_of_both_directions(ground: Ground) -> None:
    payee, payout_id = open_payee(ground), uuid7()
    ground.fund()
    made = pay(ground, payout_id, payee.id, 8_180)
    ground.send_back(made.id, 8_180)

    now = datetime.now(UTC)
    rows = ground.port.balance_transactions(
        since=now - timedelta(hours=1), until=now + timedelta(hours=1)
    )

    moved = [(row.category, row.amount_minor, row.transfer_id) for row in rows if row.transfer_id]
    assert sorted(moved) == [("transfer", -8_180, made.id), ("transfer_reversal", 8_180, made.id)]


def test_a_payee_that_is_gone_is_not_active_any_more(ground: Ground) -> None:
    payee = open_payee(ground)
    ground.take_away(payee.id)

    assert ground.port.fetch_payee(payee_id=payee.id).status == ground.gone
