"""Refunds: partial, many, bounded by the capture, pending, failing, repeated."""

import pytest

from tests.sandbox.conftest import Receiver
from tests.sandbox.paypal.conftest import Shop, issue
from tests.standin import StandIn


def _kinds(shop: Shop) -> list[str]:
    events = shop.get("/v1/notifications/webhooks-events", page_size=50)["events"]
    return [one["event_type"] for one in events][::-1]


def test_refunds_add_up_to_the_capture_and_not_a_cent_more(shop: Shop) -> None:
    capture = shop.paid("100.00", custom_id="pay_1")

    first = shop.refund(capture["id"], "33.33", custom_id="rfd_1").json()
    assert shop.get(f"/v2/payments/captures/{capture['id']}")["status"] == "PARTIALLY_REFUNDED"
    second = shop.refund(capture["id"], "33.33").json()
    too_much = shop.refund(capture["id"], "33.35")
    last = shop.refund(capture["id"]).json()
    nothing_left = shop.refund(capture["id"])

    assert first["custom_id"] == "rfd_1"
    assert second["custom_id"] == "pay_1"  # the capture's own, where none is given
    assert issue(too_much) == "REFUND_AMOUNT_EXCEEDED"
    assert last["amount"]["value"] == "33.34"
    assert last["seller_payable_breakdown"]["total_refunded_amount"]["value"] == "100.00"
    assert last["seller_payable_breakdown"]["paypal_fee"]["value"] == "0.00"
    assert issue(nothing_left) == "CAPTURE_FULLY_REFUNDED"
    assert shop.get(f"/v2/payments/captures/{capture['id']}")["status"] == "REFUNDED"
    order = shop.get(capture["links"][2]["href"].partition("/paypal")[2])
    assert len(order["purchase_units"][0]["payments"]["refunds"]) == 3


def test_a_key_refunds_once(shop: Shop) -> None:
    capture = shop.paid()

    first = shop.refund(capture["id"], "10.00", key="refund:1")
    again = shop.refund(capture["id"], "10.00", key="refund:1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["seller_payable_breakdown"]["total_refunded_amount"]["value"] == "10.00"


@pytest.mark.parametrize(
    ("funding", "end", "event"),
    [
        ("slow_refund", "COMPLETED", "PAYMENT.CAPTURE.REFUNDED"),
        ("refund_fails", "FAILED", "PAYMENT.REFUND.FAILED"),
    ],
)
def test_a_pending_refund_ends(
    shop: Shop, standin: StandIn, funding: str, end: str, event: str
) -> None:
    capture = shop.paid(funding=funding)
    refund = shop.refund(capture["id"], "40.00").json()
    assert (refund["status"], refund["status_details"]) == ("PENDING", {"reason": "ECHECK"})

    standin.control("POST", "clock", advance_seconds=2)

    assert shop.get(f"/v2/payments/refunds/{refund['id']}")["status"] == end
    assert _kinds(shop)[-2:] == ["PAYMENT.REFUND.PENDING", event]
    left = "60.00" if end == "COMPLETED" else "100.00"
    assert shop.refund(capture["id"]).json()["amount"]["value"] == left


def test_a_completed_refund_may_fail_later(
    shop: Shop, standin: StandIn, hooked_shop: Receiver
) -> None:
    capture = shop.paid()
    refund = shop.refund(capture["id"]).json()

    standin.control("POST", f"paypal/refunds/{refund['id']}/finish", outcome="FAILED")

    assert shop.get(f"/v2/payments/captures/{capture['id']}")["status"] == "COMPLETED"
    assert _kinds(shop)[-2:] == ["PAYMENT.CAPTURE.REFUNDED", "PAYMENT.REFUND.FAILED"]


def test_another_currency_and_a_pending_capture_are_refused(shop: Shop) -> None:
    paid, pending = shop.paid(), shop.paid(funding="echeck")

    foreign = shop.refund(paid["id"], "10.00", currency="EUR")

    assert issue(foreign) == "REFUND_CAPTURE_CURRENCY_MISMATCH"
    assert issue(shop.refund(pending["id"])) == "PENDING_CAPTURE"
