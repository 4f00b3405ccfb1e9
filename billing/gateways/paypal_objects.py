"""PayPal's orders, captures and refunds read into the port's snapshots. It makes no call.

`custom_id` carries our row's public id: that of the payment on an order, that of the refund on a
refund.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from billing.gateways.base import (
    BalanceTransaction,
    DisputeSnapshot,
    IntentSnapshot,
    IntentStatus,
    RefundSnapshot,
    RefundStatus,
)
from billing.gateways.paypal_units import from_paypal
from kernel.money import divide_half_even

type Json = dict[str, Any]

# What an order says while nothing of it was captured.
_ORDER_STATUS = {
    "CREATED": IntentStatus.REQUIRES_ACTION,
    "SAVED": IntentStatus.REQUIRES_ACTION,
    "PAYER_ACTION_REQUIRED": IntentStatus.REQUIRES_ACTION,
    "APPROVED": IntentStatus.APPROVED,
    "VOIDED": IntentStatus.CANCELLED,
    "COMPLETED": IntentStatus.PROCESSING,  # its capture is about to be shown
}
_CAPTURE_STATUS = {
    "COMPLETED": IntentStatus.SUCCEEDED,
    "PARTIALLY_REFUNDED": IntentStatus.SUCCEEDED,
    "REFUNDED": IntentStatus.SUCCEEDED,
    "PENDING": IntentStatus.PROCESSING,
    "DECLINED": IntentStatus.FAILED,
    "FAILED": IntentStatus.FAILED,
}
_REFUND_STATUS = {
    "PENDING": RefundStatus.PENDING,
    "COMPLETED": RefundStatus.SUCCEEDED,
    "FAILED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.CANCELLED,
}
# Which row of ours a `custom_id` names, by the prefix of its public id.
_NAMES = {"pay": "payment_id", "rfd": "refund_id", "po": "payout_id", "pya": "payout_account_id"}


def unit_of(order: Json) -> Json:
    """Return the order's one purchase unit."""
    unit: Json = order["purchase_units"][0]
    return unit


def capture_of(order: Json) -> Json | None:
    """Return what was captured of an order: the capture that brought money, or the newest try."""
    captures: list[Json] = unit_of(order).get("payments", {}).get("captures", [])
    good = [one for one in captures if one["status"] not in ("DECLINED", "FAILED")]
    tried = good or captures
    return tried[-1] if tried else None


def read_order(order: Json, *, disputes: tuple[DisputeSnapshot, ...] = ()) -> IntentSnapshot:
    """Read an order that came with all its fields."""
    unit, capture = unit_of(order), capture_of(order)
    amount_minor, currency = read_money(unit["amount"])
    status = _CAPTURE_STATUS[capture["status"]] if capture else _ORDER_STATUS[str(order["status"])]
    paid = capture if status is IntentStatus.SUCCEEDED else None
    return IntentSnapshot(
        id=str(order["id"]),
        status=status,
        amount_minor=amount_minor,
        received_minor=read_money(paid["amount"])[0] if paid else 0,
        currency=read_money(paid["amount"])[1] if paid else currency,
        client_secret="",  # the browser needs the order's id alone
        charge_id=str(paid["id"]) if paid else None,
        charged_at=instant(paid["create_time"]) if paid else None,
        balance_transaction=_movement_of(paid, order) if paid else None,
        refunds=tuple(
            read_refund(one, intent_id=str(order["id"]))
            for one in unit.get("payments", {}).get("refunds", [])
        ),
        disputed=bool(disputes),
        failure_code=_why(capture) if status is IntentStatus.FAILED and capture else "",
        created_at=instant(order["create_time"]),
        metadata=named(unit.get("custom_id")),
        disputes=disputes,
    )


def read_refund(refund: Json, *, intent_id: str | None = None) -> RefundSnapshot:
    """Read a refund; the capture that it is of is in its links alone."""
    amount_minor, currency = read_money(refund["amount"])
    return RefundSnapshot(
        id=str(refund["id"]),
        status=_REFUND_STATUS[refund["status"]],
        amount_minor=amount_minor,
        currency=currency,
        charge_id=linked(refund, "up"),
        intent_id=intent_id,
        balance_transaction_id=str(refund["id"]),
        failure_code=_why(refund) if refund["status"] in ("FAILED", "CANCELLED") else "",
        created_at=instant(refund["create_time"]),
        metadata=named(refund.get("custom_id")),
        moved=_taken_by(refund),
    )


