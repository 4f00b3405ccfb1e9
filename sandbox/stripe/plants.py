"""Planted divergences: the gateway's history bent so that a reconciliation has something to find.

Each plant changes the stand-in's own records in silence (`"webhooks": true` tells the world after
all) and returns what it made or changed. `"created"` dates what is made in the past.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.core.messages import Json
from sandbox.core.moments import instant_of
from sandbox.stripe import (
    accounts,
    balance,
    charging,
    disputes,
    payment_intents,
    payment_methods,
    refunds,
)
from sandbox.stripe.levers import Lever, charge_of
from sandbox.stripe.present import present
from sandbox.stripe.world import World


def plant_charge(world: World, names: Json, given: Json) -> Json:
    """A paid intent: `{"amount", "currency", "metadata", "description", "payment_method"}`."""
    world = _dated(world, given)
    params: Json = {
        "amount": int(given["amount"]),
        "currency": given.get("currency", "usd"),
        "metadata": given.get("metadata") or {},
    }
    if "description" in given:
        params["description"] = given["description"]
    intent = payment_intents.create(world, {}, params)
    method = payment_methods.from_token(world, given.get("payment_method", "pm_card_visa"))
    intent["payment_method"] = method["id"]
    intent = charging.take(world, intent, method, payment_methods.behaviour_of(method))
    return _made(world, intent["id"], intent["latest_charge"])


def plant_duplicate(world: World, names: Json, given: Json) -> Json:
    """The same sale a second time: another intent and charge with the same amount and metadata."""
    first = charge_of(world, given)
    again = {
        "amount": first["amount"],
        "currency": first["currency"],
        "metadata": first["metadata"],
        "created": given.get("created", world.now),
        "webhooks": given.get("webhooks", False),
    }
    return plant_charge(world, names, again)


def plant_missing_charge(world: World, names: Json, given: Json) -> Json:
    """A charge of ours vanishes, with its balance transaction.

    `"intent"`: `reopen` (default; the intent was never paid), `hide`, or `keep` as it is.
    """
    charge = charge_of(world, given)
    hidden = [charge["id"]]
    if charge["balance_transaction"]:
        hidden.append(charge["balance_transaction"])
    intent = world.get("payment_intent", charge["payment_intent"] or "-")
    if intent is not None and given.get("intent", "reopen") == "reopen":
        intent |= {
            "status": "requires_payment_method",
            "amount_received": 0,
            "latest_charge": None,
            "payment_method": None,
        }
        world.save(intent)
    elif intent is not None and given["intent"] == "hide":
        hidden.append(intent["id"])
    for object_id in hidden:
        world.store.hide(object_id)
    return {"hidden": hidden}


def plant_refund(world: World, names: Json, given: Json) -> Json:
    """A refund made by hand at the gateway, of all that is left or of `amount`."""
    world = _dated(world, given)
    params: Json = {name: given[name] for name in ("amount", "metadata", "reason") if name in given}
    refund = refunds.make(world, charge_of(world, given), params)
    return _made(world, refund["id"], refund["charge"])


def plant_missing_refund(world: World, names: Json, given: Json) -> Json:
    """A refund of ours vanishes; with `"restore_charge"` the charge is paid again (unrefunded)."""
    refund = world.require("refund", given["refund"])
    hidden = [refund["id"]]
    for name in ("balance_transaction", "failure_balance_transaction"):
        if refund.get(name):
            hidden.append(refund[name])
    for object_id in hidden:
        world.store.hide(object_id)
    if given.get("restore_charge", False):
        charge = world.require("charge", refund["charge"])
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        world.save(charge)
    return {
        "hidden": hidden,
        "charge": present(world.store, world.require("charge", refund["charge"]), now=world.now),
    }


def plant_unrefund(world: World, names: Json, given: Json) -> Json:
    """Ours is refunded, theirs is not: the refund is gone and the charge is paid again."""
    return plant_missing_refund(world, names, given | {"restore_charge": True})


def plant_amount(world: World, names: Json, given: Json) -> Json:
    """A balance transaction with another `{"amount": n}` or by `{"delta": n}`; the fee stays."""
    return _bend(world, given, "amount")


def plant_fee(world: World, names: Json, given: Json) -> Json:
    """A balance transaction with another fee: `{"fee": n}` or `{"delta": n}`."""
    return _bend(world, given, "fee")


def plant_currency(world: World, names: Json, given: Json) -> Json:
    """A balance transaction in another currency: `{"currency": "eur"}`."""
    entry = _entry_of(world, given)
    before = present(world.store, entry, now=world.now)
    entry["currency"] = given["currency"]
    for detail in entry["fee_details"]:
        detail["currency"] = given["currency"]
    world.save(entry)
    return {"before": before, "after": present(world.store, entry, now=world.now)}


def plant_dispute(world: World, names: Json, given: Json) -> Json:
    """A dispute of which no webhook tells."""
    world = _dated(world, given)
    dispute = disputes.open_on(
        world,
        charge_of(world, given),
        amount=given.get("amount"),
        fee=given.get("fee"),
        reason=given.get("reason", "fraudulent"),
    )
    return _made(world, dispute["id"], dispute["charge"], *dispute["_balance_transactions"])


def plant_unknown(world: World, names: Json, given: Json) -> Json:
    """A balance transaction of a category that nobody knows: `{"amount", "category"}`."""
    world = _dated(world, given)
    entry = balance.book(
        world,
        type=given.get("type", "contribution"),
        category=given.get("category", "lunar_levy"),
        amount=int(given.get("amount", -123)),
        fee=int(given.get("fee", 0)),
        currency=given.get("currency", "usd"),
        source=given.get("source"),
        description=given.get("description", "planted"),
    )
    return _made(world, entry["id"])


def hide(world: World, names: Json, given: Json) -> Json:
    """`{"id": "…"}`: the object is gone for every call; `restore` brings it back."""
    return {"hidden": [given["id"]] if world.store.hide(given["id"]) else []}


def restore(world: World, names: Json, given: Json) -> Json:
    """`{"id": "…"}`: undo `hide`."""
    return {"restored": [given["id"]] if world.store.hide(given["id"], hidden=False) else []}


def _dated(world: World, given: Json) -> World:
    created = instant_of(given["created"]) if "created" in given else world.now
    return replace(world, now=created, quiet=not given.get("webhooks", False))


def _bend(world: World, given: Json, name: str) -> Json:
    entry = _entry_of(world, given)
    before = present(world.store, entry, now=world.now)
    entry[name] = int(given[name]) if name in given else entry[name] + int(given["delta"])
    entry["net"] = entry["amount"] - entry["fee"]
    if name == "fee" and entry["fee_details"]:
        entry["fee_details"][0]["amount"] = entry["fee"]
    world.save(entry)
    return {"before": before, "after": present(world.store, entry, now=world.now)}


def plant_payees(world: World, names: Json, given: Json) -> Json:
    """So many verified connected accounts at once: `{"count"}`; returns their ids, in silence."""
    quiet = replace(world, quiet=True)
    params: Json = {"capabilities": {"transfers": {"requested": True}}}
    made = [accounts.create(quiet, {}, params) for _ in range(int(given["count"]))]
    return {"ids": [accounts.verify(quiet, one, state="verified")["id"] for one in made]}


def _entry_of(world: World, given: Json) -> Json:
    """Return the balance transaction named itself, or by its refund, charge or intent."""
    if "balance_transaction" in given:
        return world.require("balance_transaction", given["balance_transaction"])
    if "refund" in given:
        owner = world.require("refund", given["refund"])
    else:
        owner = charge_of(world, given)
    return world.require("balance_transaction", owner["balance_transaction"] or "-")


def _made(world: World, *object_ids: str) -> Json:
    """Return the named objects by kind, and their balance transactions."""
    found: dict[str, Any] = {}
    for object_id in object_ids:
        subject = world.store.find(object_id)
        if subject is None:
            continue
        found[subject["object"]] = present(world.store, subject, now=world.now)
        entry = world.store.find(subject.get("balance_transaction") or "-")
        if entry is not None and "balance_transaction" not in found:
            found["balance_transaction"] = present(world.store, entry, now=world.now)
    return found


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
    ("payees", plant_payees),
    ("hide", hide),
    ("restore", restore),
]
