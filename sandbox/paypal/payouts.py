"""Payouts: a batch of items, each with a fate of its own that may change for weeks.

https://developer.paypal.com/docs/api/payments.payouts-batch/v1/. A batch is answered as PENDING and
worked through at once, or `paypal_payout_seconds` later. The fee of an item is a setting (25 ¢).
"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.paypal import ledger, merchants
from sandbox.paypal.errors import PayPalError, problem
from sandbox.paypal.money import exponent, read, text_of
from sandbox.paypal.world import World, moment

# State: what the sender's balance sees of it.
_PAID = {"SUCCESS", "UNCLAIMED", "ONHOLD"}
_BACK = {"RETURNED", "BLOCKED", "REVERSED", "REFUNDED", "FAILED"}
STATES = ("SUCCESS", "UNCLAIMED", "ONHOLD", "FAILED", "RETURNED", "BLOCKED", "REFUNDED", "REVERSED")
_EVENTS = {"SUCCESS": "SUCCEEDED", "ONHOLD": "HELD"}
_SENDER_KEPT_SECONDS = 30 * 86400
_REASONS = {
    "RECEIVER_UNREGISTERED": "Receiver is unregistered",
    "RECEIVER_UNCONFIRMED": "Receiver is unconfirmed",
    "RECEIVER_ACCOUNT_LOCKED": "Receiver's account is locked or inactive",
    "UNCLAIMED": "Recipient has not yet claimed the payment",
}


def create(world: World, names: Json, given: Json) -> Json:
    """POST /v1/payments/payouts"""
    header = given["sender_batch_header"]
    _refuse_duplicate(world, header.get("sender_batch_id"))
    amounts = [
        read(item["amount"], field=f"/items/{place}/amount", code="currency")
        for place, item in enumerate(given["items"])
    ]
    if len({currency for _, currency in amounts}) > 1:
        raise _business_error(
            "/items", "Multiple currencies are not allowed in a single batch", status=400
        )
    currency, fee = amounts[0][1], _fee(world, amounts[0][1])
    needed = sum(amount + fee for amount, _ in amounts)
    if needed > ledger.balance(world, currency):
        raise PayPalError(
            "INSUFFICIENT_FUNDS",
            status=422,
            message="Sender does not have sufficient funds. Please add funds and retry.",
        )
    batch = world.add(
        "payout",
        {
            "id": world.code(13),
            "sender_batch_id": header.get("sender_batch_id"),
            "header": header,
            "currency": currency,
            "completed": None,
            "canceled": False,
        },
    )
    for item, (amount, _) in zip(given["items"], amounts, strict=True):
        _add_item(world, batch, item, amount=amount, fee=fee)
    seconds = int(world.setting("paypal_payout_seconds"))
    if seconds:
        world.later("process_payout", {"batch": batch["id"]}, seconds=seconds)
    else:
        process(world, {"batch": batch["id"]})
    return _taken(world, batch)


def again(world: World, names: Json, given: Json) -> Json:
    """Answer a repeated order with the batch that the first one made."""
    return _taken(world, world.require("payout", names["id"]))


def _taken(world: World, batch: Json) -> Json:
    return {
        "batch_header": {
            "payout_batch_id": batch["id"],
            "batch_status": "PENDING",
            "time_created": moment(batch["created"]),
            "sender_batch_header": _header(batch),
        },
        "links": [world.link("self", f"/v1/payments/payouts/{batch['id']}")],
    }


def _fee(world: World, currency: str) -> int:
    return int(world.setting("paypal_payout_fee_minor")) if exponent(currency) else 0


def _add_item(world: World, batch: Json, item: Json, *, amount: int, fee: int) -> None:
    kind = item.get("recipient_type") or batch["header"].get("recipient_type") or "EMAIL"
    world.add(
        "payout_item",
        {
            "id": world.code(13),
            "batch": batch["id"],
            "status": "PENDING",
            "amount": amount,
            "fee": fee,
            "currency": batch["currency"],
            "transaction": None,
            "reason": None,
            "item": item | {"recipient_type": kind},
        },
    )


def _refuse_duplicate(world: World, sender_batch_id: str | None) -> None:
    """A sender's id is good for one batch in thirty days; the answer leads to the first."""
    if not sender_batch_id:
        return
    for batch in world.select("payout", sender_batch_id=sender_batch_id):
        if world.now - batch["created"] < _SENDER_KEPT_SECONDS:
            raise PayPalError(
                "USER_BUSINESS_ERROR",
                status=400,
                message="User business error.",
                details=[
                    problem(
                        "Batch with given sender_batch_id already exists",
                        "Batch with given sender_batch_id already exists",
                        field="SENDER_BATCH_ID",
                    )
                ],
                links=[world.link("self", f"/v1/payments/payouts/{batch['id']}")],
            )


