"""Idempotency keys: https://docs.stripe.com/api/idempotent_requests"""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import stripe

from tests.sandbox.conftest import client_of, paid
from tests.standin import StandIn


def _post(
    standin: StandIn, key: str, path: str = "/v1/payment_intents", **form: str
) -> httpx.Response:
    headers = {"Authorization": "Bearer sk_test_sandbox", "Idempotency-Key": key}
    return httpx.post(standin.url + path, data=form, headers=headers, trust_env=False)


def test_the_same_key_gets_the_same_bytes(standin: StandIn, client: stripe.StripeClient) -> None:
    first = _post(standin, "k1", amount="900", currency="usd")
    second = _post(standin, "k1", currency="usd", amount="900")

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert second.headers["Request-Id"] != first.headers["Request-Id"]
    assert len(client.v1.payment_intents.list().data) == 1


def test_another_body_or_endpoint_is_an_idempotency_error(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    _post(standin, "k1", amount="900", currency="usd")

    body = _post(standin, "k1", amount="901", currency="usd")
    endpoint = _post(standin, "k1", "/v1/customers", name="Ada")

    for answer in (body, endpoint):
        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "idempotency_error"
    assert len(client.v1.payment_intents.list().data) == 1
    assert client.v1.customers.list().data == []


def test_a_decline_is_kept_but_a_malformed_request_is_not(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    form = {"amount": "900", "currency": "usd", "confirm": "true"}
    declined = [
        _post(standin, "k1", **form, payment_method="pm_card_chargeDeclined") for _ in range(2)
    ]
    malformed = _post(standin, "k2", amount="nine", currency="usd")
    mended = _post(standin, "k2", amount="900", currency="usd")

    assert [answer.status_code for answer in declined] == [402, 402]
    assert declined[1].headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.charges.list().data) == 1
    assert (malformed.status_code, mended.status_code) == (400, 200)


def test_keys_are_forgotten_after_a_day(standin: StandIn, client: stripe.StripeClient) -> None:
    standin.control("POST", "clock", frozen=True)
    first = _post(standin, "k1", amount="900", currency="usd")
    standin.control("POST", "clock", advance_seconds=24 * 3600 - 1)
    assert _post(standin, "k1", amount="900", currency="usd").content == first.content

    standin.control("POST", "clock", advance_seconds=1)
    later = _post(standin, "k1", amount="900", currency="usd")

    assert later.json()["id"] != first.json()["id"]
    assert len(client.v1.payment_intents.list().data) == 2


def test_thirty_two_at_once_have_one_effect(standin: StandIn, client: stripe.StripeClient) -> None:
    intent = paid(client)

    def refund(_: int) -> httpx.Response:
        return _post(standin, "k1", "/v1/refunds", payment_intent=intent.id, amount="100")

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(refund, range(32)))

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["error"]["code"] == "idempotency_key_in_use"
    assert [one.amount for one in client.v1.refunds.list().data] == [100]


def test_a_key_at_work_is_refused(standin: StandIn, client: stripe.StripeClient) -> None:
    standin.fault("timeout_before", path="/v1/payment_intents", options={"seconds": 1.0})

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(_post, standin, "k1", amount="900", currency="usd")
        while not standin.control("GET", "faults")[0]["fired"]:
            pass
        busy = _post(standin, "k1", amount="900", currency="usd")
        with pytest.raises(httpx.TransportError):
            slow.result()

    assert busy.status_code == 409
    assert client.v1.payment_intents.list().data == []


def test_different_keys_have_an_effect_each(standin: StandIn, client: stripe.StripeClient) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda n: _post(standin, f"k{n}", amount="900", currency="usd"), range(16))
        )

    assert [answer.status_code for answer in answers] == [200] * 16
    assert len({answer.json()["id"] for answer in answers}) == 16


def test_the_sdk_heals_a_lost_answer_by_itself(
    standin: StandIn, client: stripe.StripeClient
) -> None:
    intent = paid(client)
    standin.fault("error_after", path="^/v1/refunds$")

    refund = client_of(standin, retries=2).v1.refunds.create({"payment_intent": intent.id})

    assert refund.status == "succeeded"
    assert len(client.v1.refunds.list().data) == 1
