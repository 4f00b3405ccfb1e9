"""Captured payments. https://developer.paypal.com/docs/api/payments/v2/#captures"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.paypal import ledger
from sandbox.paypal.funding import Funding
from sandbox.paypal.money import money, sale_fee
from sandbox.paypal.world import World, moment


def take(world: World, order: Json, funding: Funding) -> Json:
    """Capture an approved order; a pending one moves no money until it is settled."""
    amount = order["amount"] + world.wrong_amount
    capture = world.add(
        "capture",
        {
            "id": world.code(),
            "order": order["id"],
            "status": "PENDING" if funding.pending else "COMPLETED",
            "reason": "ECHECK" if funding.pending else None,
            "amount": amount,
            "currency": order["currency"],
            "fee": None if funding.pending else sale_fee(amount, order["currency"]),
            "custom_id": order["custom_id"],
            "invoice_id": order["invoice_id"],
            "refunded": 0,
            "held_by": None,
            "funding": order["funding"],
        },
    )
    ledger.book(
        world,
        ledger.PAYMENT,
        transaction=capture["id"],
        amount=amount,
        fee=capture["fee"] or 0,
        currency=order["currency"],
        status="P" if funding.pending else "S",
        reference=order["id"],
        reference_type="ODR",
        custom=order["custom_id"],
        invoice=order["invoice_id"],
        counterparty=order["payer"],
    )
    tell(world, capture, "PENDING" if funding.pending else "COMPLETED")
    if funding.disputed:
        seconds = int(world.setting("dispute_seconds"))
        world.later("open_dispute", {"capture": capture["id"]}, seconds=seconds)
    return capture


def settle(world: World, capture: Json, *, completed: bool) -> Json:
    """End a pending capture: cleared, or denied.

    Raises:
        ValueError: it is not pending.
    """
    if capture["status"] != "PENDING":
        raise ValueError(f"the capture is {capture['status']}, not PENDING")
    capture["reason"] = None
    if completed:
        capture["status"] = "COMPLETED"
        capture["fee"] = sale_fee(capture["amount"], capture["currency"])
        ledger.settle(world, capture["id"], status="S", fee=capture["fee"])
    else:
        capture["status"] = "DECLINED"
        ledger.settle(world, capture["id"], status="D")
    world.save(capture)
    tell(world, capture, "COMPLETED" if completed else "DENIED")
    return capture


def tell(world: World, capture: Json, what: str) -> None:
    """Emit `PAYMENT.CAPTURE.‹what›` with the capture as it is now."""
    world.emit(f"PAYMENT.CAPTURE.{what}", "capture", shown(world, capture))


def retrieve(world: World, names: Json, given: Json) -> Json:
    """GET /v2/payments/captures/{id}"""
    return shown(world, world.require("capture", names["id"]))


def shown(world: World, capture: Json, *, nested: bool = False) -> Json:
    """Return a capture as PayPal writes it; inside an order it does not name the order again."""
    amount, currency, fee = capture["amount"], capture["currency"], capture["fee"]
    path = f"/v2/payments/captures/{capture['id']}"
    found: Json = {
        "id": capture["id"],
        "status": capture["status"],
        "amount": money(amount, currency),
        "final_capture": True,
        "seller_protection": {
            "status": "ELIGIBLE",
            "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"],
        },
        "disbursement_mode": "INSTANT",
        "create_time": moment(capture["created"]),
        "update_time": moment(capture["updated"]),
        "links": [
            world.link("self", path),
            world.link("refund", f"{path}/refund", "POST"),
            world.link("up", f"/v2/checkout/orders/{capture['order']}"),
        ],
    }
    if capture["reason"] is not None:
        found["status_details"] = {"reason": capture["reason"]}
    if fee is not None:
        found["seller_receivable_breakdown"] = {
            "gross_amount": money(amount, currency),
            "paypal_fee": money(fee, currency),
            "net_amount": money(amount - fee, currency),
            **_received(world, capture),
        }
    for name in ("custom_id", "invoice_id"):
        if capture[name] is not None:
            found[name] = capture[name]
    if not nested:
        found["supplementary_data"] = {"related_ids": {"order_id": capture["order"]}}
    return found


def _received(world: World, capture: Json) -> Json:
    """Return what PayPal adds where the money came into a balance of another currency."""
    row = ledger.of(world, capture["id"]) if world.setting("paypal_exchange") else None
    if row is None or row["rate"] is None:
        return {}
    return {
        "paypal_fee_in_receivable_currency": money(row["fee"], row["currency"]),
        "receivable_amount": money(row["amount"] - row["fee"], row["currency"]),
        "exchange_rate": ledger.rate_of(row, capture["currency"]),
    }
