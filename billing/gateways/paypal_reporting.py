"""PayPal's Transaction Search: every movement of our balance, in the port's words.

It covers 31 days a call and shows a movement up to three hours late. Event codes are told apart in
one table; what is not in it keeps its code, which reconciliation types as an unknown category.
Sources: https://developer.paypal.com/docs/api/transaction-search/v1/, "Transaction event codes".
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from billing.gateways.base import BalanceTransaction, GatewayRefused
from billing.gateways.paypal_client import NotThere
from billing.gateways.paypal_disputes import PayPalDisputes
from billing.gateways.paypal_objects import instant, named, read_money, written
from billing.gateways.treasury import GatewayPayout, GatewayPayoutStatus
from kernel import clock

type Json = dict[str, Any]

WINDOW = timedelta(days=31)
_PAGE = 500
_SMALLEST = timedelta(minutes=1)
# Our balance moved: completed, or completed and later given back.
_REVERSED = "V"
_MOVED = frozenset({"S", _REVERSED})

_CATEGORIES = {
    "T0001": "transfer",
    "T1114": "transfer_reversal",
    "T1115": "transfer_reversal",
    "T1107": "refund",
    "T1106": "dispute",  # a payment taken back by PayPal; with the other sign: given back
    "T1110": "dispute",
    "T1111": "dispute",
    "T1201": "dispute",
    "T1202": "dispute",
    "T0400": "payout",
    "T0401": "payout",
    "T0403": "payout",
    "T1101": "payout_failure",
}
_SALE = "T00"  # every other code of this family is money from a payer


class PayPalReporting(PayPalDisputes):
    """The part of the adapter that lists movements, and follows them to our bank."""

    def balance_transactions(
        self, *, since: datetime, until: datetime
    ) -> Iterator[BalanceTransaction]:
        """Yield page by page; each page is one call, outside any transaction."""
        for row in self._rows(since, until):
            if row["transaction_info"]["transaction_status"] in _MOVED:
                yield from self._movements(row["transaction_info"])

    def gateway_payouts(self, *, since: datetime, until: datetime) -> Iterator[GatewayPayout]:
        """Yield withdrawals to the bank; PayPal does not say what one consists of."""
        for row in self._rows(since, until):
            told = row["transaction_info"]
            if _CATEGORIES.get(told["transaction_event_code"]) == "payout":
                yield read_withdrawal(told)

    def fetch_gateway_payout(self, *, gateway_payout_id: str) -> GatewayPayout:
        """Return a withdrawal as it is now, looked for in the last three years month by month."""
        until = clock.now() + timedelta(minutes=5)
        for month in range(36):
            end = until - month * WINDOW
            for row in self._page_rows(end - WINDOW, end, {"transaction_id": gateway_payout_id}):
                told = row["transaction_info"]
                if _CATEGORIES.get(told["transaction_event_code"]) == "payout":
                    return read_withdrawal(told)
        raise NotThere(f"PayPal lists no withdrawal {gateway_payout_id}.", reason="not_found")

    def gateway_payout_items(self, *, gateway_payout_id: str) -> Iterator[BalanceTransaction]:  # noqa: ARG002
        """Yield nothing: a withdrawal is of a balance, not of sales."""
        return iter(())

    def _order_that_was_paid(self, payment: str, *, since: datetime) -> str | None:
        """Return the order whose capture carries our payment's id, from just before `since` on."""
        for row in self._rows(since - timedelta(minutes=5), since + timedelta(days=1)):
            told = row["transaction_info"]
            if told.get("custom_field") != payment or _category(told) != "charge":
                continue
            if told.get("paypal_reference_id_type") == "ODR":
                return str(told["paypal_reference_id"])
            return self._order_of(str(told["transaction_id"]))
        return None

    def _batch_that_was_paid(self, payout: str) -> str | None:
        """Return the batch of the movement that carries our payout's id, of the last month."""
        until = clock.now() + timedelta(minutes=5)
        for row in self._rows(until - WINDOW, until):
            told = row["transaction_info"]
            if told.get("custom_field") == payout and _category(told) == "transfer":
                return read_movement(told).transfer_id
        return None

    def _movements(self, told: Json) -> Iterator[BalanceTransaction]:
        """Read a row; what a dispute moved gets the dispute's name, which the row does not give."""
        moved = read_movement(told)
        if moved.category == "refund" and "refund_id" not in moved.metadata:
            # Made at PayPal's own site: the row names the capture, and we know the order.
            capture = told.get("paypal_reference_id")
            yield replace(moved, intent_id=self._order_of(str(capture)) if capture else None)
            return
        if moved.category != "dispute":
            yield moved
            return
        named = self._named_movement(str(told.get("paypal_reference_id", "")), moved)
        if named is not None:
            yield named
            return
        yield replace(moved, category="refund_failure" if moved.net_minor > 0 else "dispute")

    def _rows(self, since: datetime, until: datetime) -> Iterator[Json]:
        """Yield the rows begun in [since, until), window by window, the oldest window first."""
        start = since
        while start < until:
            end = min(start + WINDOW, until)
            for row in self._page_rows(start, end, {}):
                if start <= instant(row["transaction_info"]["transaction_initiation_date"]) < end:
                    yield row
            start = end

    def _page_rows(self, start: datetime, end: datetime, more: dict[str, str]) -> Iterator[Json]:
        """Yield the pages of one window; one that holds too much is asked for in halves."""
        page, pages = 1, 1
        while page <= pages:
            query = {
                "start_date": written(start),
                "end_date": written(end),
                "fields": "transaction_info",
                "page_size": str(_PAGE),
                "page": str(page),
                **more,
            }
            try:
                found = self._client.get("list movements", "/v1/reporting/transactions", query)
            except GatewayRefused as no:
                if no.reason != "RESULTSET_TOO_LARGE" or end - start <= _SMALLEST:
                    raise
                middle = start + (end - start) / 2
                yield from self._page_rows(start, middle, more)
                yield from self._page_rows(middle, end, more)
                return
            yield from found.get("transaction_details", [])
            pages = int(found.get("total_pages", 1))
            page += 1


