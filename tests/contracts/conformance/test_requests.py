"""What leaves the adapters is what the gateways say they take."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from tests import published
from tests.contracts.conformance import drive, paypal_description, stripe_description, stripe_types
from tests.contracts.conformance.wire import Sent, Tap
from tests.contracts.conftest import GROUNDS
from tests.standin import StandIn

needs_stripes = pytest.mark.skipif(
    not (published.FOLDER / stripe_description.FILE).is_file(),
    reason=f"Stripe's published description is not here: {published.FOLDER}",
)


def _everything(name: str, overheard: Tap, standin: StandIn) -> list[Sent]:
    drive.everything(GROUNDS[name](standin))
    assert {one.gateway for one in overheard.sent} == {name}
    return overheard.sent


def _report(looked_at: list[tuple[Sent, list[str]]]) -> set[str]:
    return {f"{sent}: {fault}" for sent, faults in looked_at for fault in faults}


def test_every_method_of_stripes_port_sends_what_the_sdk_has_types_for(
    overheard: Tap, standin: StandIn
) -> None:
    sent = _everything("stripe", overheard, standin)

    assert _report([(one, stripe_types.faults(one)) for one in sent]) == set()
    assert {one.by for one in sent} == drive.methods()
    versions = {one.headers["stripe-version"] for one in sent}
    assert versions == {"2026-10-28.endive"}
    assert all(one.headers.get("idempotency-key") for one in sent if one.method == "POST")


@needs_stripes
def test_stripes_published_description_knows_them_but_for_the_younger_ones(
    overheard: Tap, standin: StandIn
) -> None:
    sent = _everything("stripe", overheard, standin)

    looked_at = [(one, *stripe_description.faults(one)) for one in sent]

    assert _report([(one, faults) for one, faults, _ in looked_at]) == set()
    used = {entry for _, _, excused in looked_at for entry in excused}
    assert used == stripe_description.YOUNGER.keys(), "an entry that nothing needs any more"


@published.needs_descriptions
def test_every_method_of_paypals_port_sends_what_paypal_publishes(
    overheard: Tap, standin: StandIn
) -> None:
    sent = _everything("paypal", overheard, standin)

    looked_at = [(one, *paypal_description.faults(one)) for one in sent]

    assert _report([(one, faults) for one, faults, _ in looked_at]) == set()
    silent = {method for gateway, method in drive.SILENT if gateway == "paypal"}
    assert {one.by for one in sent} == drive.methods() - silent
    writes = [one for one in sent if one.method == "POST" and one.path != "/v1/oauth2/token"]
    unkeyed = {one.by for one in writes if "paypal-request-id" not in one.headers}
    assert unkeyed == drive.UNKEYED.keys()
    used = {entry for _, _, excused in looked_at for entry in excused}
    assert used == paypal_description.UNPUBLISHED.keys(), "an entry that nothing needs any more"


def _stripe_form(path: str, form: dict[str, str]) -> Sent:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return Sent("stripe", "-", "POST", path, "", headers, urlencode(form).encode())


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ({"colour": "red"}, "[colour]: unknown"),
        ({"amount": "12.5"}, "[amount]: '12.5' is no int"),
        ({"capture_method": "sometimes"}, "[capture_method]: 'sometimes' is not one of the words"),
        ({"automatic_payment_methods[allow_redirects]": "always"}, "[enabled]: missing"),
        ({"metadata[payment_id]": "x" * 501}, "[metadata][payment_id]: too long"),
    ],
)
def test_a_bad_parameter_is_reported_by_the_types(planted: dict[str, str], said: str) -> None:
    good = {"amount": "1000", "currency": "usd"}
    assert stripe_types.faults(_stripe_form("/v1/payment_intents", good)) == []

    found = stripe_types.faults(_stripe_form("/v1/payment_intents", good | planted))

    assert len(found) == 1
    assert found[0].endswith(said)


def test_an_operation_without_types_is_reported() -> None:
    assert stripe_types.faults(_stripe_form("/v1/coupons", {})) != []


@needs_stripes
def test_a_bad_parameter_is_reported_by_stripes_description() -> None:
    good = {"charge": "ch_1", "amount": "100", "reason": "duplicate"}
    assert stripe_description.faults(_stripe_form("/v1/refunds", good)) == ([], set())

    for planted in ({"reason": "boredom"}, {"colour": "red"}, {"amount": "much"}):
        faults, _ = stripe_description.faults(_stripe_form("/v1/refunds", good | planted))
        assert len(faults) == 1, planted
    nowhere, _ = stripe_description.faults(_stripe_form("/v1/nowhere", {}))
    assert nowhere == ["the description has no POST /v1/nowhere"]


@published.needs_descriptions
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"body": b'{"amount": {"currency_code": "USD"}}'}, "'value' is a required property"),
        ({"body": b'{"colour": "red"}'}, "/colour: not in the description"),
        ({"body": b'{"note_to_payer": ""}'}, "should be non-empty"),
        ({"body": b"no json"}, "body: no JSON"),
        ({"query": "page=1"}, "query page: not in the description"),
        ({"headers": {"paypal-wish-id": "1"}}, "header paypal-wish-id: not in the description"),
        ({"path": "/v2/payments/captures/X/undo"}, "no description has POST"),
    ],
)
def test_a_bad_parameter_is_reported_by_paypals_description(
    change: dict[str, object], said: str
) -> None:
    good = Sent(
        gateway="paypal",
        by="refund",
        method="POST",
        path="/v2/payments/captures/2GG279541U471931P/refund",
        query="",
        headers={"content-type": "application/json", "paypal-request-id": "refund:1"},
        body=b'{"amount": {"currency_code": "USD", "value": "1.00"}}',
    )
    assert paypal_description.faults(good) == ([], set())
    headers = change.get("headers")
    if isinstance(headers, dict):
        change = change | {"headers": good.headers | headers}

    faults, _ = paypal_description.faults(replace(good, **change))  # type: ignore[arg-type]

    assert len(faults) == 1
    assert said in faults[0]
