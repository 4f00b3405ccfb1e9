"""Objects as the caller sees them: private notes removed, `expand` followed.

https://docs.stripe.com/api/expanding_objects
"""

from __future__ import annotations

from typing import Any

from sandbox.core.messages import Json
from sandbox.core.store import Store
from sandbox.stripe.errors import invalid

_DEEPEST = 4
# Fields that may be expanded and are only there where something happened.
_OPTIONAL = {"refund": {"failure_balance_transaction"}}

# What a publishable key may see of an intent: https://docs.stripe.com/js/payment_intents/retrieve_payment_intent
_PUBLIC_INTENT = [
    "id",
    "object",
    "amount",
    "amount_details",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_configuration_details",
    "payment_method_types",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "source",
    "status",
]


def bare(subject: Json) -> Json:
    """Return an object without the stand-in's private notes."""
    return {name: value for name, value in subject.items() if not name.startswith("_")}


def present(store: Store, subject: Json, *, now: int) -> Json:
    """Return the public form of an object."""
    shown = bare(subject)
    match subject.get("object"):
        case "balance_transaction":
            shown["status"] = "available" if subject["available_on"] <= now else "pending"
        case "dispute":
            shown["balance_transactions"] = [
                present(store, found, now=now)
                for found in map(store.find, subject["_balance_transactions"])
                if found is not None
            ]
        case "transfer":
            reversals = store.select("transfer_reversal", {"transfer": subject["id"]}, account=None)
            shown["reversals"] = embedded_list(
                store, reversals[::-1], f"/v1/transfers/{subject['id']}/reversals", now
            )
        case "event":
            row = store.db.execute(
                "SELECT COUNT(*) FROM deliveries WHERE event = ? AND state IN ('pending',"
                " 'gathered')",
                (subject["id"],),
            ).fetchone()
            shown["pending_webhooks"] = row[0]
    return shown


def public_intent(shown: Json) -> Json:
    """Return the part of an intent that the browser may see."""
    return {name: shown[name] for name in _PUBLIC_INTENT if name in shown}


def embedded_list(store: Store, rows: list[Json], url: str, now: int) -> Json:
    """Return the list object inside another object: at most ten entries."""
    data = [present(store, row, now=now) for row in rows[:10]]
    return {
        "object": "list",
        "data": data,
        "has_more": len(rows) > 10,
        "url": url,
    }


def expand(store: Store, shown: Json, paths: list[str], *, now: int) -> Json:
    """Replace identifiers by their objects along paths such as `latest_charge.balance_transaction`.

    Raises:
        StripeError: a path that leads nowhere, or deeper than four levels.
    """
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise invalid(
                f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}",
                param="expand",
            )
        _follow(store, shown, parts, path, now)
    return shown


def _follow(store: Store, node: Any, parts: list[str], path: str, now: int) -> None:
    if isinstance(node, list):
        for item in node:
            _follow(store, item, parts, path, now)
        return
    if not isinstance(node, dict) or not parts:
        return
    name = parts[0]
    if name == "refunds" and node.get("object") == "charge" and name not in node:
        rows = store.select("refund", {"charge": node["id"]}, account=None)
        node[name] = embedded_list(store, rows[::-1], f"/v1/charges/{node['id']}/refunds", now)
    if name in _OPTIONAL.get(str(node.get("object")), ()) and name not in node:
        return
    if name not in node:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    value = node[name]
    if isinstance(value, str):
        found = store.find(value)
        if found is None and store.is_hidden(value):
            return  # a planted gap: the identifier stays an identifier
        if found is None:
            raise invalid(f"This property cannot be expanded ({path}).", param="expand")
        node[name] = value = present(store, found, now=now)
    _follow(store, value, parts[1:], path, now)