def read_movement(told: Json) -> BalanceTransaction:
    """Read a row of Transaction Search: signed amounts, and a fee that is negative."""
    amount_minor, currency = read_money(told["transaction_amount"])
    fee_minor = -read_money(told["fee_amount"])[0] if "fee_amount" in told else 0
    at = instant(told["transaction_initiation_date"])
    category = _category(told)
    reference = told.get("paypal_reference_id")
    itself = str(told["transaction_id"])
    to_mentors = category in ("transfer", "transfer_reversal")
    return BalanceTransaction(
        id=itself,
        category=category,
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        net_minor=amount_minor - fee_minor,
        currency=currency,
        created_at=at,
        available_on=at,
        source_id=reference if category in ("refund_failure", "payout_failure") else itself,
        intent_id=reference if told.get("paypal_reference_id_type") == "ODR" else None,
        metadata=named(told.get("custom_field")),
        refunded_minor=_refunded(told, amount_minor) if category == "charge" else None,
        transfer_id=(reference or itself) if to_mentors else None,
    )


def _refunded(told: Json, amount_minor: int) -> int:
    """Return how much of a sale went back at the most: PayPal only says whether all of it did."""
    return amount_minor if told["transaction_status"] == _REVERSED else amount_minor - 1


def read_withdrawal(told: Json) -> GatewayPayout:
    """Read a withdrawal to the platform's bank."""
    moved = read_movement(told)
    status = {
        "S": GatewayPayoutStatus.PAID,
        "P": GatewayPayoutStatus.IN_TRANSIT,
        "V": GatewayPayoutStatus.FAILED,
    }
    return GatewayPayout(
        id=moved.id,
        status=status.get(str(told["transaction_status"]), GatewayPayoutStatus.FAILED),
        amount_minor=-moved.net_minor,
        currency=moved.currency,
        created_at=moved.created_at,
        arrives_on=(moved.created_at + timedelta(days=3)).date(),
        reference=str(told.get("bank_reference_id", "")),
        itemised=False,
        transaction_id=moved.id,
    )


def _category(told: Json) -> str:
    code = str(told["transaction_event_code"])
    known = _CATEGORIES.get(code)
    if known is None:
        return "charge" if code.startswith(_SALE) else code
    positive = read_money(told["transaction_amount"])[0] > 0
    if code == "T1106" and positive and told.get("paypal_reference_id_type") == "TXN":
        return "dispute"
    return known
