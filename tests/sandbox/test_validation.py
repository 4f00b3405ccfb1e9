"""What the real gateway would refuse is refused here, in its words, and nothing changes."""

from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.conftest import client_of, paid
from tests.standin import StandIn


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amont": 100}, "parameter_unknown", "amont"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        (
            {"automatic_payment_methods": {"enabled": True, "foo": 1}},
            "parameter_unknown",
            "automatic_payment_methods[foo]",
        ),
        ({"amount": "ten"}, "parameter_invalid_integer", "amount"),
        ({"amount": "10.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"currency": "USD"}, None, "currency"),
        ({"currency": "xyz"}, None, "currency"),
        ({"capture_method": "automatik"}, None, "capture_method"),
        ({"confirm": "yes"}, None, "confirm"),
        ({"description": ""}, "parameter_invalid_empty", "description"),
        ({"metadata": "text"}, None, "metadata"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, None, "metadata"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"payment_method": "pm_nobody"}, "resource_missing", "payment_method"),
        ({"transfer_data": {"destination": "acct_1"}}, None, "transfer_data"),
        ({"return_url": "http://127.0.0.1/"}, None, "return_url"),
    ],
)
def test_a_malformed_intent_is_refused(
    client: stripe.StripeClient, params: dict[str, Any], code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.create({"amount": 900, "currency": "usd"} | params)  # type: ignore[arg-type]

    assert (refusal.value.http_status, refusal.value.code) == (400, code)
    assert refusal.value.param == param
    assert refusal.value.request_id is not None
    assert client.v1.payment_intents.list().data == []
    assert client.v1.events.list().data == []


@pytest.mark.parametrize("missing", ["amount", "currency"])
def test_a_missing_parameter_is_named(client: stripe.StripeClient, missing: str) -> None:
    params: Any = {"amount": 900, "currency": "usd"}
    del params[missing]

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.payment_intents.create(params)

    assert (refusal.value.code, refusal.value.param) == ("parameter_missing", missing)


def test_other_operations_are_validated_too(client: stripe.StripeClient) -> None:
    v1 = client.v1
    calls: list[tuple[Any, Any]] = [
        (v1.refunds.create, {"reason": "because"}),
        (v1.refunds.create, {"amount": "x"}),
        (v1.balance_transactions.list, {"created": {"since": 5}}),
        (v1.balance_transactions.list, {"kind": "charge"}),
        (v1.events.list, {"created": "yesterday"}),
        (v1.webhook_endpoints.create, {"url": "http://x", "enabled_events": ["charge.payed"]}),
        (v1.webhook_endpoints.create, {"url": "gopher://x", "enabled_events": ["*"]}),
        (v1.account_links.create, {"account": "acct_1", "type": "onboarding"}),
        (v1.payouts.create, {"amount": 1, "currency": "usd", "method": "pigeon"}),
    ]

    for call, params in calls:
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            call(params)
        assert refusal.value.http_status == 400
    assert v1.webhook_endpoints.list().data == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("sk_live_real", "no live key"),
        ("nonsense", "Invalid API Key"),
        ("sk_test_", "Invalid API Key"),
    ],
)
def test_a_wrong_key_is_a_401(standin: StandIn, key: str, words: str) -> None:
    with pytest.raises(stripe.AuthenticationError, match=words):
        client_of(standin, key).v1.payment_intents.list()


def test_no_key_and_unknown_paths_are_refused_in_stripes_shape(standin: StandIn) -> None:
    key = {"Authorization": "Bearer sk_test_x"}

    without = httpx.get(f"{standin.url}/v1/charges", trust_env=False)
    basic = httpx.get(f"{standin.url}/v1/charges", auth=("sk_test_x", ""), trust_env=False)
    unknown = httpx.get(f"{standin.url}/v1/chargez", headers=key, trust_env=False)
    version = httpx.get(
        f"{standin.url}/v1/charges", headers=key | {"Stripe-Version": "latest"}, trust_env=False
    )

    assert (without.status_code, basic.status_code) == (401, 200)
    assert (unknown.status_code, version.status_code) == (404, 400)
    for answer in (without, unknown, version):
        assert answer.json()["error"]["type"] == "invalid_request_error"
        assert answer.headers["Request-Id"].startswith("req_")


def test_brackets_that_do_not_nest_are_refused(standin: StandIn) -> None:
    for body in ("metadata[a=1", "[a]=1", "metadata[a]=1&metadata[a][b]=2", "a[][b]=1"):
        answer = httpx.post(
            f"{standin.url}/v1/customers",
            content=body,
            headers={"Authorization": "Bearer sk_test_x"},
            trust_env=False,
        )
        assert answer.status_code == 400, body


def test_an_unknown_object_is_a_404(client: stripe.StripeClient) -> None:
    for call in (
        client.v1.payment_intents.retrieve,
        client.v1.charges.retrieve,
        client.v1.refunds.retrieve,
        client.v1.balance_transactions.retrieve,
        client.v1.disputes.retrieve,
        client.v1.events.retrieve,
        client.v1.transfers.retrieve,
        client.v1.payouts.retrieve,
    ):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            call("xx_nobody")
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_an_identifier_of_another_kind_is_not_found(client: stripe.StripeClient) -> None:
    intent = paid(client)

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.charges.retrieve(intent.id)
