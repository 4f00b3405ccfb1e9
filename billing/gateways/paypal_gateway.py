"""PayPal behind the port: Orders v2 with our server's capture, Payments v2.

It knows PayPal's words and decimal strings and nothing of our tables. A payer approves an order in
PayPal's own window; nothing has moved until `capture_intent`, so that is where a payment is
decided (docs/adr/0012-approved-orders.md). Sources: https://developer.paypal.com/docs/api/
(Orders v2, Payments v2), "Idempotency".
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from billing.gateways.base import (
    GatewayGone,
    GatewayMessage,
    GatewayRefused,
    IntentSnapshot,
    IntentStatus,
    KeyReused,
    RefundSnapshot,
)
from billing.gateways.paypal_certificates import Certificates
from billing.gateways.paypal_client import NotThere, PayPalClient, segment
from billing.gateways.paypal_evidence import PayPalEvidence
from billing.gateways.paypal_objects import capture_of, read_order, read_refund
from billing.gateways.paypal_payees import PayPalPayees
from billing.gateways.paypal_units import smallest_step, to_paypal
from billing.gateways.paypal_webhooks import read_webhook
from kernel.ids import public_id

# The payer, or the payer's bank, said no: another instrument may do.
_DECLINES = frozenset(
    {
        "INSTRUMENT_DECLINED",
        "PAYER_ACTION_REQUIRED",
        "PAYER_CANNOT_PAY",
        "TRANSACTION_REFUSED",
        "TRANSACTION_LIMIT_EXCEEDED",
        "TRANSACTION_BLOCKED_BY_PAYEE",
        "PAYER_ACCOUNT_RESTRICTED",
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
        "CARD_EXPIRED",
        "CARD_CLOSED",
    }
)
# The order is not what we thought: look at it.
_LOOK_AGAIN = frozenset({"ORDER_ALREADY_CAPTURED", "ORDER_NOT_APPROVED", "ORDER_COMPLETED"})
# An order in whose hands no money is, and none comes unless we capture.
_OURS_TO_LEAVE = (IntentStatus.REQUIRES_ACTION, IntentStatus.APPROVED)


class PayPalGateway(PayPalPayees, PayPalEvidence):
    """One PayPal merchant account. Safe to share between threads."""

    name = "paypal"
    # Orders v2 keeps request ids for six hours.
    intent_key_lifetime = timedelta(hours=5)

    def __init__(
        self,
        *,
        client: PayPalClient,
        certificates: Certificates,
        client_id: str,
        webhook_ids: tuple[str, ...],
        partner_id: str,
        site_url: str,
    ) -> None:
        self.publishable_key = client_id
        self._client = client
        self._certificates = certificates
        self._webhook_ids = webhook_ids
        self._partner_id = partner_id
        self._site_url = site_url

    def smallest_step(self, currency: str) -> int:
        """Return the step of the amounts that can be said (`paypal_units`)."""
        return smallest_step(currency)

    def create_intent(
        self,
        *,
        payment_id: UUID,
        session_id: UUID | None,
        amount_minor: int,
        currency: str,
        description: str = "",
    ) -> IntentSnapshot:
        """Make an order. PayPal answers a known request id with the order as it is now."""
        payment = public_id("pay", payment_id)
        session = f"Session {public_id('ses', session_id)}" if session_id else ""
        order = self._client.post(
            "create an order",
            "/v2/checkout/orders",
            {
                "intent": "CAPTURE",
                "purchase_units": [
                    {
                        "amount": {
                            "currency_code": currency,
                            "value": to_paypal(amount_minor, currency),
                        },
                        "custom_id": payment,
                        "invoice_id": payment,
                        "description": description or session or "Package of sessions",
                    }
                ],
                "payment_source": {
                    "paypal": {
                        "experience_context": {
                            # A hold lives minutes: what clears days later is out.
                            "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
                            "shipping_preference": "NO_SHIPPING",
                            "user_action": "PAY_NOW",
                            "return_url": f"{self._site_url}/app",
                            "cancel_url": f"{self._site_url}/app",
                        }
                    }
                },
            },
            request_id=f"payment:{payment_id}",
        )
        seen = read_order(order)
        if (seen.amount_minor, seen.currency) != (amount_minor, currency):
            raise GatewayRefused(
                f"PayPal has order {seen.id} for {payment}, over another amount.",
                reason="request_id_reused",
            )
        return seen

    def fetch_intent(self, *, intent_id: str) -> IntentSnapshot:
        """Return the order; one that was captured with its disputes, which it does not show.

        The disputes are asked for first: the refunds are to be no older than they.
        """
        order = self._order(intent_id)
        capture = capture_of(order)
        if capture is None:
            return read_order(order)
        disputes = self._disputes_of(str(capture["id"]), intent_id=intent_id)
        return read_order(self._order(intent_id) if disputes else order, disputes=disputes)

    def find_intent(self, *, payment_id: UUID, created_at: datetime) -> IntentSnapshot | None:
        """Look through the movements of the day after `created_at` for one with our id.

        PayPal lists no orders. One that was never paid is not found: its payer has never had its
        id, because we hand that on only after we stored it.
        """
        order_id = self._order_that_was_paid(public_id("pay", payment_id), since=created_at)
        return self.fetch_intent(intent_id=order_id) if order_id else None

    def capture_intent(self, *, intent_id: str, payment_id: UUID, attempt: int) -> IntentSnapshot:
        """Capture the order. A decline is the payer's to mend, and comes back as such."""
        again = f":{attempt}" if attempt > 1 else ""
        try:
            order = self._client.post(
                "capture an order",
                f"/v2/checkout/orders/{segment(intent_id)}/capture",
                {},
                request_id=f"capture:{payment_id}{again}",
            )
        except GatewayRefused as no:
            if no.reason in _LOOK_AGAIN:
                return self.fetch_intent(intent_id=intent_id)
            if no.reason not in _DECLINES:
                raise
            seen = self.fetch_intent(intent_id=intent_id)
            if seen.status not in _OURS_TO_LEAVE:
                return seen
            return replace(
                seen, status=IntentStatus.REQUIRES_ACTION, failure_code=no.reason.lower()
            )
        return read_order(order)

    def cancel_intent(self, *, intent_id: str, payment_id: UUID) -> IntentSnapshot:  # noqa: ARG002
        """Leave an order that holds no money, which is all that its end takes.

        PayPal has no call that cancels an order: it moves nothing without our capture, and is
        gone after hours. That we never capture a cancelled payment is the caller's promise.
        """
        seen = self.fetch_intent(intent_id=intent_id)
        if seen.status in _OURS_TO_LEAVE:
            return replace(seen, status=IntentStatus.CANCELLED)
        return seen

    def refund(
        self,
        *,
        refund_id: UUID,
        payment_id: UUID,  # noqa: ARG002 - the capture says whose it is
        intent_id: str,
        amount_minor: int,
        currency: str,
    ) -> RefundSnapshot:
        """Refund part or all of the order's capture."""
        capture = capture_of(self._order(intent_id))
        if capture is None:
            raise GatewayRefused(f"Order {intent_id} was never captured.", reason="not_captured")
        ours = public_id("rfd", refund_id)
        made = self._client.post(
            "refund a capture",
            f"/v2/payments/captures/{segment(capture['id'])}/refund",
            {
                "amount": {"currency_code": currency, "value": to_paypal(amount_minor, currency)},
                "custom_id": ours,
                "invoice_id": ours,
            },
            request_id=f"refund:{refund_id}",
        )
        seen = read_refund(made, intent_id=intent_id)
        if (seen.amount_minor, seen.currency) != (amount_minor, currency):
            raise KeyReused(
                f"PayPal has refund {seen.id} for {ours}, over another amount.",
                reason="request_id_reused",
            )
        return seen

    def fetch_refund(self, *, gateway_refund_id: str) -> RefundSnapshot:
        """Return the refund as it is now."""
        path = f"/v2/payments/refunds/{segment(gateway_refund_id)}"
        return read_refund(self._client.get("fetch a refund", path))

    def find_refund(self, *, refund_id: UUID, intent_id: str) -> RefundSnapshot | None:
        """Look through the refunds of the order's captures for the one that carries our id."""
        seen = read_order(self._order(intent_id))
        return next((one for one in seen.refunds if one.refund_id == refund_id), None)

    def verify_webhook(
        self, *, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> GatewayMessage:
        """Check the signature and read the event (`paypal_webhooks`)."""
        return read_webhook(
            body=body,
            headers=headers,
            webhook_ids=self._webhook_ids,
            certificates=self._certificates,
            now=now,
        )

    def _order(self, order_id: str) -> dict[str, object]:
        try:
            return self._client.get("fetch an order", f"/v2/checkout/orders/{segment(order_id)}")
        except NotThere as gone:
            raise GatewayGone(gone.detail, reason=gone.reason) from gone
