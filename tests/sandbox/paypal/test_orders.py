"""Orders: created, approved by the payer, captured; and what the stand-in refuses."""

import re

import pytest

from tests.sandbox.conftest import Receiver
from tests.sandbox.paypal.conftest import Shop, issue
from tests.standin import StandIn


def test_an_order_is_approved_and_captured_with_its_fee(shop: Shop) -> None:
    order = shop.create("100.00", custom_id="pay_1", invoice_id="pay_1")
    assert (order["status"], [link["rel"] for link in order["links"]]) == (
        "CREATED",
        ["self", "approve", "capture"],
    )

    shop.approve(order["id"])
    answer = shop.capture(order["id"])

    assert answer.status_code == 201
    assert answer.json()["status"] == "COMPLETED"
    capture = shop.get(f"/v2/checkout/orders/{order['id']}")["purchase_units"][0]["payments"][
        "captures"
    ][0]
    assert re.fullmatch(r"[0-9A-Z]{17}", capture["id"])
    assert (capture["status"], capture["custom_id"], capture["invoice_id"]) == (
        "COMPLETED",
        "pay_1",
        "pay_1",
    )
    # 3.49 % of 100.00 and 0.49
    assert capture["seller_receivable_breakdown"] == {
        "gross_amount": {"currency_code": "USD", "value": "100.00"},
        "paypal_fee": {"currency_code": "USD", "value": "3.98"},
        "net_amount": {"currency_code": "USD", "value": "96.02"},
    }
    found = shop.get(f"/v2/payments/captures/{capture['id']}")
    assert found["supplementary_data"]["related_ids"]["order_id"] == order["id"]


@pytest.mark.parametrize(
    ("value", "currency", "fee"),
    [
        ("5000", "JPY", "224"),
        ("10000", "HUF", "498"),
        ("1000", "TWD", "49"),
        ("20.00", "EUR", "1.09"),
    ],
)
def test_currencies_without_decimals_are_written_without(
    shop: Shop, value: str, currency: str, fee: str
) -> None:
    order = shop.create(value, currency)
    shop.approve(order["id"])

    capture = shop.capture(order["id"]).json()["purchase_units"][0]["payments"]["captures"][0]

    assert capture["amount"] == {"currency_code": currency, "value": value}
    assert capture["seller_receivable_breakdown"]["paypal_fee"]["value"] == fee


def test_nothing_is_captured_before_the_payer_says_yes(shop: Shop) -> None:
    order = shop.create()

    answer = shop.capture(order["id"])

    assert (answer.status_code, issue(answer)) == (422, "ORDER_NOT_APPROVED")
    assert shop.get(f"/v2/checkout/orders/{order['id']}")["status"] == "CREATED"


def test_an_order_is_captured_once(shop: Shop) -> None:
    order = shop.create()
    shop.approve(order["id"])
    first = shop.capture(order["id"], key="capture:1")

    again, other = shop.capture(order["id"], key="capture:1"), shop.capture(order["id"], key="x")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == order["id"]
    assert (other.status_code, issue(other)) == (422, "ORDER_ALREADY_CAPTURED")
    captures = shop.get(f"/v2/checkout/orders/{order['id']}")["purchase_units"][0]["payments"]
    assert len(captures["captures"]) == 1


def test_a_key_repeats_the_order_as_it_is_now(shop: Shop) -> None:
    body = {
        "intent": "CAPTURE",
        "purchase_units": [{"amount": {"currency_code": "USD", "value": "10.00"}}],
    }
    first = shop.call("POST", "/v2/checkout/orders", body, key="payment:1")
    shop.approve(first.json()["id"])

    again = shop.call("POST", "/v2/checkout/orders", body, key="payment:1")
    other = shop.call("POST", "/v2/checkout/orders", body, key="payment:2")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert (again.json()["id"], again.json()["status"]) == (first.json()["id"], "APPROVED")
    assert other.json()["id"] != first.json()["id"]


def test_keys_of_orders_are_forgotten_after_six_hours(shop: Shop, standin: StandIn) -> None:
    body = {
        "intent": "CAPTURE",
        "purchase_units": [{"amount": {"currency_code": "USD", "value": "10.00"}}],
    }
    first = shop.call("POST", "/v2/checkout/orders", body, key="payment:1").json()["id"]
    standin.control("POST", "clock", advance_seconds=6 * 3600)

    assert shop.call("POST", "/v2/checkout/orders", body, key="payment:1").json()["id"] != first


def test_a_declined_instrument_sends_the_payer_back(shop: Shop) -> None:
    order = shop.create()
    shop.approve(order["id"], "declined")

    answer = shop.capture(order["id"], key="capture:1")

    assert (answer.status_code, issue(answer)) == (422, "INSTRUMENT_DECLINED")
    assert answer.json()["links"][0]["rel"] == "redirect"
    assert shop.get(f"/v2/checkout/orders/{order['id']}")["status"] == "CREATED"
    shop.approve(order["id"])
    assert shop.capture(order["id"], key="capture:1").status_code == 201  # no error is kept


@pytest.mark.parametrize(
    ("outcome", "status", "event"),
    [
        ("completed", "COMPLETED", "PAYMENT.CAPTURE.COMPLETED"),
        ("denied", "DECLINED", "PAYMENT.CAPTURE.DENIED"),
    ],
)
def test_a_pending_capture_is_no_money_yet(
    shop: Shop, standin: StandIn, hooked_shop: Receiver, outcome: str, status: str, event: str
) -> None:
    capture = shop.paid(funding="echeck")
    assert (capture["status"], capture["status_details"]) == ("PENDING", {"reason": "ECHECK"})
    assert "seller_receivable_breakdown" not in capture

    standin.control("POST", f"paypal/captures/{capture['id']}/settle", outcome=outcome)

    assert shop.get(f"/v2/payments/captures/{capture['id']}")["status"] == status
    events = shop.get("/v1/notifications/webhooks-events")["events"]
    assert [one["event_type"] for one in events][:3] == [
        event,
        "PAYMENT.CAPTURE.PENDING",
        "CHECKOUT.ORDER.APPROVED",
    ]


