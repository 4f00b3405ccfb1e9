"""Refunds: bounded by the charge, some slow, some failing. https://docs.stripe.com/refunds"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe import balance, payment_methods
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/refunds, by charge or by payment intent."""
    for name in (
        "origin",
        "customer",
        "refund_application_fee",
        "reverse_transfer",
        "instructions_email",
    ):
        if params.get(name):
            raise invalid(f"The stand-in does not carry `{name}` on refunds.", param=name)
    return make(world, _charge_for(world, params), params)


def make(world: World, charge: Json, params: Json) -> Json:
    """Refund a charge: all that is left of it, or an amount within that.

    Raises:
        StripeError: nothing left, too much, or disputed.
    """
    left = charge["amount"] - charge["amount_refunded"]
    amount = int(params.get("amount", left))
    if not charge["captured"] or charge["status"] != "succeeded":
        raise StripeError(
            f"This charge has status {charge['status']} and cannot be refunded.", param="charge"
        )
    if charge.get("_held_by_dispute"):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    if left <= 0:
        raise StripeError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            param="amount",
            code="parameter_invalid_integer",
        )
    if amount > left:
        raise StripeError(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
            code="amount_too_large",
        )
    method = world.get("payment_method", charge["payment_method"] or "")
    behaviour = payment_methods.behaviour_of(method) if method else None
    return _append(
        world, charge, params, amount=amount, fate=behaviour.refund if behaviour else None
    )


def _append(world: World, charge: Json, params: Json, *, amount: int, fate: str | None) -> Json:
    pending = fate == "pending"
    refund: Json = {
        "id": world.ids.new("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now,
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": {
            "type": "card",
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
        },
        "metadata": merged({}, params.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    }
    if pending:
        refund["pending_reason"] = "processing"
    entry = balance.book(
        world,
        type="refund" if charge["id"].startswith("ch_") else "payment_refund",
        amount=-amount,
        currency=charge["currency"],
        source=refund["id"],
        description=f"REFUND FOR {'CHARGE' if charge['id'].startswith('ch_') else 'PAYMENT'}",
    )
    refund["balance_transaction"] = entry["id"]
    world.add("refund", refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount"]
    world.save(charge)
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge)
    if fate is not None:
        outcome = "succeeded" if pending else "failed"
        payload = {"refund": refund["id"], "outcome": outcome}
        world.later("finish_refund", payload, seconds=int(world.setting("async_seconds")))
    return refund


def finish(world: World, payload: Json) -> None:
    """Job, or by the control plane: a refund arrives, or comes back from the card's bank."""
    refund = world.get("refund", payload["refund"])
    if refund is None or refund["status"] not in {"pending", "requires_action", "succeeded"}:
        return
    if payload["outcome"] == "succeeded":
        refund["status"] = "succeeded"
        refund.pop("pending_reason", None)
        world.save(refund)
        world.emit("refund.updated", refund, previous={"status": "pending"})
        world.emit("charge.refund.updated", refund, previous={"status": "pending"})
        return
    give_back(world, refund, status="failed", reason=payload.get("reason", "lost_or_stolen_card"))
    world.emit("refund.failed", refund)
    world.emit("charge.refund.updated", refund)


def give_back(world: World, refund: Json, *, status: str, reason: str | None) -> Json:
    """Return the refund's money to the balance and its amount to the charge."""
    charge = world.require("charge", refund["charge"])
    entry = balance.book(
        world,
        type="refund_failure",
        amount=refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
        description="REFUND FAILURE",
    )
    refund |= {"status": status, "failure_balance_transaction": entry["id"]}
    if reason:
        refund["failure_reason"] = reason
    refund.pop("pending_reason", None)
    world.save(refund)
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.save(charge)
    return refund


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/refunds/{id}"""
    return world.require("refund", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/refunds"""
    return list_of(
        world, "refund", params, url="/v1/refunds", **equal(params, "charge", "payment_intent")
    )


def update(world: World, names: Json, params: Json) -> Json:
    """POST /v1/refunds/{id}: metadata only."""
    refund = world.require("refund", names["id"])
    before = refund["metadata"]
    refund["metadata"] = merged(before, params.get("metadata"))
    world.save(refund)
    world.emit("refund.updated", refund, previous={"metadata": before})
    return refund


def cancel(world: World, names: Json, params: Json) -> Json:
    """POST /v1/refunds/{id}/cancel: only while it waits."""
    refund = world.require("refund", names["id"])
    if refund["status"] not in {"requires_action", "pending"}:
        raise StripeError(
            f"You cannot cancel this refund because it has a status of {refund['status']}. Only a"
            " refund with one of the following statuses may be canceled: requires_action.",
        )
    give_back(world, refund, status="canceled", reason=None)
    world.emit("refund.updated", refund)
    world.emit("charge.refund.updated", refund)
    return refund


def _charge_for(world: World, params: Json) -> Json:
    if params.get("charge"):
        charge = world.require("charge", params["charge"], param="charge", status=400)
        if params.get("payment_intent", charge["payment_intent"]) != charge["payment_intent"]:
            raise invalid(
                "The charge does not belong to the payment intent.", param="payment_intent"
            )
        return charge
    if not params.get("payment_intent"):
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or"
            " charge.",
            code="parameter_missing",
        )
    intent = world.require(
        "payment_intent", params["payment_intent"], param="payment_intent", status=400
    )
    if intent["status"] != "succeeded" or intent["latest_charge"] is None:
        raise StripeError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
            code="payment_intent_unexpected_state" if intent["latest_charge"] else None,
        )
    return world.require("charge", intent["latest_charge"], param="payment_intent", status=400)
