"""PayPal's disputes behind the port. https://developer.paypal.com/docs/api/customer-disputes/v1/

An order does not show that it is disputed: the disputes are listed by the capture's id. What a
dispute did to our balance is in its money movements, which have no ids of their own; they get
`<dispute>:debit`, `<dispute>:credit` and so on, here and in the list of movements.
"""

from collections import Counter, defaultdict
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

    def _named_movement(
        self, capture_id: str, moved: BalanceTransaction
    ) -> BalanceTransaction | None:
        """Return a listed movement under its dispute's name for it; None where it is of none.

        The list gives the capture alone. Of the disputes' movements it is the one with the same
        amounts, the nearest in time.
        """
        ids = self._dispute_ids(capture_id)
        alike = [
            one
            for dispute_id in ids
            for one in movements_of(self._shown(dispute_id))
            if (one.amount_minor, one.currency) == (moved.amount_minor, moved.currency)
        ]
        if alike:
            named = min(alike, key=lambda one: abs(one.created_at - moved.created_at))
            name, dispute_id = named.id, str(named.source_id)
        elif ids:
            # Not told with the dispute yet: under a name that nothing else has, it is a break.
            name, dispute_id = f"{ids[0]}:{moved.id}", ids[0]
        else:
            return None
        return replace(
            moved,
            id=name,
            category="dispute" if moved.net_minor < 0 else "dispute_reversal",
            source_id=dispute_id,
            metadata={"transaction_id": moved.id},
        )

    def _shown(self, dispute_id: str) -> Json:
        return self._client.get("fetch a dispute", f"/v1/customer/disputes/{segment(dispute_id)}")

    def _dispute(self, dispute_id: str, *, intent_id: str | None = None) -> DisputeSnapshot:
        return read_dispute(self._shown(dispute_id), intent_id=intent_id)

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
    moved = movements_of(dispute)
    withdrawn = next((one for one in moved if one.amount_minor < 0), None)
    reinstated = next((one for one in moved if one.amount_minor > 0), None)
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
        withdrawn=withdrawn,
        reinstated=reinstated,
        later=tuple(one for one in moved if one not in (withdrawn, reinstated)),
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


def movements_of(dispute: Json) -> list[BalanceTransaction]:
    """Return what a dispute did to our balance, the oldest first: each taking and giving back.

    What PayPal did at one instant is one movement: an amount, and its fee for the trouble (a
    movement with that reason). The first of a direction is `<dispute>:debit`, the next
    `<dispute>:debit:2`: PayPal adds to its list, so a name stays with what it names.
    """
    dispute_id, found = str(dispute["dispute_id"]), []
    known: Counter[str] = Counter()
    for (at, kind, currency), together in _at_one_instant(dispute):
        known[kind] += 1
        ordinal = f":{known[kind]}" if known[kind] > 1 else ""
        sign = -1 if kind == "DEBIT" else 1
        fees = [one for one in together if "FEE" in str(one.get("reason", ""))]
        amount_minor = sign * sum(_amounts(one for one in together if one not in fees))
        fee_minor = -sign * sum(_amounts(fees))
        found.append(
            BalanceTransaction(
                id=f"{dispute_id}:{kind.lower()}{ordinal}",
                category="dispute" if kind == "DEBIT" else "dispute_reversal",
                amount_minor=amount_minor,
                fee_minor=fee_minor,
                net_minor=amount_minor - fee_minor,
                currency=currency,
                created_at=at,
                available_on=at,
                source_id=dispute_id,
            )
        )
    return found


type _Instant = tuple[datetime, str, str]


def _at_one_instant(dispute: Json) -> list[tuple[_Instant, list[Json]]]:
    """Return our movements by instant, direction and currency, the oldest first."""
    together: defaultdict[_Instant, list[Json]] = defaultdict(list)
    for one in dispute.get("money_movements") or []:
        kind = str(one.get("type"))
        if _is_ours(one, "DEBIT") or _is_ours(one, "CREDIT"):
            at = instant(one["initiated_time"])
            together[at, kind, read_money(one["amount"])[1]].append(one)
    return sorted(together.items(), key=lambda item: item[0])


def _amounts(movements: Iterable[Json]) -> Iterator[int]:
    return (read_money(one["amount"])[0] for one in movements)
