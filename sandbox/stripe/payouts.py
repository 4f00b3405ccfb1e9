"""Payouts to a bank, by hand or swept together by the gateway. https://docs.stripe.com/payouts"""

from __future__ import annotations

from sandbox.core.messages import Json
from sandbox.stripe import balance
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.lists import equal, list_of
from sandbox.stripe.metadata import merged
from sandbox.stripe.world import World

_ARRIVAL_SECONDS = 2 * 86400


def create(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payouts by hand, within the available balance."""
    amount, currency = params["amount"], params["currency"]
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if balance.available(world, currency) < amount:
        raise StripeError(
            "You have insufficient funds in your Stripe account for this transfer. Your card"
            " balance is too low.",
            code="balance_insufficient",
        )
    return _append(world, amount=amount, currency=currency, automatic=False, params=params)


def sweep(world: World, *, currency: str, before: int | None = None) -> Json | None:
    """Pay out automatically all that is available and in no payout yet; None when there is nothing.

    `before` leaves out what was created at that instant or later.
    """
    entries = [
        entry
        for entry in world.select("balance_transaction", currency=currency)
        if entry["_payout"] is None
        and entry["available_on"] <= world.now
        and (before is None or entry["created"] < before)
    ]
    amount = sum(entry["net"] for entry in entries)
    if amount <= 0:
        return None
    payout = _append(world, amount=amount, currency=currency, automatic=True, params={})
    for entry in entries:
        world.save(entry | {"_payout": payout["id"]})
    world.emit("payout.reconciliation_completed", payout)
    return payout


def _append(world: World, *, amount: int, currency: str, automatic: bool, params: Json) -> Json:
    payout: Json = {
        "id": world.ids.new("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now + _ARRIVAL_SECONDS,
        "automatic": automatic,
        "balance_transaction": None,
        "created": world.now,
        "currency": currency,
        "description": params.get("description") or ("STRIPE PAYOUT" if automatic else None),
        "destination": _destination(world),
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": merged({}, params.get("metadata")),
        "method": params.get("method", "standard"),
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed" if automatic else "not_applicable",
        "reversed_by": None,
        "source_type": params.get("source_type", "card"),
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "in_transit" if automatic else "pending",
        "trace_id": {"status": "pending", "value": None},
        "type": "bank_account",
    }
    entry = balance.book(
        world,
        type="payout",
        amount=-amount,
        currency=currency,
        source=payout["id"],
        description=payout["description"],
    )
    world.save(entry | {"_payout": payout["id"]})
    payout["balance_transaction"] = entry["id"]
    world.add("payout", payout)
    world.emit("payout.created", payout)
    world.later(
        "finish_payout", {"payout": payout["id"], "outcome": "paid"}, seconds=_ARRIVAL_SECONDS
    )
    return payout


def _destination(world: World) -> str:
    """Return the bank account's identifier.

    Raises:
        StripeError: a connected account without one.
    """
    if not world.account:
        return "ba_1SandboxPlatformBank"
    banks = world.on("").require("account", world.account)["external_accounts"]["data"]
    if not banks:
        raise StripeError(
            "Sorry, you don't have any external accounts in that currency.", code="no_account"
        )
    return str(banks[0]["id"])


def finish(world: World, payload: Json) -> None:
    """Job, or by the control plane: the money arrives, fails, or comes back after all."""
    payout = world.get("payout", payload["payout"])
    if payout is None:
        return
    outcome = payload["outcome"]
    if outcome == "paid" and payout["status"] in {"pending", "in_transit"}:
        payout |= {
            "status": "paid",
            "trace_id": {"status": "supported", "value": world.ids.text(12)},
        }
        world.save(payout)
        world.emit("payout.paid", payout)
    elif outcome == "failed" and payout["status"] in {"pending", "in_transit", "paid"}:
        _give_back(world, payout, type="payout_failure", status="failed")
        payout |= {
            "failure_code": payload.get("reason", "account_closed"),
            "failure_message": "The bank account has been closed.",
        }
        world.save(payout)
        world.emit("payout.failed", payout)


def cancel(world: World, names: Json, params: Json) -> Json:
    """POST /v1/payouts/{id}/cancel: only while it is pending."""
    payout = world.require("payout", names["id"])
    if payout["status"] != "pending":
        raise StripeError(f"Payouts with a status of {payout['status']} cannot be canceled.")
    _give_back(world, payout, type="payout_cancel", status="canceled")
    world.save(payout)
    world.emit("payout.canceled", payout)
    return payout


def _give_back(world: World, payout: Json, *, type: str, status: str) -> None:
    entry = balance.book(
        world, type=type, amount=payout["amount"], currency=payout["currency"], source=payout["id"]
    )
    payout |= {"status": status, "failure_balance_transaction": entry["id"]}


def retrieve(world: World, names: Json, params: Json) -> Json:
    """GET /v1/payouts/{id}"""
    return world.require("payout", names["id"])


def list_all(world: World, names: Json, params: Json) -> Json:
    """GET /v1/payouts"""
    where = equal(params, "status", "destination")
    return list_of(world, "payout", params, url="/v1/payouts", **where)
