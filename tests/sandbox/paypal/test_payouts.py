"""Payouts and the people they reach: fates of items, what they do to the balance, repeats."""

from typing import Any

import httpx
import pytest

from tests.sandbox.paypal.conftest import Shop, issue
from tests.standin import StandIn

PARTNER = "CTRFE2TSANDBX"


def _connect(standin: StandIn, tracking_id: str = "pya_1", **how: Any) -> str:
    made = standin.control("POST", f"paypal/merchants/{tracking_id}/connect", **how)
    return str(made["merchant_id"])


def _pay(
    shop: Shop, receiver: str, value: str = "81.80", *, batch: str = "po_1", key: str | None = None
) -> httpx.Response:
    return shop.call(
        "POST",
        "/v1/payments/payouts",
        {
            "sender_batch_header": {"sender_batch_id": batch},
            "items": [
                {
                    "recipient_type": "EMAIL" if "@" in receiver else "PAYPAL_ID",
                    "receiver": receiver,
                    "amount": {"currency": "USD", "value": value},
                    "sender_item_id": batch,
                }
            ],
        },
        key=key,
    )


def _batch(shop: Shop, answer: httpx.Response) -> Any:
    assert answer.status_code == 201, answer.text
    return shop.get(f"/v1/payments/payouts/{answer.json()['batch_header']['payout_batch_id']}")


def _balance(shop: Shop) -> str:
    return str(shop.get("/v1/reporting/balances")["balances"][0]["total_balance"]["value"])


def test_a_connected_account_is_paid_and_the_fee_is_taken(shop: Shop, standin: StandIn) -> None:
    shop.paid("100.00")  # 96.02 after the fee
    answer = _pay(shop, _connect(standin))

    batch = _batch(shop, answer)

    assert answer.json()["batch_header"]["batch_status"] == "PENDING"
    assert batch["batch_header"]["batch_status"] == "SUCCESS"
    item = batch["items"][0]
    assert (item["transaction_status"], item["payout_item_fee"]["value"]) == ("SUCCESS", "0.25")
    assert _balance(shop) == "13.97"
    assert shop.get(f"/v1/payments/payouts-item/{item['payout_item_id']}")["sender_batch_id"] == (
        "po_1"
    )


def test_a_sender_batch_id_pays_once(shop: Shop, standin: StandIn) -> None:
    shop.paid("200.00")
    mentor = _connect(standin)
    first = _pay(shop, mentor, key="payout:1")

    again, other = _pay(shop, mentor, key="payout:1"), _pay(shop, mentor, key="payout:2")

    assert again.json()["batch_header"] == first.json()["batch_header"]
    assert (other.status_code, other.json()["name"]) == (400, "USER_BUSINESS_ERROR")
    batch = first.json()["batch_header"]["payout_batch_id"]
    assert other.json()["links"][0]["href"].endswith(f"/v1/payments/payouts/{batch}")
    standin.control("POST", "clock", advance_seconds=30 * 86400)
    assert _pay(shop, mentor, key="payout:3").status_code == 201


@pytest.mark.parametrize(
    ("state", "status", "error", "balance"),
    [
        ("restricted", "FAILED", "RECEIVER_ACCOUNT_LOCKED", "96.02"),
        ("unconfirmed", "UNCLAIMED", "RECEIVER_UNCONFIRMED", "13.97"),
    ],
)
def test_the_receivers_state_is_the_items_fate(
    shop: Shop, standin: StandIn, state: str, status: str, error: str, balance: str
) -> None:
    shop.paid("100.00")

    item = _batch(shop, _pay(shop, _connect(standin, state=state)))["items"][0]

    assert (item["transaction_status"], item["errors"]["name"]) == (status, error)
    assert _balance(shop) == balance


