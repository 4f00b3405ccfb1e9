"""Disputes: a buyer asks PayPal, or the bank, for the money back.

https://developer.paypal.com/docs/api/customer-disputes/v1/. They are opened and decided by levers
(or by what a payer paid with), and answered through the API. A chargeback takes amount and fee at
once; an inquiry takes the amount when it is lost.
"""

from __future__ import annotations

import base64
from datetime import datetime

from sandbox.core.messages import Json
from sandbox.paypal import captures, ledger
from sandbox.paypal.errors import PayPalError, invalid, problem
from sandbox.paypal.money import money
from sandbox.paypal.world import OWNER, World, moment

STAGES = ("CHARGEBACK", "INQUIRY")
_DAYS_TO_ANSWER = 10
_SELLERS_TURN = {"OPEN", "WAITING_FOR_SELLER_RESPONSE"}


def open_on(
    world: World,
    capture: Json,
    *,
    amount: int | None = None,
    fee: int | None = None,
    reason: str = "UNAUTHORISED",
    stage: str = "CHARGEBACK",
) -> Json:
    """Open a dispute; `amount` is the buyer's or the bank's own number.

    Raises:
        ValueError: the capture was never paid, or there is no such stage.
    """
    if capture["status"] in {"PENDING", "DECLINED"}:
        raise ValueError(f"the capture is {capture['status']}; there is nothing to dispute")
    if stage not in STAGES:
        raise ValueError(f"stage must be one of {', '.join(STAGES)}, not {stage!r}")
    number = world.ids.code(10, "0123456789")
    dispute = world.add(
        "dispute",
        {
            "id": f"PP-D-{number}",
            "capture": capture["id"],
            "amount": capture["amount"] if amount is None else amount,
            "fee": int(world.setting("dispute_fee_minor")) if fee is None else fee,
            "currency": capture["currency"],
            "reason": reason,
            "stage": stage,
            "status": "WAITING_FOR_SELLER_RESPONSE",
            "outcome": None,
            "movements": [],
            "evidences": [],
            "due": world.now + _DAYS_TO_ANSWER * 86400,
        },
    )
    capture["held_by"] = stage
    world.save(capture)
    if stage == "CHARGEBACK":
        _move(world, dispute, ledger.CHARGEBACK, -dispute["amount"], fee=dispute["fee"])
        captures.tell(world, capture, "REVERSED")
    _tell(world, dispute, "CREATED")
    return dispute


def open_later(world: World, payload: Json) -> None:
    """Job: what a payer's way of paying has planned."""
    capture = world.get("capture", payload["capture"])
    if capture is not None and not world.select("dispute", capture=capture["id"]):
        open_on(world, capture)


def _move(world: World, dispute: Json, code: str, amount: int, *, fee: int = 0) -> None:
    """Book what a dispute does to the balance, and note it as PayPal does: without an id."""
    capture = world.require("capture", dispute["capture"])
    row = ledger.book(
        world,
        code,
        amount=amount,
        fee=fee,
        currency=dispute["currency"],
        reference=capture["id"],
        custom=capture["custom_id"],
        invoice=capture["invoice_id"],
    )
    kind = "DEBIT" if amount < fee else "CREDIT"
    moved = (("amount", "DISPUTE_SETTLEMENT"), ("fee", "CHARGEBACK_FEE"))
    for value, reason in ((abs(row[name]), reason) for name, reason in moved):
        if value:
            movement = {"type": kind, "minor": value, "reason": reason, "at": world.now}
            movement["currency"] = row["currency"]
            dispute["movements"].append(movement)
    world.save(dispute)


