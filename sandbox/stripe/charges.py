"""Charges: what an intent's attempts leave behind. https://docs.stripe.com/api/charges"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe.cards import Decline
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.payment_methods import EMPTY_BILLING
from sandbox.stripe.world import World

_CARD_SHOWN = (
    "brand",
    "checks",
    "country",
    "exp_month",
    "exp_year",
    "fingerprint",
    "funding",
    "last4",
)
_BANK_SHOWN = (
    "account_holder_type",
    "account_type",
    "bank_name",
    "fingerprint",
    "last4",
    "routing_number",
)


def new(
    world: World,
    intent: Json,
    method: Json,
    *,
    status: str,
    captured: bool,
    decline: Decline | None = None,
) -> Json:
    """Append the charge of one attempt; the intent's metadata of this moment is copied."""
    amount = intent["amount"] + world.wrong_amount
    charge_id = world.ids.new("ch" if method["type"] == "card" else "py")
    return world.add(
        "charge",
        {
            "id": charge_id,
            "object": "charge",
            "amount": amount,
            "amount_captured": amount if captured else 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": method.get("billing_details", EMPTY_BILLING),
            "calculated_statement_descriptor": "SANDBOX",
            "captured": captured,
            "created": world.now,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": decline.code if decline else None,
            "failure_message": decline.message if decline else None,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "on_behalf_of": None,
            "outcome": _outcome(decline),
            "paid": status == "succeeded",
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": _details(method, amount),
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": f"{world.base_url}/stripe/receipts/{charge_id}",
            "refunded": False,
            "review": None,
            "shipping": intent["shipping"],
            "source": None,
            "source_transfer": None,
            "statement_descriptor": intent["statement_descriptor"],
            "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
            "status": status,
            "transfer_data": None,
            "transfer_group": intent["transfer_group"],
        },
    )


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/charges/{id}"""
    return world.require("charge", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/charges"""
    where = equal(params, "customer", "payment_intent", "transfer_group")
    return list_of(world, "charge", params, url="/v1/charges", **where)


def update(world: World, names: Json, params: Json) -> Json:
    """POST /v1/charges/{id}"""
    charge = world.require("charge", names["id"])
    before = {
        name: charge[name]
        for name in ("description", "metadata", "transfer_group", "receipt_email")
    }
    charge["metadata"] = merged(charge["metadata"], params.get("metadata"))
    for name in ("description", "transfer_group", "receipt_email"):
        if name in params:
            charge[name] = params[name]
    world.save(charge)
    world.emit(
        "charge.updated", charge, previous={k: v for k, v in before.items() if charge[k] != v}
    )
    return charge


def _outcome(decline: Decline | None) -> Json:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": "01" if decline else None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": (decline.decline_code or decline.code) if decline else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank returned a decline." if decline else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }


def _details(method: Json, amount: int) -> Json:
    if method["type"] != "card":
        bank = method["us_bank_account"]
        shown = {name: bank[name] for name in _BANK_SHOWN}
        return {"type": "us_bank_account", "us_bank_account": shown}
    card = method["card"]
    return {
        "type": "card",
        "card": {name: card[name] for name in _CARD_SHOWN}
        | {
            "amount_authorized": amount,
            "authorization_code": "123456",
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": card["brand"],
            "network_token": {"used": False},
            "network_transaction_id": "579010105131063",
            "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": None,
            "wallet": None,
        },
    }