def read_money(given: Json) -> tuple[int, str]:
    """Read an amount of Orders, Payments, Reporting and Disputes: minor units and currency."""
    currency = str(given["currency_code"])
    return from_paypal(str(given["value"]), currency), currency


def named(custom_id: object) -> Mapping[str, str]:
    """Return the metadata that our own word on one of PayPal's objects stands for."""
    if not isinstance(custom_id, str):
        return {}
    name = _NAMES.get(custom_id.partition("_")[0])
    return {name: custom_id} if name else {}


def linked(thing: Json, rel: str) -> str | None:
    """Return the id at the end of one of an object's links."""
    for link in thing.get("links", []):
        if link.get("rel") == rel:
            return str(link["href"]).rstrip("/").rpartition("/")[2]
    return None


def instant(text: str) -> datetime:
    """Return PayPal's instant as ours."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def written(at: datetime) -> str:
    """Return our instant as PayPal reads it, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _movement_of(capture: Json, order: Json) -> BalanceTransaction | None:
    """Return what a capture did to our balance; PayPal's number for it is the capture's own.

    A sale in a currency that we hold no balance of is converted, and told in the other currency.
    """
    told = capture.get("seller_receivable_breakdown")
    if not told or "paypal_fee" not in told:
        return None
    if "receivable_amount" in told:
        net_minor, currency = read_money(told["receivable_amount"])
        fee_minor = _fee_received(told, net_minor)
        gross_minor = net_minor + fee_minor
    else:
        gross_minor, currency = read_money(told["gross_amount"])
        fee_minor = read_money(told["paypal_fee"])[0]
        net_minor = gross_minor - fee_minor
    at = instant(capture["create_time"])
    return BalanceTransaction(
        id=str(capture["id"]),
        category="charge",
        amount_minor=gross_minor,
        fee_minor=fee_minor,
        net_minor=net_minor,
        currency=currency,
        created_at=at,
        available_on=at,
        source_id=str(capture["id"]),
        intent_id=str(order["id"]),
        metadata=named(unit_of(order).get("custom_id")),
    )


def _fee_received(told: Json, received_minor: int) -> int:
    """Return the fee of a converted sale in the currency that was received.

    Where PayPal took it before it converted, it is so much of what was received as it was of the
    sale's net amount.
    """
    if "paypal_fee_in_receivable_currency" in told:
        return read_money(told["paypal_fee_in_receivable_currency"])[0]
    fee_minor, net_minor = read_money(told["paypal_fee"])[0], read_money(told["net_amount"])[0]
    return divide_half_even(received_minor * fee_minor, net_minor) if net_minor else 0


def _taken_by(refund: Json) -> tuple[BalanceTransaction, ...]:
    """Return what a refund did to a balance in another currency; none where it was its own.

    One that failed after all gave back what it had taken: PayPal tells neither when nor whether it
    had, and the two are nothing together. What was taken out of several balances is not told apart.
    """
    told = refund.get("seller_payable_breakdown") or {}
    taken = [read_money(one["payable_amount"]) for one in told.get("net_amount_breakdown", [])]
    if not taken and "net_amount_in_receivable_currency" in told:
        taken = [read_money(told["net_amount_in_receivable_currency"])]
    if len(taken) != 1 or taken[0][1] == refund["amount"]["currency_code"]:
        return ()
    amount_minor, currency = taken[0]
    refund_id, at = str(refund["id"]), instant(refund["create_time"])
    gone = BalanceTransaction(
        id=refund_id,
        category="refund",
        amount_minor=-amount_minor,
        fee_minor=0,
        net_minor=-amount_minor,
        currency=currency,
        created_at=at,
        available_on=at,
        source_id=refund_id,
        metadata=named(refund.get("custom_id")),
    )
    if _REFUND_STATUS[refund["status"]] not in (RefundStatus.FAILED, RefundStatus.CANCELLED):
        return (gone,)
    back = replace(
        gone,
        id=f"{refund_id}:returned",
        category="refund_failure",
        amount_minor=amount_minor,
        net_minor=amount_minor,
    )
    return gone, back


def _why(thing: Json) -> str:
    """Return PayPal's reason as a code of ours: `INSTRUMENT_DECLINED` is `instrument_declined`."""
    reason = thing.get("status_details", {}).get("reason") or thing["status"]
    return str(reason).lower()[:80]