def test_what_nobody_claims_is_cancelled_and_comes_back_with_its_fee(shop: Shop) -> None:
    shop.paid("100.00")
    item = _batch(shop, _pay(shop, "nobody@example.com"))["items"][0]
    path = f"/v1/payments/payouts-item/{item['payout_item_id']}/cancel"
    assert (item["transaction_status"], _balance(shop)) == ("UNCLAIMED", "13.97")

    cancelled, again = shop.call("POST", path, {}), shop.call("POST", path, {})

    assert cancelled.json()["transaction_status"] == "RETURNED"
    assert (again.status_code, again.json()["name"]) == (400, "ITEM_ALREADY_CANCELLED")
    assert _balance(shop) == "96.02"


def test_paid_money_may_come_back(shop: Shop, standin: StandIn) -> None:
    shop.paid("100.00")
    batch = _batch(shop, _pay(shop, _connect(standin)))
    number = batch["batch_header"]["payout_batch_id"]

    standin.control("POST", f"paypal/payouts/{number}/finish", outcome="REFUNDED")

    assert (
        shop.get(f"/v1/payments/payouts/{number}")["items"][0]["transaction_status"] == "REFUNDED"
    )
    assert _balance(shop) == "95.77"  # the 25 cents are gone
    events = shop.get("/v1/notifications/webhooks-events", page_size=20)["events"]
    assert [one["event_type"] for one in events][:2] == [
        "PAYMENT.PAYOUTS-ITEM.REFUNDED",
        "PAYMENT.PAYOUTSBATCH.SUCCESS",
    ]
    assert events[0]["resource"]["payout_item"]["sender_item_id"] == "po_1"
    with pytest.raises(RuntimeError, match="REFUNDED already"):
        standin.control("POST", f"paypal/payouts/{number}/finish", outcome="SUCCESS")


def test_a_batch_waits_if_it_is_told_to(shop: Shop, standin: StandIn) -> None:
    standin.control("POST", "settings", paypal_payout_seconds=60)
    shop.paid("100.00")
    answer = _pay(shop, _connect(standin))
    assert _batch(shop, answer)["items"][0]["transaction_status"] == "PENDING"

    standin.control("POST", "clock", advance_seconds=60)

    assert _batch(shop, answer)["items"][0]["transaction_status"] == "SUCCESS"


def test_more_than_there_is_is_not_paid(shop: Shop, standin: StandIn) -> None:
    shop.paid("100.00")

    answer = _pay(shop, _connect(standin), "95.78")  # 96.02 are there, the fee is 0.25

    assert (answer.status_code, answer.json()["name"]) == (422, "INSUFFICIENT_FUNDS")
    assert _pay(shop, _connect(standin), "95.77").status_code == 201


def test_an_account_is_connected_on_the_page_of_its_referral(shop: Shop) -> None:
    path = f"/v1/customer/partners/{PARTNER}/merchant-integrations"
    headers = {"Authorization": f"Bearer {shop.token}"}
    referral = shop.http.post(
        "/v2/customer/partner-referrals",
        headers=headers,
        json={
            "tracking_id": "pya_7",
            "operations": [{"operation": "API_INTEGRATION"}],
            "products": ["EXPRESS_CHECKOUT"],
            "legal_consents": [{"type": "SHARE_DATA_CONSENT", "granted": True}],
            "partner_config_override": {"return_url": "http://127.0.0.1/back"},
        },
    )
    assert referral.status_code == 201
    url = next(one["href"] for one in referral.json()["links"] if one["rel"] == "action_url")
    before = shop.http.get(path, params={"tracking_id": "pya_7"}, headers=headers)
    assert (before.status_code, issue(before)) == (404, "INVALID_RESOURCE_ID")
    assert "Connect your PayPal account" in shop.http.get(url).text

    said = shop.http.post(url, data={"email": "mentor@example.com", "state": "unconfirmed"})

    assert said.status_code == 303
    assert said.headers["Location"].startswith(
        "http://127.0.0.1/back?merchantId=pya_7&merchantIdInPayPal="
    )
    found = shop.http.get(path, params={"tracking_id": "pya_7"}, headers=headers).json()
    merchant = shop.http.get(f"{path}/{found['merchant_id']}", headers=headers).json()
    assert (merchant["payments_receivable"], merchant["primary_email_confirmed"]) == (True, False)
    assert merchant["primary_email"] == "mentor@example.com"
