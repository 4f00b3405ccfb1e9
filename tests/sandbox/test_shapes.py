"""Answers beside the gateway's published description, and beside its own example objects.

The description is of API 2023-08-16, older than the one spoken here: what changed since is named
below, object by object. The documents are not part of the project; without them this is skipped.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import stripe
import yaml

from sandbox.stripe.operations import ROUTES
from tests.sandbox.conftest import paid
from tests.standin import ROOT, StandIn

SPECS = ROOT.parent / "shared" / "specs"
DESCRIPTION = SPECS / "stripe-spec3-2023-08-16.yaml"
EXAMPLES = SPECS / "stripe-fixtures3.json"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DESCRIPTION.exists(), reason="../shared/specs is not here"),
]

# Values that are younger than the description of 2023-08-16.
YOUNGER = {
    ("payment_intent", "capture_method"): "automatic_async",
}
# Keys of the example objects that come only when they are expanded.
LEFT_OUT = {
    "charge": {"refunds"},
}


@pytest.fixture(scope="module")
def description() -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(DESCRIPTION.read_text(), Loader=loader)


@pytest.fixture(scope="module")
def examples() -> Any:
    return json.loads(EXAMPLES.read_text())["resources"]


@pytest.fixture
def answers(standin: StandIn, client: stripe.StripeClient) -> dict[str, Any]:
    """One real answer per kind of money object, as raw JSON."""
    standin.control("POST", "clock", frozen=True)
    account = client.v1.accounts.create(
        {"type": "express", "capabilities": {"transfers": {"requested": True}}}
    )
    standin.control("POST", f"stripe/accounts/{account.id}/verify", state="verified")
    intent = paid(client, card="pm_card_bypassPending", metadata={"payment_id": "pay_1"})
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    transfer = client.v1.transfers.create(
        {"amount": 3_000, "currency": "usd", "destination": account.id}
    )
    reversal = client.v1.transfers.reversals.create(transfer.id, {"amount": 1_000})
    payout = client.v1.payouts.create({"amount": 100, "currency": "usd"})
    dispute = standin.control("POST", "stripe/disputes", payment_intent=intent.id)
    customer = client.v1.customers.create({"email": "ada@example.com"})
    endpoint = client.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/", "enabled_events": ["charge.failed"]}
    )
    event = client.v1.events.list({"limit": 1}).data[0]
    paths = {
        "account": f"accounts/{account.id}",
        "balance": "balance",
        "balance_transaction": f"balance_transactions/{refund.balance_transaction}",
        "charge": f"charges/{charge.id}",
        "customer": f"customers/{customer.id}",
        "dispute": f"disputes/{dispute['id']}",
        "event": f"events/{event.id}",
        "payment_intent": f"payment_intents/{intent.id}",
        "payment_method": f"payment_methods/{charge.payment_method}",
        "payout": f"payouts/{payout.id}",
        "refund": f"refunds/{refund.id}",
        "transfer": f"transfers/{transfer.id}",
        "transfer_reversal": f"transfers/{transfer.id}/reversals/{reversal.id}",
        "webhook_endpoint": f"webhook_endpoints/{endpoint.id}",
    }
    headers = {"Authorization": "Bearer sk_test_sandbox"}
    with httpx.Client(headers=headers, trust_env=False) as http:
        return {kind: http.get(f"{standin.url}/v1/{path}").json() for kind, path in paths.items()}


def _strict(node: Any) -> Any:
    """Turn OpenAPI 3.0 into JSON Schema: `nullable` becomes a type, references stay."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _strict(value) for key, value in node.items() if not key.startswith("x-")}
    made.pop("nullable", None)
    if node.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


def _problems(description: Any, kind: str, answer: Any) -> Iterator[str]:
    schema = {
        "$ref": f"#/components/schemas/{kind}",
        "components": {"schemas": description["schemas"]},
    }
    for problem in jsonschema.Draft202012Validator(schema).iter_errors(answer):
        where = ".".join(str(part) for part in problem.absolute_path)
        if YOUNGER.get((kind, where)) == problem.instance:
            continue
        yield f"{kind}.{where}: {problem.message[:200]}"


@pytest.fixture(scope="module")
def schemas(description: Any) -> Any:
    return {"schemas": _strict(description["components"]["schemas"])}


def test_answers_fit_the_published_description(answers: dict[str, Any], schemas: Any) -> None:
    problems = [
        problem for kind, answer in answers.items() for problem in _problems(schemas, kind, answer)
    ]

    assert problems == []


def test_a_wrong_shape_does_not_fit(answers: dict[str, Any], schemas: Any) -> None:
    charge = answers["charge"]

    for wrong in (
        charge | {"status": "payed"},
        charge | {"amount": "100"},
        {key: value for key, value in charge.items() if key != "currency"},
    ):
        assert list(_problems(schemas, "charge", wrong)) != []


def test_answers_have_every_key_of_the_gateways_examples(
    answers: dict[str, Any], examples: Any
) -> None:
    missing = {
        kind: sorted(examples[kind].keys() - answer.keys() - LEFT_OUT.get(kind, set()))
        for kind, answer in answers.items()
        if kind != "account"  # an account's answer is as wide as its capabilities
    }

    assert {kind: keys for kind, keys in missing.items() if keys} == {}


def test_every_operation_is_one_of_the_gateways(description: Any) -> None:
    published = {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path))
        for path, methods in description["paths"].items()
        for method in methods
    }

    carried = {(method, re.sub(r"\{\w+\}", "{}", path)) for method, path in ROUTES.templates()}

    assert carried - published == set()
    assert len(carried) > 50
