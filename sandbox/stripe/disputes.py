"""Disputes: the card holder's bank takes the money back, and a fee.

https://docs.stripe.com/disputes. They are opened by a magic card or by the control plane, answered
through the API, decided by the control plane.
"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe import balance
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World

_DAYS_TO_ANSWER = 9
_ANSWERABLE = {"needs_response", "warning_needs_response"}
_EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)

# Of these fields the value is the id of a file.
_FILES = {
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
}


def open_on(
    world: World,
    charge: Json,
    *,
    amount: int | None = None,
    reason: str = "fraudulent",
    fee: int | None = None,
    inquiry: bool = False,
) -> Json:
    """Open a dispute. Funds are withdrawn at once, unless it is only an inquiry.

    `amount` is the bank's own number: it may differ from the charge's.
    """
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise StripeError(f"Charge {charge['id']} was never paid; there is nothing to dispute.")
    amount = charge["amount_captured"] if amount is None else amount
    dispute: Json = {
        "id": world.ids.new("dp"),
        "object": "dispute",
        "amount": amount,
        "charge": charge["id"],
        "created": world.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now + _DAYS_TO_ANSWER * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "type": "card",
            "card": {
                "brand": "visa",
                "case_type": "inquiry" if inquiry else "chargeback",
                "network": "visa",
                "network_reason_code": "10.4",
            },
        },
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_balance_transactions": [],
    }
    world.add("dispute", dispute)
    if not inquiry:
        _withdraw(world, dispute, fee=world.setting("dispute_fee_minor") if fee is None else fee)
    charge |= {"disputed": True, "_held_by_dispute": not inquiry}
    world.save(charge)
    world.emit("charge.dispute.created", dispute)
    if not inquiry:
        world.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _withdraw(world: World, dispute: Json, *, fee: int) -> None:
    entry = balance.book(
        world,
        type="adjustment",
        category="dispute",
        amount=-dispute["amount"],
        fee=fee,
        currency=dispute["currency"],
        source=dispute["id"],
        description=f"Chargeback withdrawal for {dispute['charge']}",
    )
    dispute["_balance_transactions"].append(entry["id"])
    world.save(dispute)


def open_later(world: World, payload: Json) -> None:
    """Job: what a magic card has planned."""
    charge = world.get("charge", payload["charge"])
    if charge is not None and not charge["disputed"]:
        open_on(world, charge, reason=payload["reason"])


def decide(world: World, dispute: Json, *, won: bool, fee_returned: int = 0) -> Json:
    """Close a dispute: won gives back the amount and, if said, a part of the fee; lost nothing."""
    if dispute["status"] in {"won", "lost", "warning_closed"}:
        raise StripeError(f"Dispute {dispute['id']} is already closed: {dispute['status']}.")
    charge = world.require("charge", dispute["charge"])
    if dispute["status"].startswith("warning"):
        dispute["status"] = "warning_closed"
    elif won:
        dispute["status"] = "won"
        entry = balance.book(
            world,
            type="adjustment",
            category="dispute_reversal",
            amount=dispute["amount"],
            fee=-fee_returned,
            currency=dispute["currency"],
            source=dispute["id"],
            description=f"Chargeback reversal for {dispute['charge']}",
        )
        dispute["_balance_transactions"].append(entry["id"])
        charge["_held_by_dispute"] = False
        world.save(charge)
    else:
        dispute["status"] = "lost"
    world.save(dispute)
    if dispute["status"] == "won":
        world.emit("charge.dispute.funds_reinstated", dispute)
    world.emit("charge.dispute.closed", dispute)
    return dispute


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/disputes/{id}"""
    return world.require("dispute", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/disputes"""
    where = equal(params, "charge", "payment_intent")
    return list_of(world, "dispute", params, url="/v1/disputes", **where)


def update(world: World, names: Json, params: Json) -> Json:
    """POST /v1/disputes/{id}: evidence, sent to the bank unless `submit` is false."""
    dispute = world.require("dispute", names["id"])
    evidence = params.get("evidence")
    if evidence is not None:
        if dispute["status"] not in _ANSWERABLE:
            raise StripeError(
                f"This dispute has a status of {dispute['status']}; its evidence can no longer"
                " change."
            )
        if "enhanced_evidence" in evidence or "appeal" in evidence:
            raise invalid("The stand-in carries plain evidence only.", param="evidence")
        for name in _FILES & evidence.keys():
            if evidence[name] and world.get("file", evidence[name]) is None:
                raise invalid(f"No such file upload: '{evidence[name]}'", param=f"evidence[{name}]")
        dispute["evidence"] |= evidence
        dispute["evidence_details"]["has_evidence"] = True
    if params.get("submit", True) and dispute["evidence_details"]["has_evidence"]:
        dispute["evidence_details"]["submission_count"] += 1
        inquiry = dispute["status"].startswith("warning")
        dispute["status"] = "warning_under_review" if inquiry else "under_review"
    dispute["metadata"] = merged(dispute["metadata"], params.get("metadata"))
    world.save(dispute)
    world.emit("charge.dispute.updated", dispute)
    return dispute


def close(world: World, names: Json, params: Json) -> Json:
    """POST /v1/disputes/{id}/close: give in."""
    return decide(world, world.require("dispute", names["id"]), won=False)
