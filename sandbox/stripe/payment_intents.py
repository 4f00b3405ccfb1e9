"""Payment intents: create, read, change, confirm, capture, cancel.

https://docs.stripe.com/payments/intents
"""

from __future__ import annotations

import hmac

from sandbox.core.messages import Json
from sandbox.stripe import charging, payment_methods
from sandbox.stripe.errors import invalid, missing
from sandbox.stripe.fees import TARIFFS
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World

_LARGEST = 99_999_999
_TYPES = ("card", "us_bank_account")
_COPIED = (
    "application_fee_amount",
    "description",
    "on_behalf_of",
    "payment_method_options",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)
_FIXED = {"amount", "currency", "payment_method", "payment_method_data", "customer"}
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_UNSUPPORTED = (
    "application_fee_amount",
    "confirmation_token",
    "customer_account",
    "hooks",
    "mandate",
    "on_behalf_of",
    "transfer_data",
)


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payment_intents"""
    _refuse_unsupported(params)
    currency = checked_currency(params["currency"])
    check_amount(params["amount"], currency)
    if "customer" in params:
        world.require("customer", params["customer"], param="customer", status=400)
    automatic = params.get("automatic_payment_methods")
    allowed = params.get("allowed_payment_method_types") or list(_TYPES)
    if unknown := [name for name in allowed if name not in _TYPES]:
        raise invalid(
            f'The payment method type "{unknown[0]}" is invalid.'
            " Please ensure the provided type is activated.",
            param="allowed_payment_method_types",
        )
    intent_id = world.ids.new("pi")
    intent: Json = {
        "id": intent_id,
        "object": "payment_intent",
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True}
        | (automatic or {}),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{world.ids.text(25)}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": world.now,
        "currency": currency,
        "customer": params.get("customer"),
        "customer_account": None,
        "excluded_payment_method_types": params.get("excluded_payment_method_types") or None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": merged({}, params.get("metadata")),
        "next_action": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_types": allowed,
        "processing": None,
        "review": None,
        "source": None,
        "status": "requires_payment_method",
        **{name: params.get(name) for name in _COPIED},
    }
    intent["payment_method_options"] = intent["payment_method_options"] or {}
    _attach_method(world, intent, params)
    world.add("payment_intent", intent)
    world.emit("payment_intent.created", intent)
    if params.get("confirm"):
        return charging.confirm(world, intent, params)
    if "return_url" in params or "off_session" in params:
        name = "return_url" if "return_url" in params else "off_session"
        raise invalid(f"You can only pass `{name}` when `confirm` is true.", param=name)
    return intent


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/payment_intents/{id}; with a publishable key the client secret is the permission."""
    return _permitted(world, names["id"], params)


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/payment_intents"""
    return list_of(
        world, "payment_intent", params, url="/v1/payment_intents", **equal(params, "customer")
    )


def update(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payment_intents/{id}; amount and currency only before the money moves."""
    _refuse_unsupported(params)
    intent = world.require("payment_intent", names["id"], param="intent")
    fixed = sorted(_FIXED & params.keys())
    if fixed and intent["status"] not in _OPEN:
        raise charging.unexpected(
            intent,
            f"This PaymentIntent's {fixed[0]} could not be updated because it has a status of"
            f" {intent['status']}. You may only update the {fixed[0]} of a PaymentIntent with one"
            f" of the following statuses: {', '.join(_OPEN)}.",
        )
    before = dict(intent)
    changed = intent | params
    currency = checked_currency(changed["currency"])
    check_amount(changed["amount"], currency)
    if params.get("customer"):
        world.require("customer", params["customer"], param="customer", status=400)
    for name in ("amount", "customer", *_COPIED):
        if name in params:
            intent[name] = params[name] if params[name] != "" else None
    intent["currency"] = currency
    intent["metadata"] = merged(intent["metadata"], params.get("metadata"))
    _attach_method(world, intent, params)
    return intent if intent == before else world.save(intent)


def confirm(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payment_intents/{id}/confirm, by the server or by the browser with the secret."""
    return charging.confirm(world, _permitted(world, names["id"], params), params)


def capture(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payment_intents/{id}/capture"""
    return charging.capture(
        world, world.require("payment_intent", names["id"], param="intent"), params
    )


def cancel(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payment_intents/{id}/cancel; only while no money has moved."""
    intent = world.require("payment_intent", names["id"], param="intent")
    if intent["status"] in {"succeeded", "canceled", "processing"}:
        raise charging.unexpected(
            intent,
            "You cannot cancel this PaymentIntent because it has a status of"
            f" {intent['status']}. Only a PaymentIntent with one of the following statuses may be"
            " canceled: requires_payment_method, requires_capture, requires_confirmation,"
            " requires_action.",
        )
    if intent["status"] == "requires_capture":
        charging.void(world, intent)
    intent |= {
        "status": "canceled",
        "amount_capturable": 0,
        "canceled_at": world.now,
        "cancellation_reason": params.get("cancellation_reason"),
        "next_action": None,
    }
    world.save(intent)
    world.emit("payment_intent.canceled", intent)
    return intent


def checked_currency(currency: str) -> str:
    """Return the currency.

    Raises:
        StripeError: not a lower-case code that this account takes.
    """
    if currency not in TARIFFS:
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies:"
            f" {', '.join(TARIFFS)}",
            param="currency",
        )
    return currency


def check_amount(amount: int, currency: str) -> None:
    """Refuse what is below the currency's minimum or above eight digits."""
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.",
            param="amount",
            code="parameter_invalid_integer",
        )
    if amount < TARIFFS[currency].minimum_minor:
        raise invalid(
            f"Amount must be at least {TARIFFS[currency].minimum_minor} {currency}",
            param="amount",
            code="amount_too_small",
        )
    if amount > _LARGEST:
        raise invalid(
            f"Amount must be no more than {_LARGEST}", param="amount", code="amount_too_large"
        )


def _attach_method(world: World, intent: Json, params: Json) -> None:
    if params.get("payment_method"):
        method = payment_methods.from_token(world, params["payment_method"])
    elif params.get("payment_method_data"):
        method = payment_methods.from_data(world, params["payment_method_data"])
    else:
        return
    charging.check_type(intent, method)
    intent["payment_method"] = method["id"]
    if intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"


def _permitted(world: World, intent_id: str, params: Json) -> Json:
    """Return the intent; the browser must show its client secret."""
    intent = world.require("payment_intent", intent_id, param="intent")
    secret = params.get("client_secret")
    if world.publishable and secret is None:
        raise invalid(
            "Missing required param: client_secret.",
            param="client_secret",
            code="parameter_missing",
        )
    if secret is not None and not hmac.compare_digest(secret, intent["client_secret"]):
        raise (
            missing("payment_intent", intent_id, param="intent")
            if world.publishable
            else invalid(
                "The client_secret provided does not match any associated PaymentIntent on this"
                " account.",
                param="client_secret",
                code="resource_missing",
            )
        )
    return intent


def _refuse_unsupported(params: Json) -> None:
    """Say openly what the real gateway can and this stand-in cannot."""
    for name in _UNSUPPORTED:
        if name in params:
            raise invalid(
                f"The stand-in does not carry `{name}`; test it against Stripe's own test mode.",
                param=name,
            )
