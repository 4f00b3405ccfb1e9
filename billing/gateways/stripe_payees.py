"""Payees and transfers at Stripe: Connect accounts, separate charges and transfers.

The platform is answerable for an account's losses and pays Stripe's fees for it; the mentor has
Stripe's Express dashboard and gives bank and identity to Stripe alone. A transfer is money moved
at once: it fails as a refusal, and comes back as a reversal. Source: Stripe, "Separate charges
and transfers", "Connect: account capabilities".
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import stripe

from billing.gateways.base import GatewayRefused
from billing.gateways.payees import (
    PayeeSnapshot,
    PayeeStatus,
    TransferSnapshot,
    TransferStatus,
    payout_key,
)
from billing.gateways.stripe_calls import PAGE, PAYEE_GONE, StripeCalls, seconds
from billing.gateways.stripe_objects import id_of, instant, metadata_of
from billing.gateways.stripe_units import from_stripe, to_stripe
from kernel.ids import public_id

if TYPE_CHECKING:
    from stripe.params import AccountCreateParams, AccountListParams


class StripePayees(StripeCalls):
    """The adapter's half that pays mentors."""

    transfer_listing_lag = timedelta(0)

    def create_payee(self, *, account_id: UUID, country: str) -> PayeeSnapshot:
        """Make an account. Everything sent follows from the row: a replay must be equal."""
        params: AccountCreateParams = {
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "stripe_dashboard": {"type": "express"},
            },
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"payout_account_id": public_id("pya", account_id)},
        }
        if country:
            params["country"] = country
        account = self._write(
            "open a payee",
            lambda: self._client.v1.accounts.create(
                params, {"idempotency_key": f"payee:{account_id}"}
            ),
        )
        return read_payee(account)

    def find_payee(self, *, account_id: UUID, created_at: datetime) -> PayeeSnapshot | None:
        """List the accounts of the day after `created_at`."""
        wanted = public_id("pya", account_id)
        params: AccountListParams = {
            "created": {
                "gte": seconds(created_at - timedelta(minutes=5)),
                "lte": seconds(created_at + timedelta(days=1)),
            },
            "limit": PAGE,
        }

        def find() -> stripe.Account | None:
            for account in self._client.v1.accounts.list(params).auto_paging_iter():
                if metadata_of(account).get("payout_account_id") == wanted:
                    return account
            return None

        found = self._read("look a payee up", find)
        return read_payee(found) if found else None

    def fetch_payee(self, *, payee_id: str) -> PayeeSnapshot:
        """Return the account as it is now; one that is gone there is closed."""
        try:
            account = self._read(
                "fetch a payee", lambda: self._client.v1.accounts.retrieve(payee_id)
            )
        except GatewayRefused as no:
            if no.reason != PAYEE_GONE:
                raise
            return _closed(payee_id)
        return read_payee(account)

    def onboarding_link(self, *, payee_id: str, return_url: str, refresh_url: str) -> str:
        """Make an account link; each is good for a few minutes and one visit."""
        link = self._write(
            "make an onboarding link",
            lambda: self._client.v1.account_links.create(
                {
                    "account": payee_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            ),
        )
        return link.url

    def transfer(
        self,
        *,
        payout_id: UUID,
        payee_id: str,
        destination: str,  # noqa: ARG002 - at Stripe the payee is the account itself
        amount_minor: int,
        currency: str,
        attempt: int = 1,
    ) -> TransferSnapshot:
        """Make a Transfer out of the platform's available balance."""
        payout = public_id("po", payout_id)
        transfer = self._write(
            "pay a mentor",
            lambda: self._client.v1.transfers.create(
                {
                    "amount": to_stripe(amount_minor, currency),
                    "currency": currency.lower(),
                    "destination": payee_id,
                    "description": f"Payout {payout}",
                    "metadata": {"payout_id": payout},
                    "transfer_group": payout,
                },
                {"idempotency_key": payout_key(payout_id, attempt=attempt)},
            ),
        )
        return read_transfer(transfer)

    def fetch_transfer(self, *, transfer_id: str) -> TransferSnapshot:
        """Return the Transfer with its reversals."""
        return read_transfer(
            self._read("fetch a transfer", lambda: self._client.v1.transfers.retrieve(transfer_id))
        )

    def find_transfer(self, *, payout_id: UUID) -> TransferSnapshot | None:
        """List the payout's own transfer group."""
        group = public_id("po", payout_id)
        page = self._read(
            "look a transfer up",
            lambda: self._client.v1.transfers.list({"transfer_group": group, "limit": PAGE}),
        )
        found = (read_transfer(transfer) for transfer in page.data)
        return next((transfer for transfer in found if transfer.payout_id == payout_id), None)


def read_payee(account: stripe.Account) -> PayeeSnapshot:
    """Read an account: active is one that may be sent money and may take it out."""
    if getattr(account, "deleted", False):
        return _closed(account.id)  # nothing else is left of it
    asked = account.requirements
    due = tuple(asked.currently_due or ()) if asked else ()
    able = account.capabilities is not None and account.capabilities.transfers == "active"
    if able and account.payouts_enabled:
        status = PayeeStatus.ACTIVE
    elif account.details_submitted and due:
        status = PayeeStatus.RESTRICTED
    else:
        status = PayeeStatus.ONBOARDING
    return PayeeSnapshot(
        id=account.id,
        status=status,
        currency=(account.default_currency or "").upper(),
        asked_for=due,
        metadata=metadata_of(account),
        destination=account.id,
    )


def _closed(payee_id: str) -> PayeeSnapshot:
    return PayeeSnapshot(payee_id, PayeeStatus.CLOSED, currency="", asked_for=(), metadata={})


def read_transfer(transfer: stripe.Transfer) -> TransferSnapshot:
    """Read a transfer; its reversals come with it, the newest first."""
    currency = transfer.currency.upper()
    reversals = transfer.reversals.data if transfer.reversals else []
    return TransferSnapshot(
        id=transfer.id,
        status=TransferStatus.RETURNED if transfer.reversed else TransferStatus.PAID,
        amount_minor=from_stripe(transfer.amount, currency),
        returned_minor=from_stripe(transfer.amount_reversed, currency),
        currency=currency,
        payee_id=id_of(transfer.destination) or "",
        failure_code="",
        created_at=instant(transfer.created),
        returned_at=instant(max(one.created for one in reversals)) if reversals else None,
        metadata=metadata_of(transfer),
    )
