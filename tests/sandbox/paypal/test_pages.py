"""The payer's page and the browser script, as a browser without a screen sees them."""

import httpx

from tests.sandbox.paypal.conftest import Shop
from tests.standin import StandIn


def _page_of(shop: Shop, **context: str) -> tuple[str, str]:
    body = {
        "intent": "CAPTURE",
        "purchase_units": [
            {"amount": {"currency_code": "USD", "value": "80.00"}, "description": "Session <1>"}
        ],
        "application_context": context,
    }
    order = shop.call("POST", "/v2/checkout/orders", body).json()
    return order["id"], next(one["href"] for one in order["links"] if one["rel"] == "approve")


def test_the_payer_says_yes_on_a_page_and_is_led_back(shop: Shop) -> None:
    order, url = _page_of(shop, return_url="http://127.0.0.1/back?x=1", cancel_url="http://c.d/no")

    asked = shop.http.get(url)
    said = shop.http.post(url, data={"answer": "approve", "funding": "balance"})

    assert "Session &lt;1&gt;" in asked.text
    assert "Pay 80.00 USD" in asked.text
    assert "default-src 'none'" in asked.headers["Content-Security-Policy"]
    assert f'data-order="{order}" data-outcome="approve"' in said.text
    assert f"http://127.0.0.1/back?x=1&amp;token={order}&amp;PayerID=" in said.text
    assert shop.get(f"/v2/checkout/orders/{order}")["status"] == "APPROVED"


def test_a_no_leaves_the_order_as_it_is(shop: Shop) -> None:
    order, url = _page_of(shop)

    said = shop.http.post(url, data={"answer": "cancel"})

    assert f'data-order="{order}" data-outcome="cancel"' in said.text
    assert shop.get(f"/v2/checkout/orders/{order}")["status"] == "CREATED"


def test_forms_come_from_loopback_and_orders_must_exist(shop: Shop) -> None:
    order, url = _page_of(shop)

    foreign = shop.http.post(url, data={"answer": "approve"}, headers={"Origin": "https://e.com"})
    unknown = shop.http.get("/checkoutnow", params={"token": "NONE"})

    assert (foreign.status_code, unknown.status_code) == (403, 404)
    assert shop.get(f"/v2/checkout/orders/{order}")["status"] == "CREATED"


def test_the_script_wants_a_client_id(standin: StandIn) -> None:
    with httpx.Client(base_url=standin.url, trust_env=False) as browser:
        script = browser.get("/paypal/sdk/js", params={"client-id": "any", "currency": "USD"})
        without = browser.get("/paypal/sdk/js")

    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "window.paypal =" in script.text
    assert without.status_code == 400
