"""Each plant bends exactly the part of the gateway's history that it names, and in silence."""

from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import paid
from tests.standin import StandIn


@pytest.fixture
def intent(client: stripe.StripeClient) -> stripe.PaymentIntent:
    """One sale of 100.00 that is known here."""
    return paid(client, metadata={"payment_id": "pay_1"})


def _plant(standin: StandIn, kind: str, **said: Any) -> Any:
    return standin.control("POST", f"stripe/plant/{kind}", **said)


def _entries(client: stripe.StripeClient) -> list[tuple[str, int, int, str]]:
    found = client.v1.balance_transactions.list({"limit": 100}).data
    return sorted((one.type, one.amount, one.fee, one.currency) for one in found)


def _events(client: stripe.StripeClient) -> int:
    return len(client.v1.events.list({"limit": 100}).data)


def _charge(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.Charge:
    assert isinstance(intent.latest_charge, stripe.Charge)
    return client.v1.charges.retrieve(intent.latest_charge.id)


def test_without_a_plant_there_is_one_entry_and_it_agrees(
    client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    assert _entries(client) == [("charge", 10_000, 320, "usd")]


def test_a_charge_missing_here_is_dated_and_silent(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    made = _plant(
        standin,
        "charge",
        amount=4_990,
        metadata={"payment_id": "pay_unknown"},
        created="2026-10-01T09:00:00Z",
    )

    entry = client.v1.balance_transactions.retrieve(made["balance_transaction"]["id"])
    assert (entry.amount, entry.fee, entry.created) == (4_990, 175, 1_790_845_200)
    intent = client.v1.payment_intents.retrieve(made["payment_intent"]["id"])
    assert (intent.status, intent.metadata.to_dict()) == (
        "succeeded",
        {"payment_id": "pay_unknown"},
    )
    assert made["charge"]["metadata"] == {"payment_id": "pay_unknown"}
    assert _events(client) == 0


def test_a_plant_tells_the_world_when_asked_to(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    _plant(standin, "charge", amount=900, webhooks=True)

    assert _events(client) == 3


@pytest.mark.parametrize(
    ("way", "status"), [("reopen", "requires_payment_method"), ("keep", "succeeded")]
)
def test_a_charge_missing_there_is_gone_with_its_entry(
    standin: StandIn,
    client: stripe.StripeClient,
    intent: stripe.PaymentIntent,
    way: str,
    status: str,
) -> None:
    charge = _charge(client, intent)
    before = _events(client)

    _plant(standin, "missing_charge", payment_intent=intent.id, intent=way)

    assert _entries(client) == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.charges.retrieve(charge.id)
    assert client.v1.payment_intents.retrieve(intent.id).status == status
    assert _events(client) == before


def test_an_intent_can_vanish_with_its_charge_and_be_restored(
    standin: StandIn, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    made = _plant(standin, "missing_charge", payment_intent=intent.id, intent="hide")
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.retrieve(intent.id)

    for object_id in made["hidden"]:
        _plant(standin, "restore", id=object_id)

    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert _entries(client) == [("charge", 10_000, 320, "usd")]


def test_a_refund_by_hand_is_silent(
    standin: StandIn, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    before = _events(client)

    made = _plant(standin, "refund", payment_intent=intent.id, amount=3_333)
    _plant(standin, "refund", payment_intent=intent.id)

    assert made["refund"]["amount"] == 3_333
    assert _entries(client) == [
        ("charge", 10_000, 320, "usd"),
        ("refund", -6_667, 0, "usd"),
        ("refund", -3_333, 0, "usd"),
    ]
    assert _charge(client, intent).refunded is True
    assert _events(client) == before


def test_a_refund_missing_there_leaves_the_charge_refunded(
    standin: StandIn, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 3_333})

    _plant(standin, "missing_refund", refund=refund.id)

    assert _entries(client) == [("charge", 10_000, 320, "usd")]
    assert client.v1.refunds.list().data == []
    assert _charge(client, intent).amount_refunded == 3_333


def test_an_unrefunded_charge_is_paid_again(
    standin: StandIn, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    refund = client.v1.refunds.create({"payment_intent": intent.id})

    _plant(standin, "unrefund", refund=refund.id)

    charge = _charge(client, intent)
    assert (charge.refunded, charge.amount_refunded) == (False, 0)
    assert _entries(client) == [("charge", 10_000, 320, "usd")]


@pytest.mark.parametrize(
    ("kind", "said", "after"),
    [
        ("amount", {"delta": -100}, (9_900, 320, 9_580, "usd")),
        ("amount", {"amount": 10_001}, (10_001, 320, 9_681, "usd")),
        ("fee", {"fee": 350}, (10_000, 350, 9_650, "usd")),
        ("fee", {"delta": 1}, (10_000, 321, 9_679, "usd")),
        ("currency", {"currency": "eur"}, (10_000, 320, 9_680, "eur")),
    ],
)
def test_an_entry_is_bent_in_one_place(
    standin: StandIn,
    client: stripe.StripeClient,
    intent: stripe.PaymentIntent,
    kind: str,
    said: dict[str, Any],
    after: tuple[int, int, int, str],
) -> None:
    made = _plant(standin, kind, payment_intent=intent.id, **said)

    entry = client.v1.balance_transactions.retrieve(made["after"]["id"])
    assert (entry.amount, entry.fee, entry.net, entry.currency) == after
    assert made["before"]["net"] == 9_680
    assert sum(detail.amount for detail in entry.fee_details) == entry.fee
    assert _charge(client, intent).amount == 10_000


def test_a_duplicate_charge_carries_the_same_metadata(
    standin: StandIn, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    made = _plant(standin, "duplicate_charge", payment_intent=intent.id)

    assert made["charge"]["metadata"] == {"payment_id": "pay_1"}
    assert made["payment_intent"]["id"] != intent.id
    assert _entries(client) == [("charge", 10_000, 320, "usd")] * 2


def test_a_dispute_nobody_told_of(
    standin: StandIn, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    before = _events(client)

    made = _plant(standin, "dispute", payment_intent=intent.id, amount=9_000)

    assert client.v1.disputes.retrieve(made["dispute"]["id"]).amount == 9_000
    assert ("adjustment", -9_000, 1_500, "usd") in _entries(client)
    assert _charge(client, intent).disputed is True
    assert _events(client) == before


def test_an_unknown_category(standin: StandIn, client: stripe.StripeClient) -> None:
    made = _plant(standin, "unknown_category", amount=-77, category="lunar_levy")

    entry = client.v1.balance_transactions.retrieve(made["balance_transaction"]["id"])
    assert (entry.amount, entry.reporting_category, entry.source) == (-77, "lunar_levy", None)


def test_an_entry_whose_source_is_hidden_keeps_the_identifier(
    standin: StandIn, client: stripe.StripeClient, intent: stripe.PaymentIntent
) -> None:
    charge = _charge(client, intent)
    _plant(standin, "hide", id=charge.id)

    (entry,) = client.v1.balance_transactions.list({"expand": ["data.source"]}).data

    assert entry.source == charge.id


def test_a_plant_on_nothing_is_refused(standin: StandIn, client: stripe.StripeClient) -> None:
    for kind, said in (
        ("refund", {"charge": "ch_nobody"}),
        ("amount", {"payment_intent": "pi_nobody", "delta": 1}),
        ("charge", {}),
        ("charge", {"amount": 900, "created": "2026-10-01T09:00:00"}),
        ("meteor", {}),
    ):
        with pytest.raises(RuntimeError):
            _plant(standin, kind, **said)
    assert _entries(client) == []