def decide(world: World, dispute: Json, *, won: bool, fee_returned: int = 0) -> Json:
    """Close a dispute for the seller (won) or for the buyer.

    Raises:
        ValueError: it is closed.
    """
    if dispute["status"] == "RESOLVED":
        raise ValueError(f"the dispute is resolved already: {dispute['outcome']}")
    chargeback = dispute["stage"] == "CHARGEBACK"
    dispute["status"] = "RESOLVED"
    dispute["outcome"] = "RESOLVED_SELLER_FAVOUR" if won else "RESOLVED_BUYER_FAVOUR"
    world.save(dispute)
    if won and chargeback:
        _move(world, dispute, ledger.CHARGEBACK_REVERSED, dispute["amount"], fee=-fee_returned)
    elif not won and not chargeback:
        _move(world, dispute, ledger.REVERSAL, -dispute["amount"])
    capture = world.require("capture", dispute["capture"])
    if won:
        capture["held_by"] = None
        world.save(capture)
    elif not chargeback:
        captures.tell(world, capture, "REVERSED")
    _tell(world, dispute, "RESOLVED")
    return dispute


def move_again(world: World, dispute: Json, *, amount: int, fee: int = 0) -> Json:
    """Take once more (a negative amount), give back once more, or ask a fee alone."""
    code = ledger.CHARGEBACK if amount < fee else ledger.CHARGEBACK_REVERSED
    _move(world, dispute, code, amount, fee=fee)
    _tell(world, dispute, "UPDATED")
    return dispute


def provide_evidence(world: World, names: Json, given: Json) -> Json:
    """POST /v1/customer/disputes/{id}/provide-evidence: `input`, and files beside it."""
    dispute = world.require("dispute", names["id"])
    _refuse_out_of_turn(dispute)
    evidences = given["input"].get("evidences")
    if not isinstance(evidences, list) or not evidences:
        text = "A required field / parameter is missing"
        raise invalid([problem("MISSING_REQUIRED_PARAMETER", text, field="/input/evidences")])
    documents = [{"name": file["name"]} for file in given["files"]]
    for place, one in enumerate(evidences):
        if not isinstance(one, dict) or "evidence_type" not in one:
            text = "A required field / parameter is missing"
            field = f"/input/evidences/{place}/evidence_type"
            raise invalid([problem("MISSING_REQUIRED_PARAMETER", text, field=field)])
        kept = {
            name: one[name] for name in ("evidence_type", "evidence_info", "notes") if name in one
        }
        if documents:
            kept["documents"] = documents
        dispute["evidences"].append(
            kept | {"source": "SUBMITTED_BY_SELLER", "date": moment(world.now)}
        )
    dispute["files"] = [*dispute.get("files", []), *given["files"]]
    dispute["status"] = "UNDER_REVIEW"
    world.save(dispute)
    _tell(world, dispute, "UPDATED")
    return {"links": [world.link("self", f"/v1/customer/disputes/{dispute['id']}")]}


def accept_claim(world: World, names: Json, given: Json) -> Json:
    """POST /v1/customer/disputes/{id}/accept-claim: give in."""
    dispute = world.require("dispute", names["id"])
    _refuse_out_of_turn(dispute)
    decide(world, dispute, won=False)
    return {"links": [world.link("self", f"/v1/customer/disputes/{dispute['id']}")]}


def _refuse_out_of_turn(dispute: Json) -> None:
    if dispute["status"] not in _SELLERS_TURN:
        text = "The dispute is not waiting for the seller's response."
        raise PayPalError("ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE", status=400, message=text)


def _tell(world: World, dispute: Json, what: str) -> None:
    world.emit(f"CUSTOMER.DISPUTE.{what}", "dispute", shown(world, dispute), version="1.0")


def retrieve(world: World, names: Json, given: Json) -> Json:
    """GET /v1/customer/disputes/{id}"""
    return shown(world, world.require("dispute", names["id"]))


