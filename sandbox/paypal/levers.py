"""PayPal's part of the control plane: what happens to money outside of any API call of ours.

A lever is `(world, names, given) -> JSON`; each runs in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.core.messages import Json
from sandbox.paypal import (
    captures,
    disputes,
    merchants,
    orders,
    payouts,
    refunds,
    reporting,
    tokens,
    withdrawals,
)
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


def connect_merchant(world: World, names: Json, given: Json) -> Json:
    """`{"email", "state": "active" | "unconfirmed" | "restricted"}` under a tracking id."""
    merchant = merchants.connect(
        world,
        tracking_id=names["tracking_id"],
        email=given.get("email"),
        state=given.get("state", "active"),
    )
    return {"merchant_id": merchant["id"], "email": merchant["email"], "state": merchant["state"]}


def disconnect_merchant(world: World, names: Json, given: Json) -> Json:
    """The person behind a tracking id takes the consent back."""
    for merchant in world.select("merchant", tracking_id=names["tracking_id"]):
        merchants.disconnect(world, merchant)
    return {"disconnected": names["tracking_id"]}


def finish_item(world: World, names: Json, given: Json) -> Json:
    """`{"outcome": "SUCCESS" | "UNCLAIMED" | "RETURNED" | …, "reason"}` for a payout's item."""
    item = world.require("payout_item", names["id"])
    payouts.become(world, item, str(given.get("outcome")), reason=given.get("reason"))
    return payouts.shown_item(world, item)


def finish_batch(world: World, names: Json, given: Json) -> Json:
    """The same for every item of a batch."""
    for item in world.select("payout_item", batch=names["id"]):
        payouts.become(world, item, str(given.get("outcome")), reason=given.get("reason"))
    return payouts.shown(world, world.require("payout", names["id"]))


def open_dispute(world: World, names: Json, given: Json) -> Json:
    """`{"capture" or "order", "amount": minor, "fee": minor, "reason", "stage"}`."""
    dispute = disputes.open_on(
        world,
        capture_of(world, given),
        amount=given.get("amount"),
        fee=given.get("fee"),
        reason=given.get("reason", "UNAUTHORISED"),
        stage=given.get("stage", "CHARGEBACK"),
    )
    return disputes.shown(world, dispute)


def decide_dispute(world: World, names: Json, given: Json) -> Json:
    """`{"outcome": "won" | "lost", "fee_returned": minor}`."""
    dispute = world.require("dispute", names["id"])
    won = one_of(given, "outcome", "won", "lost") == "won"
    disputes.decide(world, dispute, won=won, fee_returned=int(given.get("fee_returned", 0)))
    return disputes.shown(world, dispute)


def move_dispute(world: World, names: Json, given: Json) -> Json:
    """`{"amount": -minor, "fee": minor}`: money moves once more, whatever was decided."""
    dispute = world.require("dispute", names["id"])
    amount, fee = int(given.get("amount", 0)), int(given.get("fee", 0))
    return disputes.shown(world, disputes.move_again(world, dispute, amount=amount, fee=fee))


def dispute_files(world: World, names: Json, given: Json) -> list[Json]:
    """What the seller has handed in: name, type, size and digest of each file."""
    found: list[Json] = world.require("dispute", names["id"]).get("files", [])
    return found


def withdraw(world: World, names: Json, given: Json) -> Json:
    """`{"currency": "USD", "amount": minor}`: to the platform's bank; all there is by default."""
    row = withdrawals.make(world, currency=given.get("currency", "USD"), amount=given.get("amount"))
    return reporting.shown(row)


def fail_withdrawal(world: World, names: Json, given: Json) -> Json:
    """The bank sends a withdrawal back."""
    return reporting.shown(withdrawals.fail(world, names["id"]))


def exchange(world: World, names: Json, given: Json) -> Json:
    """`{"from": "EUR", "to": "USD", "rate": "1.1"}`: the balance holds nothing in `from`."""
    rules = {**world.setting("paypal_exchange")}
    rules[str(given["from"])] = {"currency": str(given["to"]), "rate": str(given["rate"])}
    world.store.set_setting("paypal_exchange", rules)
    return {"exchange": rules}


def events(world: World, names: Json, given: Json) -> list[Json]:
    """Every event that was emitted, oldest first; PayPal's own list is a page long."""
    return [event["body"] for event in world.select("event")]


def capture_of(world: World, given: Json) -> Json:
    """Return the capture named by `capture` or by `order`."""
    if given.get("order"):
        found = world.select("capture", order=given["order"])
        return found[-1] if found else world.require("capture", "-")
    return world.require("capture", given["capture"])


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
    ("POST", "merchants/{tracking_id}/connect", connect_merchant),
    ("POST", "merchants/{tracking_id}/disconnect", disconnect_merchant),
    ("POST", "payouts/{id}/finish", finish_batch),
    ("POST", "payouts-item/{id}/finish", finish_item),
    ("POST", "disputes", open_dispute),
    ("POST", "disputes/{id}/decide", decide_dispute),
    ("POST", "disputes/{id}/move", move_dispute),
    ("GET", "disputes/{id}/files", dispute_files),
    ("POST", "withdrawals", withdraw),
    ("POST", "withdrawals/{id}/fail", fail_withdrawal),
    ("POST", "exchange", exchange),
    ("GET", "events", events),
    ("POST", "tokens/expire", tokens.expire),
]
