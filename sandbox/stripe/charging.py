"""Moving the money of an intent: authentication, decline, charge, delayed settlement, capture.

https://docs.stripe.com/payments/paymentintents/lifecycle
"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe import balance, charges, payment_methods
from sandbox.stripe.cards import GENERIC, Behaviour, Decline
from sandbox.stripe.errors import StripeError, declined, invalid
from sandbox.stripe.fees import charge_fee
from sandbox.stripe.present import bare
from sandbox.stripe.world import World

_CONFIRMABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}
_RETURNED = Decline(
    "payment_method_provider_decline", "", "The customer's bank returned the payment."
)


def unexpected(intent: Json, message: str) -> StripeError:
    """The intent is in a state that forbids this: 400 with the intent inside."""
    return StripeError(message, code="payment_intent_unexpected_state", payment_intent=bare(intent))


def confirm(world: World, intent: Json, params: Json) -> Json:
    """Try to take the money with the method given now or attached before.

    Raises:
        StripeError: 400 in a state that forbids it or without a method, 402 when the card is
        declined.
    """
    if intent["status"] not in _CONFIRMABLE:
        already = "already succeeded after being previously confirmed"
        state = f"a status of {intent['status']}"
        raise unexpected(
            intent,
            "You cannot confirm this PaymentIntent because it has "
            + (already if intent["status"] == "succeeded" else state)
            + ".",
        )
    method = _method_for(world, intent, params)
    for name in ("receipt_email", "setup_future_usage", "shipping"):
        if name in params:
            intent[name] = params[name] or None
    intent["_return_url"] = params.get("return_url", intent.get("_return_url"))
    intent["payment_method"] = method["id"]
    behaviour = payment_methods.behaviour_of(method)
    if behaviour.authenticate and intent.get("_authenticated") != method["id"]:
        return _ask_for_authentication(world, intent, params)
    return take(world, intent, method, behaviour)


def take(world: World, intent: Json, method: Json, behaviour: Behaviour) -> Json:
    """Charge the method: at once, later (bank debits), or as an authorisation."""
    intent |= {"next_action": None, "last_payment_error": None}
    if behaviour.decline is not None:
        raise fail(world, intent, method, behaviour.decline)
    if behaviour.settles is not None:
        charge = charges.new(world, intent, method, status="pending", captured=True)
        intent |= {"status": "processing", "latest_charge": charge["id"]}
        world.save(intent)
        world.emit("payment_intent.processing", intent)
        world.emit("charge.pending", charge)
        if behaviour.settles != "never":
            outcome = "succeeded" if behaviour.settles == "succeeds" else "failed"
            payload = {"intent": intent["id"], "outcome": outcome}
            world.later("settle_delayed", payload, seconds=int(world.setting("async_seconds")))
        return intent
    if intent["capture_method"] == "manual":
        charge = charges.new(world, intent, method, status="succeeded", captured=False)
        intent |= {
            "status": "requires_capture",
            "amount_capturable": intent["amount"],
            "latest_charge": charge["id"],
        }
        world.save(intent)
        world.emit("payment_intent.amount_capturable_updated", intent)
        world.emit("charge.succeeded", charge)
        return intent
    charge = charges.new(world, intent, method, status="succeeded", captured=True)
    return _succeed(world, intent, charge, behaviour)


def _succeed(world: World, intent: Json, charge: Json, behaviour: Behaviour) -> Json:
    """Book the money and tell the world."""
    lag = int(world.setting("capture_seconds"))
    if lag and intent["capture_method"] == "automatic_async" and not world.quiet:
        world.later(
            "book_charge", {"charge": charge["id"], "at_once": behaviour.at_once}, seconds=lag
        )
    else:
        book_charge(world, charge, at_once=behaviour.at_once)
    intent |= {
        "status": "succeeded",
        "amount_received": charge["amount_captured"],
        "amount_capturable": 0,
        "latest_charge": charge["id"],
        "processing": None,
        "_authenticated": None,
    }
    world.save(intent)
    world.emit("charge.succeeded", charge)
    world.emit("payment_intent.succeeded", intent)
    if behaviour.dispute:
        payload = {"charge": charge["id"], "reason": behaviour.dispute}
        world.later("open_dispute", payload, seconds=int(world.setting("dispute_seconds")))
    return intent


def book_charge(
    world: World, charge: Json, *, at_once: bool = False, fee: int | None = None
) -> Json:
    """Write the charge's balance transaction: with its success, or later (asynchronous)."""
    entry = balance.book(
        world,
        type="charge" if charge["payment_method_details"]["type"] == "card" else "payment",
        amount=charge["amount_captured"],
        fee=charge_fee(charge["amount_captured"], charge["currency"]) if fee is None else fee,
        currency=charge["currency"],
        source=charge["id"],
        description=charge["description"],
        at_once=at_once,
    )
    charge["balance_transaction"] = entry["id"]
    return world.save(charge)


def book_later(world: World, payload: Json) -> None:
    """Job: the balance transaction of an asynchronous capture (`charge.updated`)."""
    charge = world.get("charge", payload["charge"])
    if charge is not None and charge["balance_transaction"] is None:
        book_charge(world, charge, at_once=payload["at_once"])
        world.emit("charge.updated", charge, previous={"balance_transaction": None})


