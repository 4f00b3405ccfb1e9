"""Disputes: money taken and given back, evidence with files, a claim accepted."""

import json
from typing import Any

import pytest

from tests.sandbox.paypal.conftest import Shop, issue
from tests.standin import StandIn


def _open(standin: StandIn, capture: str, **how: Any) -> str:
    return str(standin.control("POST", "paypal/disputes", capture=capture, **how)["dispute_id"])


def _moved(dispute: Any) -> list[tuple[str, str, str]]:
    return [
        (one["type"], one["reason"], one["amount"]["value"])
        for one in dispute.get("money_movements", [])
    ]


def _evidence(shop: Shop, dispute: str, *files: tuple[str, bytes, str], **body: Any) -> Any:
    parts: list[Any] = [("input", (None, json.dumps(body), "application/json"))]
    parts += [(f"file{place}", one) for place, one in enumerate(files)]
    return shop.call("POST", f"/v1/customer/disputes/{dispute}/provide-evidence", files=parts)


def test_a_chargeback_takes_amount_and_fee_and_a_won_one_gives_back(
    shop: Shop, standin: StandIn
) -> None:
    capture = shop.paid("100.00", custom_id="pay_1")
    dispute = _open(standin, capture["id"])

    found = shop.get(f"/v1/customer/disputes/{dispute}")
    assert (found["status"], found["dispute_life_cycle_stage"]) == (
        "WAITING_FOR_SELLER_RESPONSE",
        "CHARGEBACK",
    )
    assert found["disputed_transactions"][0]["seller_transaction_id"] == capture["id"]
    assert found["disputed_transactions"][0]["custom"] == "pay_1"
    taken = [("DEBIT", "DISPUTE_SETTLEMENT", "100.00"), ("DEBIT", "CHARGEBACK_FEE", "15.00")]
    assert _moved(found) == taken
    refused = shop.refund(capture["id"], "10.00")
    assert issue(refused) == "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK"

    standin.control("POST", f"paypal/disputes/{dispute}/decide", outcome="won", fee_returned=1500)

    found = shop.get(f"/v1/customer/disputes/{dispute}")
    assert found["dispute_outcome"]["outcome_code"] == "RESOLVED_SELLER_FAVOUR"
    assert _moved(found) == [
        *taken,
        ("CREDIT", "DISPUTE_SETTLEMENT", "100.00"),
        ("CREDIT", "CHARGEBACK_FEE", "15.00"),
    ]
    assert shop.refund(capture["id"], "10.00").status_code == 201


@pytest.mark.parametrize(
    ("outcome", "code", "moved"),
    [
        ("won", "RESOLVED_SELLER_FAVOUR", []),
        ("lost", "RESOLVED_BUYER_FAVOUR", [("DEBIT", "DISPUTE_SETTLEMENT", "60.00")]),
    ],
)
def test_an_inquiry_takes_nothing_until_it_is_lost(
    shop: Shop, standin: StandIn, outcome: str, code: str, moved: list[tuple[str, str, str]]
) -> None:
    capture = shop.paid("100.00")
    dispute = _open(standin, capture["id"], amount=6000, stage="INQUIRY")
    assert _moved(shop.get(f"/v1/customer/disputes/{dispute}")) == []
    assert issue(shop.refund(capture["id"], "10.00")) == "TRANSACTION_DISPUTED"

    standin.control("POST", f"paypal/disputes/{dispute}/decide", outcome=outcome)

    found = shop.get(f"/v1/customer/disputes/{dispute}")
    assert found["dispute_outcome"]["outcome_code"] == code
    assert _moved(found) == moved


def test_disputes_are_listed_by_their_capture(shop: Shop, standin: StandIn) -> None:
    first, other = shop.paid(), shop.paid()
    dispute = _open(standin, first["id"])
    _open(standin, other["id"])

    def ids(**query: str) -> list[str]:
        found = shop.get("/v1/customer/disputes", **query)
        return [one["dispute_id"] for one in found.get("items", [])]

    assert ids(disputed_transaction_id=first["id"]) == [dispute]
    assert ids(disputed_transaction_id="NONE") == []
    assert len(ids()) == 2
    page = shop.get("/v1/customer/disputes", page_size="1")
    token = page["links"][1]["href"].partition("next_page_token=")[2]
    assert ids(page_size="1", next_page_token=token) == [dispute]
    nonsense = shop.call("GET", "/v1/customer/disputes", params={"next_page_token": "????"})
    assert issue(nonsense) == "INVALID_PARAMETER_VALUE"


def test_evidence_is_text_and_files(shop: Shop, standin: StandIn) -> None:
    dispute = _open(standin, shop.paid()["id"])
    record = b"%PDF-1.7 the session's own record"

    answer = _evidence(
        shop,
        dispute,
        ("record.pdf", record, "application/pdf"),
        evidences=[{"evidence_type": "PROOF_OF_FULFILLMENT", "notes": "They met."}],
    )

    assert answer.status_code == 200, answer.text
    found = shop.get(f"/v1/customer/disputes/{dispute}")
    assert found["status"] == "UNDER_REVIEW"
    assert found["evidences"][0]["documents"] == [{"name": "record.pdf"}]
    files = standin.control("GET", f"paypal/disputes/{dispute}/files")
    assert [(one["name"], one["size"]) for one in files] == [("record.pdf", len(record))]
    again = _evidence(shop, dispute, evidences=[{"evidence_type": "OTHER", "notes": "And."}])
    assert again.json()["name"] == "ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE"


def test_evidence_of_no_kind_and_strange_files_are_refused(shop: Shop, standin: StandIn) -> None:
    dispute = _open(standin, shop.paid()["id"])

    nothing = _evidence(shop, dispute, evidences=[])
    strange = _evidence(
        shop,
        dispute,
        ("record.exe", b"MZ", "application/x-msdownload"),
        evidences=[{"evidence_type": "OTHER"}],
    )

    assert (nothing.status_code, strange.status_code) == (400, 400)
    assert shop.get(f"/v1/customer/disputes/{dispute}")["status"] == "WAITING_FOR_SELLER_RESPONSE"


def test_a_claim_is_accepted(shop: Shop, standin: StandIn) -> None:
    dispute = _open(standin, shop.paid()["id"])

    answer = shop.call(
        "POST", f"/v1/customer/disputes/{dispute}/accept-claim", {"note": "They are right."}
    )

    assert answer.status_code == 200
    found = shop.get(f"/v1/customer/disputes/{dispute}")
    assert found["dispute_outcome"]["outcome_code"] == "RESOLVED_BUYER_FAVOUR"
    kinds = [
        one["event_type"]
        for one in shop.get("/v1/notifications/webhooks-events", page_size=20)["events"]
    ]
    assert kinds[:3] == [
        "CUSTOMER.DISPUTE.RESOLVED",
        "CUSTOMER.DISPUTE.CREATED",
        "PAYMENT.CAPTURE.REVERSED",
    ]


def test_a_payer_may_plan_a_dispute(shop: Shop, standin: StandIn) -> None:
    capture = shop.paid(funding="disputed")

    standin.control("POST", "clock", advance_seconds=1)

    found = shop.get("/v1/customer/disputes", disputed_transaction_id=capture["id"])
    assert len(found["items"]) == 1
