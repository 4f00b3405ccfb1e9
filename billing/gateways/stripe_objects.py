"""Stripe's objects read into the port's snapshots. It makes no call and decides nothing."""

from datetime import UTC, datetime

import stripe

from billing.gateways.base import (
    BalanceTransaction,
    DisputeSnapshot,
    DisputeStatus,
    IntentSnapshot,
    IntentStatus,
    RefundSnapshot,
    RefundStatus,
)
from billing.gateways.stripe_units import from_stripe

# What has to come expanded with a payment intent.
EXPAND = [
    "latest_charge.balance_transaction",
    "latest_charge.refunds.data.balance_transaction",
    "latest_charge.refunds.data.failure_balance_transaction",
]
# With a list of refunds.
EXPAND_LISTED = ["data.balance_transaction", "data.failure_balance_transaction"]

_INTENT_STATUS = {
    "requires_payment_method": IntentStatus.REQUIRES_ACTION,
    "requires_confirmation": IntentStatus.REQUIRES_ACTION,
    "requires_action": IntentStatus.REQUIRES_ACTION,
    "requires_capture": IntentStatus.PROCESSING,
    "processing": IntentStatus.PROCESSING,
    "succeeded": IntentStatus.SUCCEEDED,
    "canceled": IntentStatus.CANCELLED,
}
_REFUND_STATUS = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.CANCELLED,
}
# An appeal is about money that is lost until the appeal is won. A prevented one took none.
_DISPUTE_STATUS = {
    "warning_needs_response": DisputeStatus.INQUIRY_NEEDS_RESPONSE,
    "warning_under_review": DisputeStatus.INQUIRY_UNDER_REVIEW,
    "warning_closed": DisputeStatus.INQUIRY_CLOSED,
    "prevented": DisputeStatus.INQUIRY_CLOSED,
    "needs_response": DisputeStatus.NEEDS_RESPONSE,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "appeal_needs_response": DisputeStatus.LOST,
    "appeal_under_review": DisputeStatus.LOST,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}


def charge_of(intent: stripe.PaymentIntent) -> stripe.Charge | None:
    """Return the intent's latest charge, which may be a failed try."""
    return intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None


def read_intent(
    intent: stripe.PaymentIntent,
    *,
    refunds: tuple[RefundSnapshot, ...],
    disputes: tuple[DisputeSnapshot, ...],
) -> IntentSnapshot:
    """Read an intent that came with `EXPAND`."""
    charge = charge_of(intent)
    paid = charge if charge and charge.status == "succeeded" else None
    moved = charge.balance_transaction if charge else None
    error = intent.last_payment_error
    currency = intent.currency.upper()
    return IntentSnapshot(
        id=intent.id,
        status=_INTENT_STATUS[intent.status],
        amount_minor=from_stripe(intent.amount, currency),
        received_minor=from_stripe(intent.amount_received, currency),
        currency=currency,
        client_secret=intent.client_secret or "",
        charge_id=paid.id if paid else None,
        charged_at=instant(paid.created) if paid else None,
        balance_transaction=(
            read_balance_transaction(moved)
            if isinstance(moved, stripe.BalanceTransaction)
            else None
        ),
        refunds=refunds,
        disputed=bool(charge and charge.disputed),
        failure_code=(error.decline_code or error.code or "declined") if error else "",
        created_at=instant(intent.created),
        metadata=metadata_of(intent),
        disputes=disputes,
    )


def read_refund(refund: stripe.Refund) -> RefundSnapshot:
    """Read a refund; its movements are there where they came expanded."""
    currency = refund.currency.upper()
    rows = (refund.balance_transaction, getattr(refund, "failure_balance_transaction", None))
    return RefundSnapshot(
        id=refund.id,
        status=_REFUND_STATUS[refund.status or "pending"],
        amount_minor=from_stripe(refund.amount, currency),
        currency=currency,
        charge_id=id_of(refund.charge),
        intent_id=id_of(refund.payment_intent),
        balance_transaction_id=id_of(refund.balance_transaction),
        failure_code=getattr(refund, "failure_reason", None) or "",
        created_at=instant(refund.created),
        metadata=metadata_of(refund),
        moved=tuple(
            read_balance_transaction(row)
            for row in rows
            if isinstance(row, stripe.BalanceTransaction)
        ),
    )


def read_dispute(dispute: stripe.Dispute) -> DisputeSnapshot:
    """Read a dispute; of its movements, seldom more than two, one takes and one gives back."""
    currency = dispute.currency.upper()
    moved = [read_balance_transaction(row) for row in dispute.balance_transactions]
    due_by = dispute.evidence_details.due_by
    withdrawn = next((row for row in moved if row.amount_minor < 0), None)
    reinstated = next((row for row in moved if row.amount_minor > 0), None)
    return DisputeSnapshot(
        id=dispute.id,
        status=_DISPUTE_STATUS[dispute.status],
        amount_minor=from_stripe(dispute.amount, currency),
        currency=currency,
        reason=dispute.reason,
        charge_id=id_of(dispute.charge),
        intent_id=id_of(dispute.payment_intent),
        due_by=instant(due_by) if due_by else None,
        created_at=instant(dispute.created),
        withdrawn=withdrawn,
        reinstated=reinstated,
        later=tuple(row for row in moved if row not in (withdrawn, reinstated)),
    )


def read_balance_transaction(row: stripe.BalanceTransaction) -> BalanceTransaction:
    """Read a balance transaction; its source may be an id or come expanded."""
    currency = row.currency.upper()
    source = row.source
    return BalanceTransaction(
        id=row.id,
        # Stripe calls a dispute's type `adjustment`; the reporting category says what it was.
        category=row.reporting_category,
        amount_minor=from_stripe(row.amount, currency),
        fee_minor=from_stripe(row.fee, currency),
        net_minor=from_stripe(row.net, currency),
        currency=currency,
        created_at=instant(row.created),
        available_on=instant(row.available_on),
        source_id=id_of(source),
        intent_id=id_of(getattr(source, "payment_intent", None)),
        metadata=metadata_of(source) if isinstance(source, stripe.StripeObject) else {},
        refunded_minor=(
            from_stripe(source.amount_refunded, source.currency.upper())
            if isinstance(source, stripe.Charge)
            else None
        ),
        transfer_id=_transfer_of(source),
    )


def _transfer_of(source: object) -> str | None:
    """Return the transfer that a movement belongs to: itself, or the one that came back."""
    if isinstance(source, stripe.Transfer):
        return source.id
    return id_of(source.transfer) if isinstance(source, stripe.TransferReversal) else None


def metadata_of(thing: stripe.StripeObject) -> dict[str, str]:
    """Return an object's metadata as a dict; objects without any have none."""
    metadata = getattr(thing, "metadata", None)
    return dict(metadata.to_dict()) if isinstance(metadata, stripe.StripeObject) else {}


def id_of(value: object) -> str | None:
    """Return the id of a field that is an id, an expanded object or nothing."""
    return value if isinstance(value, str) else getattr(value, "id", None)


def instant(seconds: int) -> datetime:
    """Return Stripe's instant as ours."""
    return datetime.fromtimestamp(seconds, UTC)
