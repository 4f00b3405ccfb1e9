"""PayPal's part of the control plane: what happens to money outside of any API call of ours.

A lever is `(world, names, given) -> JSON`; each runs in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.core.messages import Json
from sandbox.paypal import captures, orders, refunds, tokens
from sandbox.paypal.money import money
from sandbox.paypal.world import World

type Lever = Callable[[World, Json, Json], Any]


def approve_order(world: World, names: Json, given: Json) -> Json:
    """`{"funding": "balance" | "declined" | "echeck" | …}`: the payer says yes."""
    order = orders.require(world, names["id"])
    orders.approve(
        world, order, funding=given.get("funding", "balance"), email=given.get("email_address")
    )
    return orders.shown(world, order)


def settle_capture(world: World, names: Json, given: Json) -> Json:
    """`{"outcome": "completed" | "denied"}` for a capture that is pending."""
    capture = world.require("capture", names["id"])
    completed = one_of(given, "outcome", "completed", "denied") == "completed"
    return captures.shown(world, captures.settle(world, capture, completed=completed))


def refund_capture(world: World, names: Json, given: Json) -> Json:
    """`{"amount": minor}` or all that is left: a refund made by hand at PayPal's own site."""
    return refunds.shown(world, refund_by_hand(world, names["id"], given))


def refund_by_hand(world: World, capture_id: str, given: Json) -> Json:
    """Give back, with nothing that names a row of the shop but the capture's own custom id."""
    capture = world.require("capture", capture_id)
    body: Json = {name: given[name] for name in ("custom_id", "invoice_id") if name in given}
    if "amount" in given:
        body["amount"] = money(int(given["amount"]), capture["currency"])
    return refunds.make(world, capture, body)


def finish_refund(world: World, names: Json, given: Json) -> Json:
    """`{"outcome": "COMPLETED" | "FAILED"}`; a completed one may still fail."""
    outcome = one_of(given, "outcome", "COMPLETED", "FAILED")
    refunds.finish(world, {"refund": names["id"], "outcome": outcome})
    return refunds.shown(world, world.require("refund", names["id"]))


def one_of(given: Json, name: str, *allowed: str) -> str:
    """Return a word of the lever's.

    Raises:
        ValueError: another word.
    """
    value = given.get(name)
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return str(value)


LEVERS: list[tuple[str, str, Lever]] = [
    ("POST", "orders/{id}/approve", approve_order),
    ("POST", "captures/{id}/settle", settle_capture),
    ("POST", "captures/{id}/refund", refund_capture),
    ("POST", "refunds/{id}/finish", finish_refund),
    ("POST", "tokens/expire", tokens.expire),
]