def list_all(world: World, names: Json, given: Json) -> Json:
    """GET /v1/customer/disputes, newest first, a page of at most fifty."""
    if "disputed_transaction_id" in given and "start_time" in given:
        text = "Give start_time or disputed_transaction_id, not both."
        raise invalid([problem("INVALID_PARAMETER_VALUE", text, field="start_time")])
    size, skip, since = _read(given)
    where: Json = {}
    if "disputed_transaction_id" in given:
        where["capture"] = given["disputed_transaction_id"]
    states = set(given.get("dispute_state", "").split(",")) - {""}
    found = [
        dispute
        for dispute in reversed(world.select("dispute", **where))
        if dispute["created"] >= since and (not states or _state(dispute) in states)
    ]
    shown_now = found[skip : skip + size]
    links = [world.link("self", "/v1/customer/disputes")]
    if len(found) > skip + size:
        token = base64.b64encode(str(skip + size).encode()).decode()
        links.append(world.link("next", f"/v1/customer/disputes?next_page_token={token}"))
    items = [_summary(world, dispute) for dispute in shown_now]
    return {**({"items": items} if items else {}), "links": links}


def _read(given: Json) -> tuple[int, int, float]:
    """Return page size, how many to skip, and the instant from which to list."""
    field = "page_size"
    try:
        size = int(given.get("page_size", 10))
        field = "next_page_token"
        skip = int(base64.b64decode(given.get("next_page_token", "MA=="), validate=True))
        field = "start_time"
        since = datetime.fromisoformat(given.get("start_time", moment(0))).timestamp()
    except ValueError:
        text = "A parameter value is not valid."
        raise invalid([problem("INVALID_PARAMETER_VALUE", text, field=field)]) from None
    return max(1, min(50, size)), skip, since


def _state(dispute: Json) -> str:
    if dispute["status"] == "RESOLVED":
        return "RESOLVED"
    return "REQUIRED_ACTION" if dispute["status"] in _SELLERS_TURN else "UNDER_PAYPAL_REVIEW"


def _summary(world: World, dispute: Json) -> Json:
    chargeback = dispute["stage"] == "CHARGEBACK"
    found: Json = {
        "dispute_id": dispute["id"],
        "create_time": moment(dispute["created"]),
        "update_time": moment(dispute["updated"]),
        "reason": dispute["reason"],
        "status": dispute["status"],
        "dispute_state": _state(dispute),
        "dispute_amount": money(dispute["amount"], dispute["currency"]),
        "dispute_life_cycle_stage": dispute["stage"],
        "dispute_channel": "EXTERNAL" if chargeback else "INTERNAL",
        "links": [world.link("self", f"/v1/customer/disputes/{dispute['id']}")],
    }
    if dispute["status"] in _SELLERS_TURN:
        found["seller_response_due_date"] = moment(dispute["due"])
    return found


def shown(world: World, dispute: Json) -> Json:
    """Return a dispute as PayPal writes it."""
    capture = world.require("capture", dispute["capture"])
    currency = dispute["currency"]
    about: Json = {
        "seller_transaction_id": capture["id"],
        "create_time": moment(capture["created"]),
        "transaction_status": "REVERSED" if dispute["movements"] else "COMPLETED",
        "gross_amount": money(capture["amount"], currency),
        "buyer": {"name": "Ada Client"},
        "seller": {"merchant_id": OWNER, "name": "Counterfoil demo"},
    }
    if capture["custom_id"]:
        about["custom"] = capture["custom_id"]
    found = _summary(world, dispute)
    del found["dispute_state"]
    found["disputed_transactions"] = [about]
    if dispute["outcome"] is not None:
        found["dispute_outcome"] = {"outcome_code": dispute["outcome"]}
        if dispute["outcome"] == "RESOLVED_BUYER_FAVOUR":
            found["dispute_outcome"]["amount_refunded"] = money(dispute["amount"], currency)
    if dispute["movements"]:
        found["money_movements"] = [
            {
                "affected_party": "SELLER",
                "type": one["type"],
                "amount": money(one["minor"], one["currency"]),
                "initiated_time": moment(one["at"]),
                "reason": one["reason"],
            }
            for one in dispute["movements"]
        ]
    if dispute["evidences"]:
        found["evidences"] = dispute["evidences"]
    if dispute["status"] in _SELLERS_TURN:
        path = f"/v1/customer/disputes/{dispute['id']}"
        found["links"] += [
            world.link("provide_evidence", f"{path}/provide-evidence", "POST"),
            world.link("accept_claim", f"{path}/accept-claim", "POST"),
        ]
    return found
