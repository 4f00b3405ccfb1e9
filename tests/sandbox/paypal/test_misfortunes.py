"""Faults strike PayPal's calls too: before the effect, after it, in its amount, in the webhooks."""

import json

import httpx
import pytest

from tests.sandbox.conftest import Receiver, until
from tests.sandbox.paypal.conftest import Shop
from tests.standin import StandIn

CAPTURE = "^/paypal/v2/checkout/orders/[^/]+/capture$"


def _captures(shop: Shop, order: str) -> int:
    unit = shop.get(f"/v2/checkout/orders/{order}")["purchase_units"][0]
    return len(unit.get("payments", {}).get("captures", []))


def _approved(shop: Shop) -> str:
    order = str(shop.create()["id"])
    shop.approve(order)
    return order


def test_an_answer_that_is_lost_before_or_after_heals_under_the_same_key(
    shop: Shop, standin: StandIn
) -> None:
    for kind, made in (("error_before", 0), ("error_after", 1)):
        order = _approved(shop)
        standin.fault(kind, path=CAPTURE)

        lost = shop.capture(order, key="capture:1")

        assert (lost.status_code, lost.json()["name"]) == (500, "INTERNAL_SERVER_ERROR")
        assert _captures(shop, order) == made
        assert shop.capture(order, key="capture:1").status_code in {200, 201}
        assert _captures(shop, order) == 1


def test_a_rate_limit_and_a_token_endpoint_that_is_down(shop: Shop, standin: StandIn) -> None:
    order = _approved(shop)
    standin.fault("error_before", path=CAPTURE, options={"status": 429})
    standin.fault("error_before", path="^/paypal/v1/oauth2/token$", options={"status": 503})

    assert shop.capture(order).json()["name"] == "RATE_LIMIT_REACHED"
    assert (shop.log_in().status_code, shop.log_in().status_code) == (503, 200)


def test_silence_after_the_effect(shop: Shop, standin: StandIn) -> None:
    order = _approved(shop)
    standin.fault("timeout_after", path=CAPTURE, options={"seconds": 0.1})

    with pytest.raises(httpx.RemoteProtocolError):
        shop.capture(order, key="capture:1")

    assert _captures(shop, order) == 1


def test_a_capture_of_another_amount(shop: Shop, standin: StandIn) -> None:
    standin.fault("wrong_amount", path=CAPTURE, options={"delta": -100})

    assert shop.paid("100.00")["amount"]["value"] == "99.00"


def test_what_was_answered_outlives_a_crash(mortal: StandIn) -> None:
    shop = Shop(mortal)
    order = _approved(shop)
    mortal.fault("crash_after", path=CAPTURE)
    with pytest.raises(httpx.HTTPError):
        shop.capture(order, key="capture:1")
    mortal.stop(kill=True)
    mortal.start()

    again = shop.capture(order, key="capture:1")

    assert again.status_code == 200
    assert _captures(shop, order) == 1
    shop.http.close()


def test_webhooks_are_lost_and_doubled(shop: Shop, standin: StandIn, hooked_shop: Receiver) -> None:
    standin.fault("lose", event=r"^CHECKOUT\.ORDER\.APPROVED$")
    standin.fault("duplicate", event=r"^PAYMENT\.CAPTURE\.COMPLETED$")

    shop.paid()

    until(lambda: len(hooked_shop.received) == 3)
    kinds = sorted(json.loads(body)["event_type"] for _, body in hooked_shop.received)
    assert kinds == ["CHECKOUT.ORDER.COMPLETED", *["PAYMENT.CAPTURE.COMPLETED"] * 2]
