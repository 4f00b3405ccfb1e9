"""Customers, as little as payments need. https://docs.stripe.com/api/customers"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World

_WORDS = (
    "address",
    "business_name",
    "description",
    "email",
    "individual_name",
    "name",
    "phone",
    "shipping",
)


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/customers"""
    customer: Json = {
        "id": f"cus_{world.ids.text(14)}",
        "object": "customer",
        **{name: params.get(name) or None for name in _WORDS},
        "balance": 0,
        "created": world.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": world.ids.text(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": merged({}, params.get("metadata")),
        "next_invoice_sequence": 1,
        "preferred_locales": params.get("preferred_locales", []),
        "tax_exempt": params.get("tax_exempt", "none"),
        "test_clock": None,
    }
    world.add("customer", customer)
    world.emit("customer.created", customer)
    return customer


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/customers/{id}"""
    return world.require("customer", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/customers"""
    return list_of(world, "customer", params, url="/v1/customers", **equal(params, "email"))


def update(world: World, names: Json, params: Json) -> Json:
    """POST /v1/customers/{id}"""
    customer = world.require("customer", names["id"])
    for name in _WORDS:
        if name in params:
            customer[name] = params[name] or None
    customer["metadata"] = merged(customer["metadata"], params.get("metadata"))
    world.save(customer)
    world.emit("customer.updated", customer)
    return customer
