"""Whatever happens to it, the gateway's own history adds up. Seeded random paths."""

import random
from collections.abc import Callable

import pytest
import stripe

from tests.sandbox.conftest import paid
from tests.standin import StandIn

CARDS = [
    "pm_card_visa",
    "pm_card_chargeDeclined",
    "pm_card_pendingRefund",
    "pm_card_refundFail",
    "pm_card_createDispute",
    "pm_card_authenticationRequired",
    "pm_card_bypassPending",
    "pm_usBankAccount_success",
    "pm_usBankAccount_insufficientFunds",
]
_TAKEN = {"pending", "succeeded"}


def _acts(
    standin: StandIn, client: stripe.StripeClient, chance: random.Random
) -> list[Callable[[], object]]:
    """Return what may happen next, the frequent things several times."""
    intents = [paid(client).id]

    def pay() -> None:
        intents.append(paid(client, chance.randint(50, 20_000), card=chance.choice(CARDS)).id)

    def refund() -> None:
        amount = chance.randint(1, 9_000)
        client.v1.refunds.create({"payment_intent": chance.choice(intents), "amount": amount})

    def wait() -> None:
        standin.control("POST", "clock", advance_seconds=chance.choice([1, 5, 86_400]))

    def decide() -> None:
        found = client.v1.disputes.list({"limit": 100}).data
        waiting = [dispute.id for dispute in found if dispute.status == "needs_response"]
        if waiting:
            path = f"stripe/disputes/{chance.choice(waiting)}/decide"
            standin.control("POST", path, outcome=chance.choice(["won", "lost"]))

    def sweep() -> None:
        standin.control("POST", "stripe/payouts")

    def pay_out() -> None:
        available = client.v1.balance.retrieve().available[0].amount
        client.v1.payouts.create({"amount": max(1, available // 2), "currency": "usd"})

    return [pay, pay, pay, refund, refund, refund, wait, decide, sweep, pay_out]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_random_paths_add_up(standin: StandIn, client: stripe.StripeClient, seed: int) -> None:
    chance = random.Random(seed)
    standin.control("POST", "clock", frozen=True)
    acts = _acts(standin, client, chance)
    refused = 0
    for _ in range(150):
        try:
            chance.choice(acts)()
        except (stripe.CardError, stripe.InvalidRequestError):
            refused += 1

    everything = {"limit": 100}
    charges = list(client.v1.charges.list(everything).auto_paging_iter())  # type: ignore[arg-type]
    refunds = list(client.v1.refunds.list(everything).auto_paging_iter())  # type: ignore[arg-type]
    entries = list(client.v1.balance_transactions.list(everything).auto_paging_iter())  # type: ignore[arg-type]
    booked: dict[object, int] = {}
    for entry in entries:
        assert entry.net == entry.amount - entry.fee
        booked[entry.source] = booked.get(entry.source, 0) + entry.amount
    assert 0 < refused < 150
    for charge in charges:
        alive = [one for one in refunds if one.charge == charge.id and one.status in _TAKEN]
        assert sum(one.amount for one in alive) == charge.amount_refunded
        assert charge.amount_refunded <= charge.amount
        assert booked.get(charge.id, 0) == (charge.amount if charge.paid else 0)
    for refund in refunds:
        assert booked[refund.id] == (-refund.amount if refund.status in _TAKEN else 0)
    balance = client.v1.balance.retrieve()
    assert sum(entry.net for entry in entries) == (
        balance.available[0].amount + balance.pending[0].amount
    )
