"""Stripe's part of the control plane: what happens to money outside of any API call of ours.

A lever is `(world, names, given) -> JSON`; each runs in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.core.messages import Json
from sandbox.stripe import accounts, charging, disputes, payouts, refunds
from sandbox.stripe.errors import StripeError
from sandbox.stripe.present import present
from sandbox.stripe.world import World

type Lever = Callable[[World, Json, Json], Any]


def settle_intent(world: World, names: Json, given: Json) -> Json:
    """`{"outcome": "succeeded" | "failed"}` for an intent that is processing."""
    intent = world.require("payment_intent", names["id"])
    if intent["status"] != "processing":
        raise StripeError(f"The intent has a status of {intent['status']}, not processing.")
    outcome = _one_of(given, "outcome", "succeeded", "failed")
    charging.settle_delayed(world, {"intent": intent["id"], "outcome": outcome})
    return _shown(world, "payment_intent", intent["id"])


def authenticate_intent(world: World, names: Json, given: Json) -> Json:
    """`{"success": true}`: the customer's side of `requires_action`."""
    charging.authenticated(world, names["id"], success=bool(given.get("success", True)))
    return _shown(world, "payment_intent", names["id"])


def finish_refund(world: World, names: Json, given: Json) -> Json:
    """`{"outcome": "succeeded" | "failed", "reason": "…"}`."""
    refund = world.require("refund", names["id"])
    outcome = _one_of(given, "outcome", "succeeded", "failed")
    reason = given.get("reason", "lost_or_stolen_card")
    refunds.finish(world, {"refund": refund["id"], "outcome": outcome, "reason": reason})
    return _shown(world, "refund", refund["id"])


def open_dispute(world: World, names: Json, given: Json) -> Json:
    """`{"charge" or "payment_intent", "amount": n, "fee": n, "reason": "…", "inquiry": false}`."""
    charge = charge_of(world, given)
    dispute = disputes.open_on(
        world,
        charge,
        amount=given.get("amount"),
        fee=given.get("fee"),
        reason=given.get("reason", "fraudulent"),
        inquiry=bool(given.get("inquiry", False)),
    )
    return _shown(world, "dispute", dispute["id"])


def decide_dispute(world: World, names: Json, given: Json) -> Json:
    """`{"outcome": "won" | "lost", "fee_returned": n}`."""
    dispute = world.require("dispute", names["id"])
    won = _one_of(given, "outcome", "won", "lost") == "won"
    disputes.decide(world, dispute, won=won, fee_returned=int(given.get("fee_returned", 0)))
    return _shown(world, "dispute", dispute["id"])


def verify_account(world: World, names: Json, given: Json) -> Json:
    """`{"state": "verified" | "pending" | "restricted"}`."""
    account = world.require("account", names["id"])
    state = _one_of(given, "state", "verified", "pending", "restricted")
    return present(world.store, accounts.verify(world, account, state=state), now=world.now)


def sweep_payout(world: World, names: Json, given: Json) -> Json | None:
    """`{"account": "acct_…", "currency": "usd", "before": instant}`: an automatic payout."""
    there = world.on(given.get("account", ""))
    payout = payouts.sweep(there, currency=given.get("currency", "usd"), before=given.get("before"))
    return None if payout is None else _shown(there, "payout", payout["id"])


def finish_payout(world: World, names: Json, given: Json) -> Json:
    """`{"outcome": "paid" | "failed", "reason": "…"}`; `failed` after `paid` is a return."""
    there = world.on(world.store.account_of(names["id"]))
    payout = there.require("payout", names["id"])
    outcome = _one_of(given, "outcome", "paid", "failed")
    reason = given.get("reason", "account_closed")
    payouts.finish(there, {"payout": payout["id"], "outcome": outcome, "reason": reason})
    return _shown(there, "payout", payout["id"])


def charge_of(world: World, given: Json) -> Json:
    """Return the charge named by `charge` or by `payment_intent`."""
    if given.get("payment_intent"):
        intent = world.require("payment_intent", given["payment_intent"])
        return world.require("charge", intent["latest_charge"] or "-")
    return world.require("charge", given["charge"])


def _shown(world: World, kind: str, object_id: str) -> Json:
    return present(world.store, world.require(kind, object_id), now=world.now)


def _one_of(given: Json, name: str, *allowed: str) -> str:
    value = given.get(name)
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return str(value)


def exchange(world: World, names: Json, given: Json) -> Json:
    """`{"from": "eur", "to": "usd", "rate": "1.1"}`: the balance has no account in `from`."""
    rules = {**world.setting("exchange")}
    rules[str(given["from"])] = {"currency": str(given["to"]), "rate": str(given["rate"])}
    world.store.set_setting("exchange", rules)
    return {"exchange": rules}


LEVERS: list[tuple[str, str, Lever]] = [
    ("POST", "/_sandbox/stripe/payment_intents/{id}/settle", settle_intent),
    ("POST", "/_sandbox/stripe/payment_intents/{id}/authenticate", authenticate_intent),
    ("POST", "/_sandbox/stripe/refunds/{id}/finish", finish_refund),
    ("POST", "/_sandbox/stripe/disputes", open_dispute),
    ("POST", "/_sandbox/stripe/disputes/{id}/decide", decide_dispute),
    ("POST", "/_sandbox/stripe/accounts/{id}/verify", verify_account),
    ("POST", "/_sandbox/stripe/exchange", exchange),
    ("POST", "/_sandbox/stripe/payouts", sweep_payout),
    ("POST", "/_sandbox/stripe/payouts/{id}/finish", finish_payout),
]
