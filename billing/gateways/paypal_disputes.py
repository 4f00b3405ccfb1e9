"""PayPal's disputes behind the port. https://developer.paypal.com/docs/api/customer-disputes/v1/

An order does not show that it is disputed: the disputes are listed by the capture's id. What a
dispute did to our balance is in its money movements, which have no ids of their own; they get
`<dispute>:debit` and `<dispute>:credit`, here and in the list of movements.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from billing.gateways.base import BalanceTransaction, DisputeSnapshot, DisputeStatus
from billing.gateways.paypal_client import NotThere, PayPalClient, segment
from billing.gateways.paypal_objects import instant, linked, read_money

type Json = dict[str, Any]

_PAGE = "50"
# The outcome of a resolved dispute, as it is for the seller: PayPal's own cover leaves us whole.
_FOR_THE_BUYER = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})
_OPEN = {
    # (an inquiry, the seller's turn)
    (True, True): DisputeStatus.INQUIRY_NEEDS_RESPONSE,
    (True, False): DisputeStatus.INQUIRY_UNDER_REVIEW,
    (False, True): DisputeStatus.NEEDS_RESPONSE,
    (False, False): DisputeStatus.UNDER_REVIEW,
}


class PayPalDisputes:
    """The part of the adapter that reads disputes."""

    _client: PayPalClient

    def fetch_dispute(self, *, dispute_id: str) -> DisputeSnapshot:
        """Return the dispute as it is now, with the order of the capture that it is about."""
        seen = self._dispute(dispute_id)
        if seen.charge_id is None:
            return seen
        return replace(seen, intent_id=self._order_of(seen.charge_id))

    def _order_of(self, capture_id: str) -> str | None:
        """Return the order that a capture is of."""
        capture = self._client.get(
            "fetch a capture", f"/v2/payments/captures/{segment(capture_id)}"
        )
        ids = capture.get("supplementary_data", {}).get("related_ids", {})
        return ids.get("order_id") or linked(capture, "up")

    def _dispute(self, dispute_id: str, *, intent_id: str | None = None) -> DisputeSnapshot:
        found = self._client.get("fetch a dispute", f"/v1/customer/disputes/{segment(dispute_id)}")
        return read_dispute(found, intent_id=intent_id)

    def _disputes_of(self, capture_id: str, *, intent_id: str) -> tuple[DisputeSnapshot, ...]:
        """Return the disputes of a capture, each as it is now."""
        return tuple(
            self._dispute(one, intent_id=intent_id) for one in self._dispute_ids(capture_id)
        )

    def _dispute_ids(self, capture_id: str) -> list[str]:
        query = {"disputed_transaction_id": capture_id, "page_size": _PAGE}
        try:
            found = self._client.get("list disputes", "/v1/customer/disputes", query)
        except NotThere:
            return []  # nothing of this transaction was ever disputed
        return [str(one["dispute_id"]) for one in found.get("items", [])]


def read_dispute(dispute: Json, *, intent_id: str | None) -> DisputeSnapshot:
    """Read a dispute with its money movements."""
    amount_minor, currency = read_money(dispute["dispute_amount"])
    about = (dispute.get("disputed_transactions") or [{}])[0]
    due_by = dispute.get("seller_response_due_date")
    moved = dispute.get("money_movements") or []
    return DisputeSnapshot(
        id=str(dispute["dispute_id"]),
        status=_status(dispute),
        amount_minor=amount_minor,
        currency=currency,
        reason=str(dispute.get("reason", "other")).lower(),
        charge_id=about.get("seller_transaction_id"),
        intent_id=intent_id,
        due_by=instant(due_by) if due_by else None,
        created_at=instant(dispute["create_time"]),
        withdrawn=_moved(dispute, moved, "DEBIT"),
        reinstated=_moved(dispute, moved, "CREDIT"),
    )


def _status(dispute: Json) -> DisputeStatus:
    asks = dispute.get("dispute_life_cycle_stage") == "INQUIRY"
    if dispute["status"] != "RESOLVED":
        sellers_turn = dispute["status"] in ("OPEN", "WAITING_FOR_SELLER_RESPONSE")
        return _OPEN[asks, sellers_turn]
    outcome = (dispute.get("dispute_outcome") or {}).get("outcome_code", "NONE")
    taken = any(_is_ours(one, "DEBIT") for one in dispute.get("money_movements") or [])
    if asks and not taken:
        return DisputeStatus.INQUIRY_CLOSED
    return DisputeStatus.LOST if outcome in _FOR_THE_BUYER else DisputeStatus.WON


def _is_ours(movement: Json, direction: str) -> bool:
    return movement.get("affected_party") == "SELLER" and movement.get("type") == direction


def _moved(dispute: Json, movements: Iterable[Json], direction: str) -> BalanceTransaction | None:
    """Sum what was taken of us, or given back; PayPal's fee is a movement with that reason."""
    ours = [one for one in movements if _is_ours(one, direction)]
    fees = [one for one in ours if "FEE" in str(one.get("reason", ""))]
    sums = [one for one in ours if one not in fees]
    if not sums:
        return None
    sign = -1 if direction == "DEBIT" else 1
    currency = read_money(sums[0]["amount"])[1]
    amount_minor = sign * sum(_amounts(sums))
    fee_minor = -sign * sum(_amounts(fees))
    at = min(instant(one["initiated_time"]) for one in sums)
    return movement_of(
        str(dispute["dispute_id"]),
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        currency=currency,
        at=at,
        transaction_id=None,
    )


def _amounts(movements: Iterable[Json]) -> Iterator[int]:
    return (read_money(one["amount"])[0] for one in movements)


def movement_of(
    dispute_id: str,
    *,
    amount_minor: int,
    fee_minor: int,
    currency: str,
    at: datetime,
    transaction_id: str | None,
) -> BalanceTransaction:
    """Return what a dispute did to our balance, under the id that both sides give it."""
    word = "debit" if amount_minor < 0 else "credit"
    return BalanceTransaction(
        id=f"{dispute_id}:{word}",
        category="dispute" if amount_minor < 0 else "dispute_reversal",
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        net_minor=amount_minor - fee_minor,
        currency=currency,
        created_at=at,
        available_on=at,
        source_id=dispute_id,
        metadata={"transaction_id": transaction_id} if transaction_id else {},
    )