def fail(world: World, intent: Json, method: Json, decline: Decline) -> StripeError:
    """Record the failed charge and return the 402 to raise; the intent waits for another method."""
    charge = charges.new(world, intent, method, status="failed", captured=False, decline=decline)
    error = declined(decline.code, decline.decline_code, decline.message, charge=charge["id"])
    shown = {
        "charge": charge["id"],
        "code": decline.code,
        "message": decline.message,
        "type": "card_error",
    }
    if decline.decline_code:
        shown["decline_code"] = decline.decline_code
    shown["payment_method"] = bare(method)
    intent |= {
        "status": "requires_payment_method",
        "latest_charge": charge["id"],
        "last_payment_error": shown,
        "payment_method": None,
        "next_action": None,
        "processing": None,
        "_authenticated": None,
    }
    world.save(intent)
    world.emit("charge.failed", charge)
    world.emit("payment_intent.payment_failed", intent)
    error.extra |= {"payment_intent": bare(intent), "payment_method": bare(method)}
    return error


def authenticated(world: World, intent_id: str, *, success: bool) -> Json:
    """The customer passed or failed the bank's page; the intent goes on by itself."""
    intent = world.require("payment_intent", intent_id)
    if intent["status"] != "requires_action":
        raise unexpected(
            intent,
            f"There is nothing to authenticate: the intent has a status of {intent['status']}.",
        )
    method = world.require("payment_method", intent["payment_method"])
    if not success:
        message = (
            "We are unable to authenticate your payment method. Please choose a different payment"
            " method and try again."
        )
        intent |= {
            "status": "requires_payment_method",
            "payment_method": None,
            "next_action": None,
            "last_payment_error": {
                "code": "payment_intent_authentication_failure",
                "message": message,
                "type": "invalid_request_error",
                "payment_method": bare(method),
            },
        }
        world.save(intent)
        world.emit("payment_intent.payment_failed", intent)
        return intent
    intent["_authenticated"] = method["id"]
    try:
        return take(world, intent, method, payment_methods.behaviour_of(method))
    except StripeError:
        return world.require("payment_intent", intent_id)


def settle_delayed(world: World, payload: Json) -> None:
    """Job, or by the control plane: a bank debit arrives or bounces."""
    intent = world.get("payment_intent", payload["intent"])
    if intent is None or intent["status"] != "processing":
        return
    charge = world.require("charge", intent["latest_charge"])
    method = world.require("payment_method", intent["payment_method"])
    if payload["outcome"] == "succeeded":
        charge |= {"status": "succeeded", "paid": True}
        _succeed(world, intent, world.save(charge), payment_methods.behaviour_of(method))
        return
    charge |= {"status": "failed", "paid": False, "captured": False, "amount_captured": 0}
    charge |= {"failure_code": _RETURNED.code, "failure_message": _RETURNED.message}
    world.save(charge)
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": {
            "charge": charge["id"],
            "code": _RETURNED.code,
            "message": _RETURNED.message,
            "payment_method": bare(method),
            "type": "invalid_request_error",
        },
    }
    world.save(intent)
    world.emit("charge.failed", charge)
    world.emit("payment_intent.payment_failed", intent)


def capture(world: World, intent: Json, params: Json) -> Json:
    """Take an authorised amount, or less; the rest is let go."""
    if intent["status"] != "requires_capture":
        raise unexpected(
            intent,
            "This PaymentIntent could not be captured because it has a status of"
            f" {intent['status']}. Only a PaymentIntent with one of the following statuses may be"
            " captured: requires_capture.",
        )
    whole = {"amount_to_capture": intent["amount_capturable"]}
    amount = int((whole | params)["amount_to_capture"])
    if not 1 <= amount <= intent["amount_capturable"]:
        raise invalid(
            "The amount to capture exceeds what was authorised.", param="amount_to_capture"
        )
    charge = world.require("charge", intent["latest_charge"])
    charge |= {
        "captured": True,
        "amount_captured": amount,
        "amount_refunded": charge["amount"] - amount,
    }
    behaviour = payment_methods.behaviour_of(
        world.require("payment_method", intent["payment_method"])
    )
    world.save(charge)
    world.emit("charge.captured", charge)
    return _succeed(world, intent, charge, behaviour)


def void(world: World, intent: Json) -> None:
    """Let an authorisation go."""
    charge = world.require("charge", intent["latest_charge"])
    charge |= {"amount_refunded": charge["amount"], "refunded": True}
    world.save(charge)
    world.emit("charge.refunded", charge)


def check_type(intent: Json, method: Json) -> None:
    """Refuse a method of a type that the intent does not allow."""
    if method["type"] not in intent["payment_method_types"]:
        raise invalid(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent."
            " Please attach a PaymentMethod of one of the following types:"
            f" {', '.join(intent['payment_method_types'])}.",
            param="payment_method",
        )


def _method_for(world: World, intent: Json, params: Json) -> Json:
    if params.get("payment_method"):
        method = payment_methods.from_token(world, params["payment_method"])
    elif params.get("payment_method_data"):
        method = payment_methods.from_data(world, params["payment_method_data"])
    elif intent["payment_method"]:
        return world.require("payment_method", intent["payment_method"])
    else:
        raise unexpected(
            intent,
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
            " either update the PaymentIntent with a payment method and then confirm it again, or"
            " confirm it again directly with a payment method or ConfirmationToken.",
        )
    check_type(intent, method)
    return method


def _ask_for_authentication(world: World, intent: Json, params: Json) -> Json:
    method = world.require("payment_method", intent["payment_method"])
    if params.get("off_session") or params.get("error_on_requires_action"):
        decline = Decline("authentication_required", "authentication_required", GENERIC.message)
        raise fail(world, intent, method, decline)
    page = f"{world.base_url}/stripe/authenticate/{intent['id']}"
    if intent["_return_url"] and not params.get("use_stripe_sdk"):
        action: Json = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": intent["_return_url"], "url": page},
        }
    else:
        action = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {
                "type": "three_d_secure_redirect",
                "stripe_js": f"{world.base_url}/stripe/challenge/{intent['id']}",
            },
        }
    intent |= {"status": "requires_action", "next_action": action}
    world.save(intent)
    world.emit("payment_intent.requires_action", intent)
    return intent
