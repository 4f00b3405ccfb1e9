"""Planted divergences: PayPal's history bent so that a reconciliation has something to find.

As `stripe/plants.py`: each changes the stand-in's own records in silence (`"webhooks": true` tells
the world after all) and returns what it made or changed; `"created"` dates it in the past.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.core.messages import Json
from sandbox.core.moments import instant_of
from sandbox.paypal import captures, disputes, ledger, orders, refunds, reporting
from sandbox.paypal.errors import missing
from sandbox.paypal.funding import FUNDINGS
from sandbox.paypal.levers import Lever, capture_of, refund_by_hand
from sandbox.paypal.money import money
from sandbox.paypal.world import World


def plant_charge(world: World, names: Json, given: Json) -> Json:
    """A captured order: `{"amount": minor, "currency", "custom_id", "invoice_id"}`."""
    world = _dated(world, given)
    unit: Json = {"amount": money(int(given["amount"]), given.get("currency", "USD"))}
    unit |= {name: given[name] for name in ("custom_id", "invoice_id") if given.get(name)}
    made = orders.create(world, {}, {"intent": "CAPTURE", "purchase_units": [unit]})
    order = orders.approve(world, orders.require(world, made["id"]))
    order["status"] = "COMPLETED"
    world.save(order)
    capture = captures.take(world, order, FUNDINGS["balance"])
    return {
        "order": orders.shown(world, order),
        "capture": captures.shown(world, capture),
        "transaction": _row(world, capture["id"]),
    }


def plant_duplicate(world: World, names: Json, given: Json) -> Json:
    """The same sale a second time: another order and capture with the same amount and id."""
    first = capture_of(world, given)
    again = {name: first[name] for name in ("amount", "currency", "custom_id", "invoice_id")}
    return plant_charge(world, names, given | again)


def plant_missing_charge(world: World, names: Json, given: Json) -> Json:
    """A capture of ours vanishes, with its movement.

    `"intent"`: `reopen` (default; the order was never paid), `hide`, or `keep` as it is.
    """
    capture = capture_of(world, given)
    hidden = [capture["id"], _movement(world, capture["id"])["id"]]
    order = world.get("order", capture["order"])
    if order is not None and given.get("intent", "reopen") == "reopen":
        world.save(order | {"status": "CREATED", "funding": None, "payer": None})
    elif order is not None and given["intent"] == "hide":
        hidden.append(order["id"])
    return _hidden(world, hidden)


def plant_refund(world: World, names: Json, given: Json) -> Json:
    """A refund made by hand at PayPal's site, of all that is left or of `amount`."""
    world = _dated(world, given)
    refund = refund_by_hand(world, capture_of(world, given)["id"], given)
    return {"refund": refunds.shown(world, refund), "transaction": _row(world, refund["id"])}


def plant_missing_refund(world: World, names: Json, given: Json) -> Json:
    """A refund of ours vanishes; with `"restore_charge"` the capture is paid again."""
    refund = world.require("refund", given["refund"])
    if given.get("restore_charge", False):
        refunds.count(world, world.require("capture", refund["capture"]), -refund["amount"])
    return _hidden(world, [refund["id"], _movement(world, refund["id"])["id"]])


def plant_unrefund(world: World, names: Json, given: Json) -> Json:
    """Ours is refunded, theirs is not: the refund is gone and the capture is paid again."""
    return plant_missing_refund(world, names, given | {"restore_charge": True})


def plant_amount(world: World, names: Json, given: Json) -> Json:
    """A movement with another `{"amount": n}` or by `{"delta": n}`; the fee stays."""
    return _bend(world, given, "amount")


def plant_fee(world: World, names: Json, given: Json) -> Json:
    """A movement with another fee: `{"fee": n}` or `{"delta": n}`."""
    return _bend(world, given, "fee")


def plant_currency(world: World, names: Json, given: Json) -> Json:
    """A movement in another currency: `{"currency": "EUR"}`."""
    row = _named(world, given)
    before = reporting.shown(row)
    row["currency"] = given["currency"]
    return {"before": before, "after": reporting.shown(world.save(row))}


def plant_dispute(world: World, names: Json, given: Json) -> Json:
    """A dispute of which no webhook tells."""
    world = _dated(world, given)
    dispute = disputes.open_on(
        world,
        capture_of(world, given),
        amount=given.get("amount"),
        fee=given.get("fee"),
        reason=given.get("reason", "UNAUTHORISED"),
        stage=given.get("stage", "CHARGEBACK"),
    )
    return {"dispute": disputes.shown(world, dispute)}


def plant_unknown(world: World, names: Json, given: Json) -> Json:
    """A movement of a kind that nobody knows: `{"amount", "currency", "code"}`."""
    world = _dated(world, given)
    row = ledger.book(
        world,
        given.get("code", "T1900"),
        amount=int(given.get("amount", -123)),
        fee=int(given.get("fee", 0)),
        currency=given.get("currency", "USD"),
    )
    return {"transaction": reporting.shown(row)}


def hide(world: World, names: Json, given: Json) -> Json:
    """`{"id": "…"}`: an object, or the movement of that number, is gone for every call."""
    row = ledger.of(world, given["id"])
    return _hidden(world, [given["id"], *([row["id"]] if row else [])])


def restore(world: World, names: Json, given: Json) -> Json:
    """`{"id": "…"}`: undo `hide` of one identifier that it named."""
    return {"restored": [given["id"]] if world.store.hide(given["id"], hidden=False) else []}


def _dated(world: World, given: Json) -> World:
    created = instant_of(given["created"]) if "created" in given else world.now
    return replace(world, now=created, quiet=not given.get("webhooks", False))


def _hidden(world: World, ids: list[str]) -> Json:
    return {"hidden": [one for one in ids if world.store.hide(one)]}


def _bend(world: World, given: Json, name: str) -> Json:
    row = _named(world, given)
    before = reporting.shown(row)
    row[name] = int(given[name]) if name in given else row[name] + int(given["delta"])
    return {"before": before, "after": reporting.shown(world.save(row))}


def _named(world: World, given: Json) -> Json:
    """Return the movement named by its number, or by its refund, capture or order."""
    for name in ("transaction", "refund"):
        if name in given:
            return _movement(world, given[name])
    return _movement(world, capture_of(world, given)["id"])


def _movement(world: World, transaction: str) -> Json:
    row = ledger.of(world, transaction)
    if row is None:
        raise missing()
    return row


def _row(world: World, transaction: str) -> Json:
    return reporting.shown(_movement(world, transaction))


PLANTS: list[tuple[str, Lever]] = [
    ("charge", plant_charge),
    ("duplicate_charge", plant_duplicate),
    ("missing_charge", plant_missing_charge),
    ("refund", plant_refund),
    ("missing_refund", plant_missing_refund),
    ("unrefund", plant_unrefund),
    ("amount", plant_amount),
    ("fee", plant_fee),
    ("currency", plant_currency),
    ("dispute", plant_dispute),
    ("unknown_category", plant_unknown),
    ("hide", hide),
    ("restore", restore),
]
