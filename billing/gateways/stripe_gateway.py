"""Stripe behind the port: the official SDK, given the address and the keys of our settings.

It knows Stripe's words and minor units and nothing of our tables. Sources: Stripe's pages
"Idempotent requests", "Zero-decimal currencies", "Check the webhook signatures", and the types
of the SDK itself.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import stripe

from billing.gateways.base import (
    BalanceTransaction,
    DisputeSnapshot,
    GatewayMessage,
    GatewayRefused,
    IntentSnapshot,
    RefundSnapshot,
)
from billing.gateways.stripe_calls import PAGE, seconds
from billing.gateways.stripe_evidence import StripeEvidence
from billing.gateways.stripe_objects import (
    EXPAND,
    EXPAND_LISTED,
    charge_of,
    metadata_of,
    read_balance_transaction,
    read_dispute,
    read_intent,
    read_refund,
)
from billing.gateways.stripe_payees import StripePayees
from billing.gateways.stripe_treasury import StripeTreasury
from billing.gateways.stripe_units import smallest_step, to_stripe
from billing.gateways.stripe_webhooks import read_webhook
from kernel.ids import public_id

if TYPE_CHECKING:
    from stripe.params import BalanceTransactionListParams, PaymentIntentListParams


class StripeGateway(StripePayees, StripeTreasury, StripeEvidence):
    """One Stripe account. Safe to share between threads: the SDK keeps a connection per thread."""

    name = "stripe"
    intent_key_lifetime = timedelta(hours=23)

    def __init__(
        self,
        *,
        secret_key: str,
        publishable_key: str,
        api_base: str,
        webhook_secrets: tuple[str, ...],
        timeout_seconds: float,
        max_network_retries: int = 2,
        http_client: stripe.HTTPClient | None = None,
    ) -> None:
        self.publishable_key = publishable_key
        self._webhook_secrets = webhook_secrets
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base, "files": _files_base(api_base)},
            max_network_retries=max_network_retries,
            http_client=http_client or stripe.RequestsClient(timeout=timeout_seconds),
        )

    def smallest_step(self, currency: str) -> int:
        """Return the step of the amounts that can be said (`stripe_units`)."""
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
        """Make a PaymentIntent. Everything sent follows from the row: a replay must be equal."""
        payment = public_id("pay", payment_id)
        session = public_id("ses", session_id) if session_id else ""
        intent = self._write(
            "create a payment intent",
            lambda: self._client.v1.payment_intents.create(
                {
                    "amount": to_stripe(amount_minor, currency),
                    "currency": currency.lower(),
                    "description": description
                    or (f"Session {session}" if session else "Package of sessions"),
                    "metadata": {"payment_id": payment, "session_id": session},
                    "transfer_group": payment,
                    # A hold lives minutes: methods that pay days later, or elsewhere, are out.
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "expand": EXPAND,
                },
                {"idempotency_key": f"payment:{payment_id}"},
            ),
        )
        return self._intent(intent)

    def fetch_intent(self, *, intent_id: str) -> IntentSnapshot:
        """Return the PaymentIntent with its latest charge, balance transaction and refunds."""
        return self._intent(
            self._read(
                "fetch a payment intent",
                lambda: self._client.v1.payment_intents.retrieve(intent_id, {"expand": EXPAND}),
            )
        )

    def find_intent(self, *, payment_id: UUID, created_at: datetime) -> IntentSnapshot | None:
        """List the day after `created_at`; Stripe's search would lag behind by a minute."""
        wanted = public_id("pay", payment_id)
        params: PaymentIntentListParams = {
            "created": {
                "gte": seconds(created_at - timedelta(minutes=5)),
                "lte": seconds(created_at + timedelta(days=1)),
            },
            "limit": PAGE,
        }

        def find() -> str | None:
            for intent in self._client.v1.payment_intents.list(params).auto_paging_iter():
                if metadata_of(intent).get("payment_id") == wanted:
                    return intent.id
            return None

        found = self._read("look a payment intent up", find)
        return self.fetch_intent(intent_id=found) if found else None

    def capture_intent(
        self,
        *,
        intent_id: str,
        payment_id: UUID,  # noqa: ARG002 - the port's
        attempt: int,  # noqa: ARG002
    ) -> IntentSnapshot:
        """Return the intent: Stripe captures by itself, so there is never one to capture."""
        return self.fetch_intent(intent_id=intent_id)

    def cancel_intent(self, *, intent_id: str, payment_id: UUID) -> IntentSnapshot:
        """Cancel; where Stripe refuses because the intent is at an end, return that end."""
        try:
            intent = self._write(
                "cancel a payment intent",
                lambda: self._client.v1.payment_intents.cancel(
                    intent_id, {"expand": EXPAND}, {"idempotency_key": f"cancel:{payment_id}"}
                ),
            )
        except GatewayRefused as refusal:
            if refusal.reason != "payment_intent_unexpected_state":
                raise
            return self.fetch_intent(intent_id=intent_id)
        return self._intent(intent)

    def refund(
        self,
        *,
        refund_id: UUID,
        payment_id: UUID,
        intent_id: str,
        amount_minor: int,
        currency: str,
    ) -> RefundSnapshot:
        """Make a Refund of part or all of the intent's charge."""
        refund = self._write(
            "refund a payment",
            lambda: self._client.v1.refunds.create(
                {
                    "payment_intent": intent_id,
                    "amount": to_stripe(amount_minor, currency),
                    "metadata": {
                        "refund_id": public_id("rfd", refund_id),
                        "payment_id": public_id("pay", payment_id),
                    },
                },
                {"idempotency_key": f"refund:{refund_id}"},
            ),
        )
        return read_refund(refund)

    def fetch_refund(self, *, gateway_refund_id: str) -> RefundSnapshot:
        """Return the Refund as it is now."""
        return read_refund(
            self._read(
                "fetch a refund", lambda: self._client.v1.refunds.retrieve(gateway_refund_id)
            )
        )

    def find_refund(self, *, refund_id: UUID, intent_id: str) -> RefundSnapshot | None:
        """Look through the intent's refunds for the one that carries our id."""
        refunds = self._read("look a refund up", lambda: self._refunds_of(intent_id))
        return next((refund for refund in refunds if refund.refund_id == refund_id), None)

    def fetch_dispute(self, *, dispute_id: str) -> DisputeSnapshot:
        """Return the Dispute as it is now."""
        return read_dispute(
            self._read("fetch a dispute", lambda: self._client.v1.disputes.retrieve(dispute_id))
        )

    def balance_transactions(
        self, *, since: datetime, until: datetime
    ) -> Iterator[BalanceTransaction]:
        """Yield page by page; each page is one call, outside any transaction."""
        params: BalanceTransactionListParams = {
            "created": {"gte": seconds(since), "lt": seconds(until)},
            "expand": ["data.source"],
            "limit": PAGE,
        }
        while True:
            page = self._read(
                "list balance transactions",
                partial(self._client.v1.balance_transactions.list, params),
            )
            yield from (read_balance_transaction(row) for row in page.data)
            if not page.has_more:
                return
            params = {**params, "starting_after": page.data[-1].id}

    def verify_webhook(
        self, *, body: bytes, headers: Mapping[str, str], now: datetime
    ) -> GatewayMessage:
        """Check the signature and read the event (`stripe_webhooks`)."""
        return read_webhook(body=body, headers=headers, secrets=self._webhook_secrets, now=now)

    def _intent(self, intent: stripe.PaymentIntent) -> IntentSnapshot:
        charge = charge_of(intent)
        if charge is None or not charge.disputed:
            return read_intent(intent, refunds=self._refunds(intent.id, charge), disputes=())
        # In this order: the refunds are to be no older than the disputes.
        disputes = self._read("list disputes", lambda: self._disputes_of(intent.id))
        refunds = self._read("list refunds", lambda: self._refunds_of(intent.id))
        return read_intent(intent, refunds=refunds, disputes=disputes)

    def _refunds(self, intent_id: str, charge: stripe.Charge | None) -> tuple[RefundSnapshot, ...]:
        """Return all refunds; the expanded list holds the newest ten only."""
        if charge is None or charge.refunds is None:
            return ()
        if charge.refunds.has_more:
            return self._read("list refunds", lambda: self._refunds_of(intent_id))
        return tuple(read_refund(refund) for refund in charge.refunds.data)

    def _refunds_of(self, intent_id: str) -> tuple[RefundSnapshot, ...]:
        page = self._client.v1.refunds.list(
            {"payment_intent": intent_id, "limit": PAGE, "expand": EXPAND_LISTED}
        )
        return tuple(read_refund(refund) for refund in page.auto_paging_iter())

    def _disputes_of(self, intent_id: str) -> tuple[DisputeSnapshot, ...]:
        page = self._client.v1.disputes.list({"payment_intent": intent_id, "limit": PAGE})
        return tuple(read_dispute(dispute) for dispute in page.auto_paging_iter())


def _files_base(api_base: str) -> str:
    """Return where documents go: Stripe has a host for them, the stand-in has not."""
    return stripe.DEFAULT_UPLOAD_API_BASE if api_base == stripe.DEFAULT_API_BASE else api_base
