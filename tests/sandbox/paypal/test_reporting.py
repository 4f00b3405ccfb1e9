"""Transaction Search: what moved the balance, signed as PayPal signs it, window by window."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sandbox.paypal.conftest import Shop, issue
from tests.standin import StandIn

NOW = "2026-10-15T12:00:00Z"


def _rows(shop: Shop, **more: str) -> list[Any]:
    query = {"start_date": "2026-10-01T00:00:00Z", "end_date": "2026-10-31T00:00:00Z"} | more
    found = shop.get("/v1/reporting/transactions", **query)
    return [one["transaction_info"] for one in found.get("transaction_details", [])]


def _line(row: Any) -> tuple[str, str, str, str]:
    return (
        row["transaction_event_code"],
        row["transaction_amount"]["value"],
        row.get("fee_amount", {}).get("value", "-"),
        row["transaction_status"],
    )


def _at(standin: StandIn, instant: str = NOW) -> None:
    standin.control("POST", "clock", set=instant, frozen=True)


def test_every_movement_is_told_with_its_sign_its_fee_and_our_id(
    shop: Shop, standin: StandIn
) -> None:
    _at(standin)
    capture = shop.paid("100.00", custom_id="pay_1", invoice_id="inv_1")
    refund = shop.refund(capture["id"], "100.00", custom_id="rfd_1").json()
    other = shop.paid("500.00")
    standin.control("POST", "paypal/disputes", capture=other["id"], amount=20_000, fee=1500)
    standin.control("POST", "paypal/withdrawals", currency="USD", amount=5000)

    rows = _rows(shop)

    assert [_line(row) for row in rows] == [
        ("T0006", "100.00", "-3.98", "V"),  # given back in full
        ("T1107", "-100.00", "-", "S"),
        ("T0006", "500.00", "-17.94", "S"),
        ("T1201", "-200.00", "-15.00", "S"),
        ("T0400", "-50.00", "-", "S"),
    ]
    assert (rows[0]["transaction_id"], rows[0]["custom_field"]) == (capture["id"], "pay_1")
    assert rows[0]["invoice_id"] == "inv_1"
    assert (rows[1]["paypal_reference_id"], rows[1]["custom_field"]) == (capture["id"], "rfd_1")
    assert rows[1]["transaction_id"] == refund["id"]
    total = sum(
        float(row["transaction_amount"]["value"]) + float(row.get("fee_amount", {}).get("value", 0))
        for row in rows
    )
    balance = shop.get("/v1/reporting/balances")["balances"][0]["total_balance"]["value"]
    assert balance == f"{total:.2f}" == "213.08"


def test_pages_cover_the_window_once(shop: Shop, standin: StandIn) -> None:
    _at(standin)
    made = [shop.paid("10.00")["id"] for _ in range(5)]

    pages = [
        [row["transaction_id"] for row in _rows(shop, page=str(page), page_size="2")]
        for page in (1, 2, 3, 4)
    ]

    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [one for page in pages for one in page] == made


def test_a_window_is_31_days_and_what_is_pending_moved_nothing(
    shop: Shop, standin: StandIn
) -> None:
    _at(standin)
    shop.paid(funding="echeck")
    path = "/v1/reporting/transactions"

    long = shop.call(
        "GET",
        path,
        params={"start_date": "2026-09-01T00:00:00Z", "end_date": "2026-10-03T00:00:00Z"},
    )
    unreadable = shop.call("GET", path, params={"start_date": "2026-09-01", "end_date": NOW})
    strange = shop.call("GET", path, params={"start_date": NOW, "end_date": NOW, "since": "1"})

    assert (long.status_code, issue(long)) == (400, "INVALID_DATE_RANGE")
    assert (unreadable.status_code, issue(unreadable)) == (400, "INVALID_PARAMETER_SYNTAX")
    assert (strange.status_code, issue(strange)) == (400, "NOT_SUPPORTED")
    assert _rows(shop) == []
    assert [_line(row) for row in _rows(shop, balance_affecting_records_only="N")] == [
        ("T0006", "100.00", "-", "P")
    ]


def test_movements_may_be_told_late(shop: Shop, standin: StandIn) -> None:
    _at(standin)
    standin.control("POST", "settings", paypal_reporting_seconds=10_800)
    shop.paid()
    assert _rows(shop) == []

    standin.control("POST", "clock", advance_seconds=10_800)

    assert len(_rows(shop)) == 1


def test_a_withdrawal_may_come_back(shop: Shop, standin: StandIn) -> None:
    _at(standin)
    shop.paid("100.00")
    number = standin.control("POST", "paypal/withdrawals")["transaction_info"]["transaction_id"]

    standin.control("POST", f"paypal/withdrawals/{number}/fail")

    assert [_line(row) for row in _rows(shop)][1:] == [
        ("T0400", "-96.02", "-", "V"),
        ("T1101", "96.02", "-", "S"),
    ]
    assert _rows(shop, transaction_id=number)[0]["bank_reference_id"]


def test_the_twelve_divergences_are_planted_in_silence(shop: Shop, standin: StandIn) -> None:
    def plant(name: str, **given: Any) -> Any:
        return standin.control("POST", f"paypal/plant/{name}", **given)

    long_ago = int((datetime.now(UTC) - timedelta(days=2)).timestamp())
    paid = [shop.paid("100.00", custom_id=f"pay_{number}")["id"] for number in range(8)]
    refunds = [shop.refund(capture, "40.00").json()["id"] for capture in paid[:2]]
    told = len(shop.get("/v1/notifications/webhooks-events", page_size=100)["events"])

    made = plant("charge", amount=5000, custom_id="pay_x", created=long_ago)
    plant("missing_charge", capture=paid[2])
    plant("refund", capture=paid[3], amount=1000)
    plant("missing_refund", refund=refunds[0])
    plant("unrefund", refund=refunds[1])
    plant("amount", capture=paid[4], delta=100)
    plant("fee", capture=paid[4], delta=1)
    plant("currency", capture=paid[5], currency="EUR")
    plant("refund", capture=paid[6])
    plant("duplicate_charge", capture=paid[7])
    plant("dispute", capture=paid[7], amount=2000)
    plant("unknown_category", amount=-123)

    now = datetime.now(UTC)
    found = shop.get(
        "/v1/reporting/transactions",
        start_date=(now - timedelta(days=3)).isoformat(timespec="seconds"),
        end_date=(now + timedelta(minutes=1)).isoformat(timespec="seconds"),
    )["transaction_details"]
    lines = sorted(_line(one["transaction_info"]) for one in found)
    assert len(shop.get("/v1/notifications/webhooks-events", page_size=100)["events"]) == told
    assert made["transaction"]["transaction_info"]["custom_field"] == "pay_x"
    assert lines == sorted(
        [
            ("T0006", "50.00", "-2.24", "S"),
            *[("T0006", "100.00", "-3.98", "S")] * 6,
            ("T0006", "101.00", "-3.99", "S"),
            ("T0006", "100.00", "-3.98", "V"),
            ("T1107", "-10.00", "-", "S"),
            ("T1107", "-100.00", "-", "S"),
            ("T1201", "-20.00", "-15.00", "S"),
            ("T1900", "-1.23", "-", "S"),
        ]
    )
    assert [one["transaction_info"]["transaction_amount"]["currency_code"] for one in found].count(
        "EUR"
    ) == 1
