"""PayPal's side of the stand-in as a shop calls it; every answer is held to its description."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests import published
from tests.sandbox.conftest import Receiver
from tests.standin import StandIn

CLIENT, SECRET = "client-of-the-tests", "secret-of-the-tests"


class Shop:
    """A shop's server: it holds a token, and checks what it is answered."""

    def __init__(self, standin: StandIn, *, secret: str = SECRET) -> None:
        self.standin = standin
        self.http = httpx.Client(base_url=f"{standin.url}/paypal", timeout=30, trust_env=False)
        self.secret = secret
        self.token = self.log_in().json()["access_token"]

    def log_in(self) -> httpx.Response:
        return self.http.post(
            "/v1/oauth2/token",
            auth=(CLIENT, self.secret),
            data={"grant_type": "client_credentials"},
        )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        full: bool = True,
        **extra: Any,
    ) -> httpx.Response:
        """Call, and compare the answer with what PayPal publishes about it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if full:
            headers["Prefer"] = "return=representation"
        if key:
            headers["PayPal-Request-Id"] = key
        answer = self.http.request(method, path, json=body, headers=headers, **extra)
        if (
            published.FOLDER.is_dir()
            and answer.status_code not in {401, 415, 429, 500}
            and answer.content
        ):
            wrong = published.faults_of_answer(method, path, answer.status_code, answer.json())
            assert wrong == []
        return answer

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, value: str = "100.00", currency: str = "USD", **unit: Any) -> Any:
        """Make an order; the fields of its purchase unit may be given."""
        answer = self.call(
            "POST",
            "/v2/checkout/orders",
            {
                "intent": "CAPTURE",
                "purchase_units": [{"amount": {"currency_code": currency, "value": value}} | unit],
            },
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def approve(self, order_id: str, funding: str = "balance") -> Any:
        return self.standin.control("POST", f"paypal/orders/{order_id}/approve", funding=funding)

    def capture(self, order_id: str, *, key: str | None = None) -> httpx.Response:
        return self.call("POST", f"/v2/checkout/orders/{order_id}/capture", {}, key=key)

    def paid(self, value: str = "100.00", *, funding: str = "balance", **unit: Any) -> Any:
        """Return the capture of an order that was approved and captured."""
        order = self.create(value, **unit)
        self.approve(order["id"], funding)
        answer = self.capture(order["id"])
        assert answer.status_code == 201, answer.text
        return answer.json()["purchase_units"][0]["payments"]["captures"][0]

    def refund(
        self, capture_id: str, value: str | None = None, *, key: str | None = None, **body: Any
    ) -> httpx.Response:
        if value is not None:
            body["amount"] = {"currency_code": body.pop("currency", "USD"), "value": value}
        return self.call(
            "POST",
            f"/v2/payments/captures/{capture_id}/refund",
            body,
            key=key or str(uuid.uuid4()),
        )


@pytest.fixture
def shop(standin: StandIn) -> Iterator[Shop]:
    made = Shop(standin)
    yield made
    made.http.close()


@pytest.fixture
def hooked_shop(shop: Shop, receiver: Receiver) -> Receiver:
    """A receiver that PayPal's events are delivered to, and the identifier they are signed for."""
    answer = shop.call(
        "POST",
        "/v1/notifications/webhooks",
        {"url": receiver.url, "event_types": [{"name": "*"}]},
    )
    assert answer.status_code == 201
    receiver.webhook_id = answer.json()["id"]
    return receiver


def issue(answer: httpx.Response) -> str:
    """Return the one issue that an error names."""
    details = answer.json()["details"]
    assert len(details) == 1
    return str(details[0]["issue"])