def _business_error(field: str, text: str, *, status: int) -> PayPalError:
    return PayPalError(
        "USER_BUSINESS_ERROR",
        status=status,
        message="User business error.",
        details=[problem(text, text, field=field)],
    )


def process(world: World, payload: Json) -> None:
    """Work a batch through (at once, or as a job): each item meets its fate."""
    batch = world.require("payout", payload["batch"])
    world.emit("PAYMENT.PAYOUTSBATCH.PROCESSING", "payouts", shown(world, batch), version="1.0")
    for item in world.select("payout_item", batch=batch["id"]):
        if item["status"] == "PENDING":
            state, reason = _fate(world, item)
            become(world, item, state, reason=reason)
    batch["completed"] = world.now
    world.save(batch)
    world.emit("PAYMENT.PAYOUTSBATCH.SUCCESS", "payouts", shown(world, batch), version="1.0")


def _fate(world: World, item: Json) -> tuple[str, str | None]:
    kind, receiver = item["item"]["recipient_type"], item["item"]["receiver"]
    merchant = merchants.receiver_of(world, kind, receiver)
    if merchant is None:
        if kind == "EMAIL":
            return "UNCLAIMED", "RECEIVER_UNREGISTERED"
        return "FAILED", "RECEIVER_UNREGISTERED"
    if merchant["state"] == "restricted":
        return "FAILED", "RECEIVER_ACCOUNT_LOCKED"
    if merchant["state"] == "unconfirmed":
        return "UNCLAIMED", "RECEIVER_UNCONFIRMED"
    return "SUCCESS", None


def become(world: World, item: Json, state: str, *, reason: str | None = None) -> Json:
    """Give an item its new state, and let the balance follow.

    Raises:
        ValueError: an unknown state, or one that an ended item cannot come to.
    """
    if state not in STATES:
        raise ValueError(f"state must be one of {', '.join(STATES)}, not {state!r}")
    was = item["status"]
    if was in _BACK or was == state:
        raise ValueError(f"the item is {was} already")
    item |= {"status": state, "reason": reason}
    if state in _PAID and was not in _PAID:
        row = ledger.book(
            world,
            ledger.MASS_PAYMENT,
            amount=-item["amount"],
            fee=item["fee"],
            currency=item["currency"],
            reference=item["batch"],
            custom=item["item"].get("sender_item_id"),
        )
        item["transaction"] = row["transaction"]
    elif state in _BACK and was in _PAID:
        # What was sent and refunded has cost its fee; what never arrived has not.
        ledger.book(
            world,
            ledger.MASS_PAYMENT_REFUNDED if was == "SUCCESS" else ledger.MASS_PAYMENT_REVERSED,
            amount=item["amount"],
            fee=0 if was == "SUCCESS" else -item["fee"],
            currency=item["currency"],
            reference=item["batch"],
            custom=item["item"].get("sender_item_id"),
        )
    world.save(item)
    what = "CANCELED" if reason == "CANCELLED_BY_SENDER" else _EVENTS.get(state, state)
    world.emit(
        f"PAYMENT.PAYOUTS-ITEM.{what}", "payouts_item", shown_item(world, item), version="1.0"
    )
    return item


