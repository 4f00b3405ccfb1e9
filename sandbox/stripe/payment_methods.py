"""Payment methods: magic tokens, raw test cards, what the browser collects.

https://docs.stripe.com/api/payment_methods
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.core.messages import Json
from sandbox.stripe.cards import BY_NUMBER, BY_TOKEN, Behaviour, passes_luhn
from sandbox.stripe.errors import StripeError, declined, invalid, missing
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World

_PLAIN = Behaviour("4242424242424242")
EMPTY_BILLING: Json = {
    "address": {
        "city": None,
        "country": None,
        "line1": None,
        "line2": None,
        "postal_code": None,
        "state": None,
    },
    "email": None,
    "name": None,
    "phone": None,
    "tax_id": None,
}


def behaviour_of(method: Json) -> Behaviour:
    """Return what this payment method does when it is charged."""
    return BY_NUMBER.get(method["_number"]) or BY_TOKEN.get(method["_token"] or "") or _PLAIN


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payment_methods"""
    return from_data(world, params, path="")


def from_token(world: World, token: str) -> Json:
    """Return the payment method that an identifier or a magic token (`pm_card_visa`) stands for."""
    if token in BY_TOKEN:
        return _new(world, BY_TOKEN[token], token=token)
    found = world.get("payment_method", token)
    if found is None:
        raise missing("PaymentMethod", token, param="payment_method", status=400)
    return found


def from_data(world: World, data: Json, *, path: str = "payment_method_data") -> Json:
    """Make a payment method of raw data.

    Raises:
        StripeError: a type that this account does not take, a card number that is none or is no
        test card.
    """

    def where(name: str) -> str:
        return f"{path}[{name}]" if path else name

    if data.get("type", "card") == "us_bank_account":
        number = data.get("us_bank_account", {}).get("account_number", "")
        wanted = next(
            (b for b in BY_TOKEN.values() if b.type == "us_bank_account" and b.number == number),
            None,
        )
        return _new(world, wanted or BY_TOKEN["pm_usBankAccount_success"], data=data)
    if data.get("type") != "card":
        raise invalid(
            f'The payment method type "{data.get("type")}" is not activated here.',
            param=where("type"),
        )
    card = data.get("card")
    if not card:
        raise invalid(
            f"Missing required param: {where('card')}.",
            param=where("card"),
            code="parameter_missing",
        )
    if "token" in card:
        token = card["token"]
        if token not in BY_TOKEN:
            raise missing("token", token, param=f"{where('card')}[token]", status=400)
        return _new(world, BY_TOKEN[token], token=token, data=data)
    number = card.get("number", "").replace(" ", "")
    if not passes_luhn(number):
        raise StripeError(
            "Your card number is incorrect.",
            status=402,
            type="card_error",
            code="incorrect_number",
            param="number",
        )
    if number not in BY_NUMBER:
        raise declined(
            "card_declined",
            "test_mode_live_card",
            "Your card was declined. Your request was in test mode, but used a non test card.",
        )
    if (card.get("exp_year", 2000), card.get("exp_month", 1)) < _month(world.now):
        raise StripeError(
            "Your card's expiration year is invalid.",
            status=402,
            type="card_error",
            code="invalid_expiry_year",
            param="exp_year",
        )
    return _new(world, BY_NUMBER[number], data=data)


def _month(now: int) -> tuple[int, int]:
    instant = datetime.fromtimestamp(now, UTC)
    return instant.year, instant.month


def _new(
    world: World, behaviour: Behaviour, *, token: str | None = None, data: Json | None = None
) -> Json:
    data = data or {}
    billing = EMPTY_BILLING | {
        name: value or None for name, value in data.get("billing_details", {}).items()
    }
    billing["address"] = EMPTY_BILLING["address"] | (billing["address"] or {})
    method: Json = {
        "id": world.ids.new("pm"),
        "object": "payment_method",
        "allow_redisplay": data.get("allow_redisplay", "unspecified"),
        "billing_details": billing,
        "created": world.now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": merged({}, data.get("metadata")),
        "type": behaviour.type,
        "_number": behaviour.number,
        "_token": token,
    }
    card = data.get("card", {})
    if behaviour.type == "card":
        method["card"] = {
            "brand": behaviour.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "US",
            "display_brand": behaviour.brand,
            "exp_month": card.get("exp_month", 12),
            "exp_year": card.get("exp_year", 2034),
            "fingerprint": f"fp{behaviour.number[-8:]}sandbox",
            "funding": "debit" if behaviour.number == "4000056655665556" else "credit",
            "generated_from": None,
            "last4": behaviour.number[-4:],
            "networks": {"available": [behaviour.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        }
    else:
        method["us_bank_account"] = {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "fingerprint": f"fp{behaviour.number[-8:]}sandbox",
            "last4": behaviour.number[-4:],
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": "110000000",
            "status_details": None,
        }
    return world.add("payment_method", method)


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/payment_methods/{id}; a magic token can be retrieved too."""
    if names["id"] in BY_TOKEN:
        return from_token(world, names["id"])
    return world.require("payment_method", names["id"], param="payment_method")


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/payment_methods"""
    return list_of(
        world,
        "payment_method",
        params,
        url="/v1/payment_methods",
        **equal(params, "customer", "type"),
    )


def attach(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payment_methods/{id}/attach"""
    method = from_token(world, names["id"])
    if "customer" in params:
        method["customer"] = world.require(
            "customer", params["customer"], param="customer", status=400
        )["id"]
    world.save(method)
    world.emit("payment_method.attached", method)
    return method