def test_an_order_that_nobody_pays_is_gone_after_three_hours(shop: Shop, standin: StandIn) -> None:
    waiting, paid = shop.create(), shop.create()
    shop.approve(paid["id"])
    shop.capture(paid["id"])

    standin.control("POST", "clock", advance_seconds=3 * 3600)

    gone = shop.call("GET", f"/v2/checkout/orders/{waiting['id']}")
    assert (gone.status_code, issue(gone)) == (404, "INVALID_RESOURCE_ID")
    assert shop.get(f"/v2/checkout/orders/{paid['id']}")["status"] == "COMPLETED"


def test_an_invoice_is_paid_once(shop: Shop) -> None:
    shop.paid(invoice_id="pay_1")
    order = shop.create(invoice_id="pay_1")
    shop.approve(order["id"])

    answer = shop.capture(order["id"])

    assert (answer.status_code, issue(answer)) == (422, "DUPLICATE_INVOICE_ID")


@pytest.mark.parametrize(
    ("change", "issues"),
    [
        ({"intent": "AUTHORIZE"}, [("/intent", "NOT_SUPPORTED")]),
        ({"intent": "KEEP"}, [("/intent", "INVALID_PARAMETER_VALUE")]),
        ({"purchase_units": []}, [("/purchase_units", "INVALID_ARRAY_MIN_ITEMS")]),
        ({"colour": "red"}, [("/colour", "NOT_SUPPORTED")]),
        (
            {"purchase_units": [{"amount": {"currency_code": "USD", "value": 10}}]},
            [("/purchase_units/0/amount/value", "INVALID_PARAMETER_SYNTAX")],
        ),
        (
            {"purchase_units": [{"custom_id": "", "price": 1}]},
            [
                ("/purchase_units/0/amount", "MISSING_REQUIRED_PARAMETER"),
                ("/purchase_units/0/custom_id", "INVALID_STRING_LENGTH"),
                ("/purchase_units/0/price", "NOT_SUPPORTED"),
            ],
        ),
    ],
)
def test_every_wrong_field_is_named(
    shop: Shop, change: dict[str, object], issues: list[tuple[str, str]]
) -> None:
    body = {
        "intent": "CAPTURE",
        "purchase_units": [{"amount": {"currency_code": "USD", "value": "10.00"}}],
    }

    answer = shop.call("POST", "/v2/checkout/orders", body | change)

    assert (answer.status_code, answer.json()["name"]) == (400, "INVALID_REQUEST")
    assert [(one["field"], one["issue"]) for one in answer.json()["details"]] == issues


@pytest.mark.parametrize(
    ("value", "currency", "wrong"),
    [
        ("10.001", "USD", "DECIMAL_PRECISION"),
        ("10.50", "JPY", "DECIMAL_PRECISION"),
        ("0.00", "USD", "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("-1.00", "USD", "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("10.00", "XXX", "INVALID_CURRENCY_CODE"),
        ("1000000000000000.00", "USD", "MAX_VALUE_EXCEEDED"),
    ],
)
def test_amounts_that_are_none_are_refused(
    shop: Shop, value: str, currency: str, wrong: str
) -> None:
    body = {
        "intent": "CAPTURE",
        "purchase_units": [{"amount": {"currency_code": currency, "value": value}}],
    }

    answer = shop.call("POST", "/v2/checkout/orders", body)

    assert (answer.status_code, issue(answer)) == (422, wrong)


def test_a_payment_source_needs_a_request_id_and_asks_for_the_payer(shop: Shop) -> None:
    body = {
        "intent": "CAPTURE",
        "purchase_units": [{"amount": {"currency_code": "USD", "value": "10.00"}}],
        "payment_source": {
            "paypal": {
                "experience_context": {
                    "user_action": "PAY_NOW",
                    "shipping_preference": "NO_SHIPPING",
                    "return_url": "http://127.0.0.1/back",
                    "cancel_url": "http://127.0.0.1/left",
                }
            }
        },
    }

    without = shop.call("POST", "/v2/checkout/orders", body)
    answer = shop.call("POST", "/v2/checkout/orders", body, key="payment:1")

    assert issue(without) == "PAYPAL_REQUEST_ID_REQUIRED"
    assert answer.json()["status"] == "PAYER_ACTION_REQUIRED"
    assert [link["rel"] for link in answer.json()["links"]][1] == "payer-action"
    # A write answers with the least of it unless it is asked for all.
    least = shop.call("POST", "/v2/checkout/orders", body, key="payment:2", full=False).json()
    assert set(least) == {"id", "status", "payment_source", "links"}


def test_only_who_holds_a_token_is_answered(shop: Shop, standin: StandIn) -> None:
    assert shop.call("GET", "/v2/checkout/orders/X").status_code == 404
    standin.control("POST", "paypal/tokens/expire")

    answer = shop.call("GET", "/v2/checkout/orders/X")

    assert (answer.status_code, answer.json()["name"]) == (401, "AUTHENTICATION_FAILURE")
    shop.token = shop.log_in().json()["access_token"]
    assert shop.call("GET", "/v2/checkout/orders/X").status_code == 404
    shop.secret = "another"
    assert (shop.log_in().status_code, shop.log_in().json()["error"]) == (401, "invalid_client")