def retrieve(world: World, names: Json, given: Json) -> Json:
    """GET /v1/payments/payouts/{id}, its items in pages if asked for."""
    found = shown(world, world.require("payout", names["id"]))
    size, page = int(given.get("page_size", 1000)), int(given.get("page", 1))
    everything = found["items"]
    found["items"] = everything[(page - 1) * size : page * size]
    if given.get("total_required") == "true":
        found["total_items"] = len(everything)
        found["total_pages"] = -(-len(everything) // size)
    return found


def retrieve_item(world: World, names: Json, given: Json) -> Json:
    """GET /v1/payments/payouts-item/{id}"""
    return shown_item(world, world.require("payout_item", names["id"]))


def cancel_item(world: World, names: Json, given: Json) -> Json:
    """POST /v1/payments/payouts-item/{id}/cancel: only what nobody has claimed."""
    item = world.require("payout_item", names["id"])
    if item["status"] != "UNCLAIMED":
        code = "ITEM_ALREADY_CANCELLED" if item["status"] == "RETURNED" else "ITEM_INCORRECT_STATUS"
        raise PayPalError(code, status=400, message="The item is not UNCLAIMED.")
    return shown_item(world, become(world, item, "RETURNED", reason="CANCELLED_BY_SENDER"))


def shown(world: World, batch: Json) -> Json:
    """Return a batch with its items as PayPal writes it."""
    items = world.select("payout_item", batch=batch["id"])
    path, currency = f"/v1/payments/payouts/{batch['id']}", batch["currency"]
    done = batch["completed"]
    return {
        "batch_header": {
            "payout_batch_id": batch["id"],
            "batch_status": "SUCCESS" if done is not None else "PENDING",
            "time_created": moment(batch["created"]),
            **({"time_completed": moment(done)} if done is not None else {}),
            "sender_batch_header": _header(batch),
            "funding_source": "BALANCE",
            "amount": _money(sum(item["amount"] for item in items), currency),
            "fees": _money(sum(item["fee"] for item in items), currency),
        },
        "items": [shown_item(world, item, inside=True) for item in items],
        "links": [world.link("self", path)],
    }


def shown_item(world: World, item: Json, *, inside: bool = False) -> Json:
    """Return an item as PayPal writes it."""
    told = item["item"]
    found: Json = {
        "payout_item_id": item["id"],
        "transaction_status": item["status"],
        "payout_item_fee": _money(item["fee"], item["currency"]),
        "payout_batch_id": item["batch"],
        "payout_item": {
            "recipient_type": told["recipient_type"],
            "amount": _money(item["amount"], item["currency"]),
            "receiver": told["receiver"],
            "recipient_wallet": "PAYPAL",
            **{name: told[name] for name in ("note", "sender_item_id", "purpose") if name in told},
        },
        "time_processed": moment(item["updated"]),
        "links": [world.link("item", f"/v1/payments/payouts-item/{item['id']}")],
    }
    if item["transaction"] is not None:
        found["transaction_id"] = item["transaction"]
    if item["reason"] is not None:
        text = _REASONS.get(item["reason"], item["reason"])
        found["errors"] = {"name": item["reason"], "message": text, "debug_id": item["id"]}
    if not inside:
        batch = world.require("payout", item["batch"])
        if batch["sender_batch_id"]:
            found["sender_batch_id"] = batch["sender_batch_id"]
    return found


def _header(batch: Json) -> Json:
    names = ("sender_batch_id", "recipient_type", "email_subject", "email_message")
    return {name: batch["header"][name] for name in names if name in batch["header"]}


def _money(minor: int, currency: str) -> Json:
    return {"currency": currency, "value": text_of(minor, currency)}
