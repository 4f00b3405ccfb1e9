"""Each fault strikes when its rule says so, and leaves exactly the effect that it promises."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import Receiver, client_of, paid
from tests.standin import StandIn

INTENTS = "^/v1/payment_intents$"


def _create(client: stripe.StripeClient, key: str | None = None) -> stripe.PaymentIntent:
    options: Any = {"idempotency_key": key} if key else {}
    return client.v1.payment_intents.create({"amount": 900, "currency": "usd"}, options)


def test_without_rules_nothing_strikes(standin: StandIn, client: stripe.StripeClient) -> None:
    for _ in range(20):
        _create(client)

    assert standin.control("GET", "faults") == []
    assert len(client.v1.payment_intents.list({"limit": 100}).data) == 20


@pytest.mark.parametrize("status", [500, 503])
def test_an_error_before_has_no_effect_and_frees_the_key(
    standin: StandIn, client: stripe.StripeClient, status: int
) -> None:
    standin.fault("error_before", path=INTENTS, method="POST", options={"status": status})

    with pytest.raises(stripe.APIError) as failure:
        _create(client, "k1")
    assert failure.value.http_status == status
    assert client.v1.payment_intents.list().data == []
    _create(client, "k1")

    assert len(client.v1.payment_intents.list().data) == 1


def test_a_rate_limit_is_a_429(standin: StandIn, client: stripe.StripeClient) -> None:
    standin.fault("error_before", path=INTENTS, method="POST", options={"status": 429})

    with pytest.raises(stripe.RateLimitError):
        _create(client)


def test_an_error_after_has_its_effect_and_the_key_replays_the_success(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.fault("error_after", path=INTENTS, method="POST")

    with pytest.raises(stripe.APIError):
        _create(client, "k1")
    (made,) = client.v1.payment_intents.list().data
    retried = _create(client, "k1")

    assert retried.id == made.id
    assert len(client.v1.payment_intents.list().data) == 1


def test_a_sticky_error_is_replayed_as_stripe_documents(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.fault("error_after", path=INTENTS, method="POST", options={"sticky": True})

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            _create(client, "k1")

    assert len(client.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize(("kind", "effects"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_timeout_gives_no_answer(
    standin: StandIn, client: stripe.StripeClient, kind: str, effects: int
) -> None:
    standin.fault(kind, path=INTENTS, method="POST", options={"seconds": 0.1})

    with pytest.raises(stripe.APIConnectionError):
        _create(client, "k1")
    assert len(client.v1.payment_intents.list().data) == effects
    _create(client, "k1")

    assert len(client.v1.payment_intents.list().data) == 1


def test_a_slow_answer_holds_up_nobody_else(standin: StandIn, client: stripe.StripeClient) -> None:
    standin.fault("timeout_before", path=INTENTS, method="POST", options={"seconds": 1.0})

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(_create, client)
        other = client_of(standin).v1.customers.create({"name": "Ada"})
        assert not slow.done()
        with pytest.raises(stripe.APIConnectionError):
            slow.result()

    assert other.name == "Ada"


def test_a_slow_answer_is_overtaken_by_its_webhook(
    standin: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    standin.fault("slow_after", path=INTENTS, method="POST", options={"seconds": 1.0})

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(_create, client)
        (event,) = hooked.wait_for(1)
        assert not slow.done()
        intent = slow.result()

    assert event.data.object["id"] == intent.id


def test_a_wrong_amount_is_charged_and_shows(standin: StandIn, client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 10_000, "currency": "usd"})
    standin.fault("wrong_amount", path="/confirm$", options={"delta": -1})

    confirmed = client.v1.payment_intents.confirm(
        intent.id,
        {"payment_method": "pm_card_visa", "expand": ["latest_charge.balance_transaction"]},
    )

    assert (confirmed.amount, confirmed.amount_received) == (10_000, 9_999)
    assert isinstance(confirmed.latest_charge, stripe.Charge)
    assert isinstance(confirmed.latest_charge.balance_transaction, stripe.BalanceTransaction)
    assert confirmed.latest_charge.balance_transaction.amount == 9_999


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({}, [1]),
        ({"nth": 3}, [3]),
        ({"every": 2, "times": None}, [2, 4, 6]),
        ({"every": 2, "times": 2}, [2, 4]),
        ({"times": None}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_rule_strikes_by_count(
    standin: StandIn, client: stripe.StripeClient, match: dict[str, Any], struck: list[int]
) -> None:
    standin.fault("error_before", path=INTENTS, method="POST", **match)

    assert _failures(client, 6) == struck


def test_a_probability_repeats_with_its_seed(standin: StandIn, client: stripe.StripeClient) -> None:
    runs = []
    for _ in range(2):
        standin.reset()
        standin.fault(
            "error_before", path=INTENTS, method="POST", probability=0.5, seed=7, times=None
        )
        runs.append(_failures(client, 20))

    assert runs[0] == runs[1]
    assert 0 < len(runs[0]) < 20


def test_a_rule_leaves_other_paths_and_methods_alone(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    standin.fault("error_before", path=INTENTS, method="POST")

    client.v1.payment_intents.list()
    client.v1.customers.create({"name": "Ada"})

    (rule,) = standin.control("GET", "faults")
    assert (rule["seen"], rule["fired"]) == (0, 0)
    assert standin.control("DELETE", f"faults/{rule['id']}") == {"removed": 1}
    paid(client)


@pytest.mark.parametrize(
    "rule",
    [
        {"fault": {"kind": "meteor"}},
        {"fault": {}},
        {"match": {"pth": "x"}, "fault": {"kind": "lose"}},
        {"match": {"event": "x"}, "fault": {"kind": "lose"}, "times": None},
        {"match": {"path": "("}, "fault": {"kind": "error_before"}},
        {"match": {"path": "/v1"}, "fault": {"kind": "lose"}},
        {"match": [], "fault": {"kind": "lose"}},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(standin: StandIn, rule: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError):
        standin.control("POST", "faults", **rule)

    assert standin.control("GET", "faults") == []


def _failures(client: stripe.StripeClient, calls: int) -> list[int]:
    failed = []
    for call in range(1, calls + 1):
        try:
            _create(client)
        except stripe.APIError:
            failed.append(call)
    return failed
