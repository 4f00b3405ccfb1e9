"""Payees and transfers at PayPal: partner referrals, and Payouts of one item each.

A payee's id is our account's own public id: PayPal calls it the tracking id, and knows it before
the mentor's PayPal account is connected (only then there is a merchant id, which is looked up
when money is sent). A transfer is a batch of one item, whose state may change for weeks: an
unclaimed one comes back. Sources: https://developer.paypal.com/docs/api/ (Partner Referrals v2,
Payouts v1).
"""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from billing.gateways.base import BalanceTooLow, GatewayRefused, GatewayUnknownOutcome
from billing.gateways.payees import (
    PayeeSnapshot,
    PayeeStatus,
    TransferSnapshot,
    TransferStatus,
    payout_key,
)
from billing.gateways.paypal_client import NotThere, segment
from billing.gateways.paypal_objects import instant, named
from billing.gateways.paypal_reporting import PayPalReporting
from billing.gateways.paypal_units import from_paypal, to_paypal
from kernel.ids import public_id

type Json = dict[str, Any]

_REFERRALS = "/v2/customer/partner-referrals"
# Money that has left us: it is there, or it waits for its receiver. Every other word is an end
# without it: FAILED, BLOCKED, and RETURNED, REFUNDED, REVERSED.
_GONE_OUT = frozenset({"SUCCESS", "UNCLAIMED", "ONHOLD"})
# What never arrived has cost nothing; what arrived and was sent back has.
_FEE_RETURNED = frozenset({"RETURNED", "BLOCKED", "FAILED"})
_BATCH_ENDED = frozenset({"DENIED", "CANCELED"})
# How PayPal words that it has a batch of this sender's id, or an order of this request id.
_TAKEN_BEFORE = re.compile(r"already exists|duplicate", re.IGNORECASE)


class PayPalPayees(PayPalReporting):
    """The adapter's half that pays mentors."""

    # Transaction Search shows what happened up to three hours later, says its page.
    transfer_listing_lag = timedelta(hours=4)

    _partner_id: str

    def create_payee(self, *, account_id: UUID, country: str) -> PayeeSnapshot:
        """Begin a referral, unless the mentor is connected already. Repeating changes nothing."""
        tracking_id = public_id("pya", account_id)
        if self._merchant_of(tracking_id) is None:
            self._refer(tracking_id, country=country, return_url="", key=f"payee:{account_id}")
        return self.fetch_payee(payee_id=tracking_id)

    def find_payee(self, *, account_id: UUID, created_at: datetime) -> PayeeSnapshot | None:  # noqa: ARG002
        """Return the payee once the mentor is connected; a referral alone leaves no trace."""
        tracking_id = public_id("pya", account_id)
        if self._merchant_of(tracking_id) is None:
            return None
        return self.fetch_payee(payee_id=tracking_id)

    def fetch_payee(self, *, payee_id: str) -> PayeeSnapshot:
        """Return the payee as it is now."""
        merchant_id = self._merchant_of(payee_id)
        if merchant_id is None:
            return _not_connected(payee_id)
        try:
            found = self._client.get(
                "fetch a payee", f"{self._integrations}/{segment(merchant_id)}"
            )
        except NotThere:  # the mentor took the consent back meanwhile
            return _not_connected(payee_id)
        return read_payee(payee_id, merchant_id, found)

    def onboarding_link(self, *, payee_id: str, return_url: str, refresh_url: str) -> str:  # noqa: ARG002
        """Return PayPal's page for this mentor; each is good for a while, so it is made anew."""
        made = self._refer(payee_id, country="", return_url=return_url, key=None)
        for link in made.get("links", []):
            if link.get("rel") == "action_url":
                return str(link["href"])
        raise GatewayRefused(f"PayPal gave no page for {payee_id}.", reason="no_action_url")

    def transfer(
        self,
        *,
        payout_id: UUID,
        payee_id: str,
        destination: str,
        amount_minor: int,
        currency: str,
        attempt: int = 1,
    ) -> TransferSnapshot:
        """Make a batch of one item. PayPal refuses a second batch of the same sender's id."""
        merchant_id = self._merchant_of(payee_id)
        if merchant_id is None:
            raise GatewayRefused(
                f"The mentor behind {payee_id} has no PayPal account connected.",
                reason="payee_not_connected",
            )
        if merchant_id != destination:
            raise GatewayRefused(
                f"Another PayPal account is connected under {payee_id} by now.",
                reason="payee_exchanged",
            )
        payout = public_id("po", payout_id)
        item = {
            "recipient_type": "PAYPAL_ID",
            "receiver": merchant_id,
            "amount": {"currency": currency, "value": to_paypal(amount_minor, currency)},
            "sender_item_id": payout,
            "note": f"Payout {payout}",
            "purpose": "SERVICES",
        }
        header = {"sender_batch_id": payout, "email_subject": "Your payout"}
        try:
            made = self._client.post(
                "pay a mentor",
                "/v1/payments/payouts",
                {"sender_batch_header": header, "items": [item]},
                request_id=payout_key(payout_id, attempt=attempt),
            )
        except GatewayRefused as no:
            # No refusal: an order of it has gone out.
            if _TAKEN_BEFORE.search(f"{no.reason} {no.detail}"):
                raise GatewayUnknownOutcome(no.detail) from no
            if no.reason != "INSUFFICIENT_FUNDS":
                raise
            raise BalanceTooLow(no.detail, reason=no.reason) from no
        try:
            seen = self.fetch_transfer(transfer_id=str(made["batch_header"]["payout_batch_id"]))
        except GatewayRefused as no:  # the batch was taken, whatever is said of it now
            raise GatewayUnknownOutcome(no.detail) from no
        if (seen.amount_minor, seen.currency) != (amount_minor, currency):
            raise GatewayRefused(
                f"PayPal has batch {seen.id} for {payout}, over another amount.",
                reason="request_id_reused",
            )
        return seen

    def fetch_transfer(self, *, transfer_id: str) -> TransferSnapshot:
        """Return the batch's one item as it is now."""
        found = self._client.get("fetch a payout", f"/v1/payments/payouts/{segment(transfer_id)}")
        return read_transfer(found)

    def find_transfer(self, *, payout_id: UUID) -> TransferSnapshot | None:
        """Look through the movements of the last month: PayPal lists no batches.

        A batch that is older, or moved nothing, is not found; a second order of it is refused by
        its sender's id, which PayPal keeps for thirty days as well.
        """
        batch_id = self._batch_that_was_paid(public_id("po", payout_id))
        return self.fetch_transfer(transfer_id=batch_id) if batch_id else None

    @property
    def _integrations(self) -> str:
        return f"/v1/customer/partners/{segment(self._partner_id)}/merchant-integrations"

    def _merchant_of(self, tracking_id: str) -> str | None:
        """Return the PayPal account that was connected under our id, or None."""
        try:
            found = self._client.get(
                "look a payee up", self._integrations, {"tracking_id": tracking_id}
            )
        except NotThere:
            return None
        return found.get("merchant_id")

    def _refer(self, tracking_id: str, *, country: str, return_url: str, key: str | None) -> Json:
        body: Json = {
            "tracking_id": tracking_id,
            "operations": [
                {
                    "operation": "API_INTEGRATION",
                    "api_integration_preference": {
                        "rest_api_integration": {
                            "integration_method": "PAYPAL",
                            "integration_type": "THIRD_PARTY",
                            "third_party_details": {"features": ["PAYMENT", "REFUND"]},
                        }
                    },
                }
            ],
            "products": ["EXPRESS_CHECKOUT"],
            "legal_consents": [{"type": "SHARE_DATA_CONSENT", "granted": True}],
        }
        if return_url:
            body["partner_config_override"] = {"return_url": return_url}
        if country:
            body["business_entity"] = {"addresses": [{"country_code": country, "type": "WORK"}]}
        return self._client.post("refer a mentor", _REFERRALS, body, request_id=key)


