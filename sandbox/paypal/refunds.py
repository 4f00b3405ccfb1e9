"""Refunds of captures: partial, many, bounded; PayPal keeps the fee of the sale.

https://developer.paypal.com/docs/api/payments/v2/#captures_refund
"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.paypal import ledger
from sandbox.paypal.errors import unprocessable
from sandbox.paypal.funding import FUNDINGS
from sandbox.paypal.money import money, read
from sandbox.paypal.world import World, moment


def create(world: World, names: Json, given: Json) -> Json:
    """POST /v2/payments/captures/{id}/refund"""
    refund = make(world, world.require("capture", names["id"]), given)
    return shown(world, refund, full=not world.minimal)


def make(world: World, capture: Json, given: Json) -> Json:
    """Give back all that is left, or an amount of it.

    Raises:
        PayPalError: nothing is left, too much is asked for, a dispute holds the money.
    """
    left = capture["amount"] - capture["refunded"]
    amount = _amount_of(capture, given, left)
    _refuse_while_disputed(capture, whole=amount == left)
    invoice = given.get("invoice_id")
    if invoice and any(one["invoice_id"] == invoice for one in world.select("refund")):
        text = "Invoice ID was previously used to refund a capture."
        raise unprocessable("DUPLICATE_INVOICE_ID", text)
    funding = FUNDINGS[capture["funding"]]
    refund = world.add(
        "refund",
        {
            "id": world.code(),
            "capture": capture["id"],
            "status": funding.refund,
            "amount": amount,
            "currency": capture["currency"],
            "custom_id": given.get("custom_id") or capture["custom_id"],
            "invoice_id": invoice or capture["invoice_id"],
            "note_to_payer": given.get("note_to_payer"),
            "total": capture["refunded"] + amount,
        },
    )
    ledger.book(
        world,
        ledger.REFUND,
        transaction=refund["id"],
        amount=-amount,
        currency=refund["currency"],
        status="S" if refund["status"] == "COMPLETED" else "P",
        reference=capture["id"],
        custom=refund["custom_id"],
        invoice=refund["invoice_id"],
    )
    count(world, capture, amount)
    if refund["status"] == "PENDING":
        world.emit("PAYMENT.REFUND.PENDING", "refund", shown(world, refund))
        payload = {"refund": refund["id"], "outcome": funding.refund_ends}
        world.later("finish_refund", payload, seconds=int(world.setting("async_seconds")))
    else:
        world.emit("PAYMENT.CAPTURE.REFUNDED", "refund", shown(world, refund))
    return refund


def _amount_of(capture: Json, given: Json, left: int) -> int:
    if capture["status"] == "PENDING":
        text = (
            "Cannot initiate a refund as the capture is pending. Capture is typically pending when"
            " the payer has funded the transaction using e-check/bank funded."
        )
        raise unprocessable("PENDING_CAPTURE", text)
    if capture["status"] == "DECLINED":
        raise unprocessable("REFUND_NOT_ALLOWED", "Capture cannot be refunded.")
    if left == 0:
        text = "The capture has already been fully refunded"
        raise unprocessable("CAPTURE_FULLY_REFUNDED", text)
    if "amount" not in given:
        return left
    amount, currency = read(given["amount"], field="/amount")
    if currency != capture["currency"]:
        text = "Refund must be in the same currency as the capture"
        raise unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH", text, field="/amount/currency_code")
    if amount > left:
        text = (
            "The refund amount must be less than or equal to the capture amount that has not yet"
            " been refunded."
        )
        raise unprocessable(
            "REFUND_AMOUNT_EXCEEDED",
            text,
            field="/amount/value",
            value=given["amount"]["value"],
        )
    return amount


def _refuse_while_disputed(capture: Json, *, whole: bool) -> None:
    if capture["held_by"] == "CHARGEBACK":
        text = (
            "Refunds are not allowed on this capture due to a chargeback on the card or bank."
            " Please contact the payee to resolve the chargeback."
        )
        raise unprocessable("REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK", text)
    if capture["held_by"] and not whole:
        text = (
            "Partial refunds cannot be offered at this time because there is an open case on this"
            " transaction. Visit the PayPal Resolution Center to review this case."
        )
        raise unprocessable("TRANSACTION_DISPUTED", text)


def count(world: World, capture: Json, amount: int) -> None:
    """Take an amount into what was given back of a capture (a negative one: out of it)."""
    capture["refunded"] += amount
    whole = capture["refunded"] == capture["amount"]
    part = "PARTIALLY_REFUNDED" if capture["refunded"] else "COMPLETED"
    capture["status"] = "REFUNDED" if whole else part
    world.save(capture)
    ledger.settle(world, capture["id"], status="V" if whole else "S")


def finish(world: World, payload: Json) -> None:
    """End a pending refund, or let one fail that was completed (job, lever)."""
    refund = world.require("refund", payload["refund"])
    outcome = payload["outcome"]
    if refund["status"] in {outcome, "FAILED", "CANCELLED"}:
        return
    was = refund["status"]
    refund["status"] = outcome
    world.save(refund)
    if outcome == "COMPLETED":
        ledger.settle(world, refund["id"], status="S")
        world.emit("PAYMENT.CAPTURE.REFUNDED", "refund", shown(world, refund))
        return
    if was == "PENDING":
        ledger.settle(world, refund["id"], status="D")
    else:
        ledger.book(
            world,
            ledger.REVERSAL,
            amount=refund["amount"],
            currency=refund["currency"],
            reference=refund["id"],
            custom=refund["custom_id"],
        )
    count(world, world.require("capture", refund["capture"]), -refund["amount"])
    world.emit("PAYMENT.REFUND.FAILED", "refund", shown(world, refund))


def retrieve(world: World, names: Json, given: Json) -> Json:
    """GET /v2/payments/refunds/{id}"""
    return shown(world, world.require("refund", names["id"]))


def shown(world: World, refund: Json, *, full: bool = True) -> Json:
    """Return a refund as PayPal writes it."""
    found: Json = {"id": refund["id"], "status": refund["status"]}
    if full:
        currency = refund["currency"]
        found |= {
            "amount": money(refund["amount"], currency),
            "seller_payable_breakdown": {
                "gross_amount": money(refund["amount"], currency),
                "paypal_fee": money(0, currency),
                "net_amount": money(refund["amount"], currency),
                "total_refunded_amount": money(refund["total"], currency),
                **_taken(world, refund),
            },
            "create_time": moment(refund["created"]),
            "update_time": moment(refund["updated"]),
        }
        if refund["status"] == "PENDING":
            found["status_details"] = {"reason": "ECHECK"}
        for name in ("custom_id", "invoice_id", "note_to_payer"):
            if refund[name] is not None:
                found[name] = refund[name]
    found["links"] = [
        world.link("self", f"/v2/payments/refunds/{refund['id']}"),
        world.link("up", f"/v2/payments/captures/{refund['capture']}"),
    ]
    return found


def _taken(world: World, refund: Json) -> Json:
    """Return what PayPal adds where the money left a balance of another currency."""
    row = ledger.of(world, refund["id"]) if world.setting("paypal_exchange") else None
    if row is None or row["rate"] is None:
        return {}
    return {
        "net_amount_in_receivable_currency": money(-row["amount"], row["currency"]),
        "net_amount_breakdown": [
            {
                "payable_amount": money(-row["amount"], row["currency"]),
                "converted_amount": money(refund["amount"], refund["currency"]),
                "exchange_rate": ledger.rate_of(row, refund["currency"]),
            }
        ],
    }
