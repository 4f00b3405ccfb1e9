"""Transfers to connected accounts, and their reversals.

https://docs.stripe.com/connect/separate-charges-and-transfers
"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe import balance
from sandbox.stripe.errors import StripeError, invalid, missing
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/transfers, out of the available balance or out of one charge's money.

    Raises:
        StripeError: a destination that cannot receive, or money that is not there.
    """
    if "amount" not in params:
        raise invalid("Missing required param: amount.", param="amount", code="parameter_missing")
    amount, currency = params["amount"], params["currency"]
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    destination = world.get("account", params["destination"])
    if destination is None:
        raise missing("destination", params["destination"], param="destination", status=400)
    if destination["capabilities"].get("transfers") != "active":
        raise StripeError(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    source = _source(world, params)
    if source is None and balance.available(world, currency) < amount:
        raise StripeError(
            "You have insufficient available funds in your Stripe account. Try adding funds"
            " directly to your available balance by creating Charges using the 4000000000000077"
            " test card.",
            code="balance_insufficient",
        )
    transfer: Json = {
        "id": world.ids.new("tr"),
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": world.now,
        "currency": currency,
        "description": params.get("description"),
        "destination": destination["id"],
        "destination_payment": world.ids.new("py"),
        "livemode": False,
        "metadata": merged({}, params.get("metadata")),
        "reversed": False,
        "source_transaction": source["id"] if source else None,
        "source_type": params.get("source_type", "card"),
        "transfer_group": params.get("transfer_group") or _group(source),
    }
    entry = balance.book(
        world, type="transfer", amount=-amount, currency=currency, source=transfer["id"]
    )
    ready = _ready_on(world, source)
    if ready is not None:
        world.save(entry | {"available_on": ready})
    transfer["balance_transaction"] = entry["id"]
    world.add("transfer", transfer)
    _receive(world, transfer, ready=ready)
    world.emit("transfer.created", transfer)
    return transfer


def _source(world: World, params: Json) -> Json | None:
    """Return the charge that pays, if one was named, after checking what it still has."""
    if "source_transaction" not in params:
        return None
    charge = world.require(
        "charge", params["source_transaction"], param="source_transaction", status=400
    )
    earlier = world.store.select(
        "transfer", {"source_transaction": charge["id"]}, account=world.account
    )
    given = sum(one["amount"] - one["amount_reversed"] for one in earlier)
    if params["amount"] + given > charge["amount_captured"]:
        raise StripeError(
            f"The transfer amount ({params['amount']}) exceeds what is left of the source charge"
            f" ({charge['amount_captured'] - given}).",
            param="amount",
        )
    if params["currency"] != charge["currency"]:
        raise invalid("The currency must be the source charge's.", param="currency")
    return charge


def _group(source: Json | None) -> str | None:
    if source is None:
        return None
    return str(source["transfer_group"] or f"group_{source['payment_intent'] or source['id']}")


def _ready_on(world: World, source: Json | None) -> int | None:
    """A transfer out of a charge is available when the charge's money is."""
    if source is None or source["balance_transaction"] is None:
        return None
    entry = world.get("balance_transaction", source["balance_transaction"])
    return None if entry is None else int(entry["available_on"])


def _receive(world: World, transfer: Json, *, ready: int | None) -> None:
    """Book the money on the other side: a payment `py_…` and its balance transaction."""
    there = world.on(transfer["destination"])
    entry = balance.book(
        there,
        type="payment",
        amount=transfer["amount"],
        currency=transfer["currency"],
        source=transfer["destination_payment"],
        at_once=True,
    )
    if ready is not None:
        there.save(entry | {"available_on": ready})
    there.add(
        "charge",
        {
            "id": transfer["destination_payment"],
            "object": "charge",
            "amount": transfer["amount"],
            "amount_captured": transfer["amount"],
            "amount_refunded": 0,
            "balance_transaction": entry["id"],
            "captured": True,
            "created": world.now,
            "currency": transfer["currency"],
            "customer": None,
            "description": None,
            "disputed": False,
            "livemode": False,
            "metadata": {},
            "paid": True,
            "payment_intent": None,
            "payment_method": None,
            "refunded": False,
            "source_transfer": transfer["id"],
            "status": "succeeded",
            "transfer_group": transfer["transfer_group"],
        },
    )


def reverse(world: World, names: Json, params: Json) -> Json:
    """POST /v1/transfers/{id}/reversals, within the transfer and within what is left there."""
    transfer = world.require("transfer", names["id"])
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = int(params.get("amount", left))
    if amount < 1 or amount > left:
        raise StripeError(
            f"The reversal amount ({amount}) must be between 1 and what is left of the transfer"
            f" ({left}).",
            param="amount",
        )
    there = world.on(transfer["destination"])
    if sum(balance.sum_of_nets(there, transfer["currency"])) < amount:
        raise StripeError(
            "The recipient account has insufficient funds to cover this reversal.",
            code="balance_insufficient",
        )
    reversal: Json = {
        "id": world.ids.new("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": world.now,
        "currency": transfer["currency"],
        "destination_payment_refund": world.ids.new("pyr"),
        "metadata": merged({}, params.get("metadata")),
        "source_refund": None,
        "transfer": transfer["id"],
    }
    entry = balance.book(
        world,
        type="transfer_refund",
        amount=amount,
        currency=transfer["currency"],
        source=reversal["id"],
        description=f"REFUND FOR TRANSFER ({transfer['id']})",
    )
    reversal["balance_transaction"] = entry["id"]
    balance.book(
        there,
        type="payment_refund",
        amount=-amount,
        currency=transfer["currency"],
        source=reversal["destination_payment_refund"],
    )
    world.add("transfer_reversal", reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    world.save(transfer)
    world.emit("transfer.reversed", transfer)
    return reversal


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/transfers/{id}"""
    return world.require("transfer", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/transfers"""
    where = equal(params, "destination", "transfer_group")
    return list_of(world, "transfer", params, url="/v1/transfers", **where)


def update(world: World, names: Json, params: Json) -> Json:
    """POST /v1/transfers/{id}"""
    transfer = world.require("transfer", names["id"])
    transfer["metadata"] = merged(transfer["metadata"], params.get("metadata"))
    if "description" in params:
        transfer["description"] = params["description"]
    world.save(transfer)
    world.emit("transfer.updated", transfer)
    return transfer


def retrieve_reversal(world: World, names: Json, params: Json) -> Json:
    """GET /v1/transfers/{id}/reversals/{reversal}"""
    return world.require("transfer_reversal", names["reversal"])


def list_reversals(world: World, names: Json, params: Json) -> Json:
    """GET /v1/transfers/{id}/reversals"""
    transfer = world.require("transfer", names["id"])
    url = f"/v1/transfers/{transfer['id']}/reversals"
    return list_of(world, "transfer_reversal", params, url=url, transfer=transfer["id"])