def read_payee(payee_id: str, merchant_id: str, merchant: Json) -> PayeeSnapshot:
    """Read a connected merchant: active is one that can receive, with a confirmed address."""
    asked = tuple(
        name
        for name in ("payments_receivable", "primary_email_confirmed")
        if not merchant.get(name)
    )
    return PayeeSnapshot(
        id=payee_id,
        status=PayeeStatus.RESTRICTED if asked else PayeeStatus.ACTIVE,
        currency=str(merchant.get("primary_currency", "")),
        asked_for=asked,
        metadata=named(payee_id),
        destination=merchant_id,
    )


def _not_connected(payee_id: str) -> PayeeSnapshot:
    return PayeeSnapshot(
        id=payee_id,
        status=PayeeStatus.ONBOARDING,
        currency="",
        asked_for=("paypal_account",),
        metadata=named(payee_id),
    )


def read_transfer(batch: Json) -> TransferSnapshot:
    """Read a batch of ours: one item, whose state is the transfer's."""
    header = batch["batch_header"]
    item = (batch.get("items") or [{}])[0]
    told = item.get("payout_item", {})
    amount = told.get("amount") or header["amount"]
    currency = str(amount["currency"])
    amount_minor = from_paypal(str(amount["value"]), currency)
    status = _status(str(header["batch_status"]), item)
    back = status is TransferStatus.RETURNED
    fee_minor = _fee(item, currency) if back or status is TransferStatus.PAID else 0
    return TransferSnapshot(
        id=str(header["payout_batch_id"]),
        status=status,
        amount_minor=amount_minor,
        returned_minor=amount_minor if back else 0,
        currency=currency,
        payee_id=str(told.get("receiver", "")),
        failure_code=_why(header, item) if status is TransferStatus.FAILED else "",
        created_at=instant(header["time_created"]),
        returned_at=instant(item["time_processed"]) if back else None,
        metadata=named(
            told.get("sender_item_id") or header["sender_batch_header"].get("sender_batch_id")
        ),
        fee_minor=fee_minor,
        fee_returned_minor=fee_minor if item.get("transaction_status") in _FEE_RETURNED else 0,
    )


def _fee(item: Json, currency: str) -> int:
    """Return PayPal's fee for the item; one in another currency is the reconciler's to report."""
    fee = item.get("payout_item_fee") or {"currency": currency, "value": "0"}
    return from_paypal(str(fee["value"]), currency) if fee["currency"] == currency else 0


def _status(batch_status: str, item: Json) -> TransferStatus:
    """Say where the money is: PayPal takes it off our balance when it gives the item a number.

    From then on it is paid, also while nobody has claimed it, and what ends badly after that comes
    back. So the books say of our balance what PayPal's own list of movements says of it.
    """
    state, left_us = item.get("transaction_status"), bool(item.get("transaction_id"))
    if state is None or state == "PENDING":
        ended = state is None and batch_status in _BATCH_ENDED
        return TransferStatus.FAILED if ended else TransferStatus.PENDING
    if state in _GONE_OUT:
        return TransferStatus.PAID if left_us else TransferStatus.PENDING
    return TransferStatus.RETURNED if left_us else TransferStatus.FAILED


def _why(header: Json, item: Json) -> str:
    """Return PayPal's code for what went wrong, in our notation."""
    told = (item.get("errors") or {}).get("name") or item.get("transaction_status")
    return str(told or header["batch_status"]).lower()[:80]
