"""Apply what became of a refund, whatever was applied before; post it and tell the client.

It takes the gateway's word as a value and never asks for it.
"""

from datetime import datetime
from uuid import UUID

from billing import announcements, client_credit, recoveries
from billing.gateways.base import RefundStatus
from billing.ledger import entries, posting
from billing.models import Line, Payment, Refund
from billing.refunds.promise import lock_payment
from billing.states import PENDING_REFUND_STATES, RefundEvent, RefundState
from kernel import written
from kernel.errors import Refusal
from notifications.outbox import put_email


class RefundContradicted(Refusal):
    """The gateway says of a refund what our history rules out; a person has to look."""

    code = "refund_contradicted"


def apply(
    *,
    refund_id: UUID,
    gateway_state: str,
    gateway_refund_id: str | None,
    now: datetime,
    failure_code: str = "",
) -> Refund:
    """Apply what the gateway says of a refund, whatever was applied before.

    Expects the caller's transaction. Locks purchase, payment and refund. What is known already,
    or older than that, changes nothing.

    Raises RefundContradicted where the gateway sent money that our books took back, or knows
    our refund under a second id.
    """
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    payment = lock_payment(payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    _remember_gateway_id(refund, gateway_refund_id)
    event = _event_for(refund, RefundStatus(gateway_state))
    if event is None:
        return refund

    was = RefundState(refund.state)
    refund.transition(event)
    refund.failure_code = failure_code
    refund.settled_at = None if event is RefundEvent.PROCESS else now
    refund.save(update_fields=["state", "failure_code", "settled_at"])
    _post_outcome(payment, refund, event=event, was=was, now=now)
    if event is RefundEvent.SUCCEED and refund.amount_minor:
        _tell_client(refund, payment)
        announcements.payment_refunded(payment, refund, at=now)
    return refund


def _remember_gateway_id(refund: Refund, gateway_refund_id: str | None) -> None:
    if gateway_refund_id is None or refund.gateway_refund_id == gateway_refund_id:
        return
    if refund.gateway_refund_id is not None:
        raise RefundContradicted(
            f"Refund {refund.public_id} is {refund.gateway_refund_id} at the gateway, which now "
            f"also shows {gateway_refund_id} for it. Compare both there."
        )
    refund.gateway_refund_id = gateway_refund_id
    refund.save(update_fields=["gateway_refund_id"])


def _event_for(refund: Refund, status: RefundStatus) -> RefundEvent | None:
    """Return what moves the refund to what the gateway says, or None where it is there."""
    state = RefundState(refund.state)
    over = state not in PENDING_REFUND_STATES
    match status:
        case RefundStatus.PENDING:
            return RefundEvent.PROCESS if state is RefundState.CREATED else None
        case RefundStatus.SUCCEEDED:
            if state in {RefundState.FAILED, RefundState.CANCELLED}:
                raise RefundContradicted(
                    f"Refund {refund.public_id} is {state} here and succeeded at the gateway. "
                    "Record it as a refund that was made there."
                )
            return None if over else RefundEvent.SUCCEED
        case RefundStatus.FAILED | RefundStatus.CANCELLED:
            if state is RefundState.SUCCEEDED:
                return RefundEvent.FAIL
            if over:
                return None
            return RefundEvent.FAIL if status is RefundStatus.FAILED else RefundEvent.CANCEL


def _post_outcome(
    payment: Payment, refund: Refund, *, event: RefundEvent, was: RefundState, now: datetime
) -> None:
    subject = entries.subject_of(purchase=payment.purchase, gateway=payment.gateway)
    if event is RefundEvent.PROCESS:
        return
    if event is RefundEvent.SUCCEED:
        sent = posting.refund_succeeded(
            subject=subject, refund_id=refund.pk, amount_minor=refund.amount_minor, at=now
        )
        entries.post(sent, posted_at=now)
        return
    client_credit.take_back(
        purchase=payment.purchase,
        amount_minor=refund.credit_minor,
        key=f"refund-reversed:{refund.pk}",
        now=now,
    )
    drafts = []
    if was is RefundState.SUCCEEDED:
        drafts.append(
            posting.refund_returned(
                subject=subject, refund_id=refund.pk, amount_minor=refund.amount_minor, at=now
            )
        )
    created = Line.objects.filter(
        entry__source_type="refund", entry__source_id=str(refund.pk), entry__kind="created"
    )
    reversal = posting.refund_reversed(
        subject=subject,
        refund_id=refund.pk,
        created=created.order_by("pk").values_list("account_id", "amount_minor"),
        at=now,
    )
    entries.post_all([*drafts, reversal], posted_at=now)
    recoveries.set_off(reversal=reversal, now=now)


def _tell_client(refund: Refund, payment: Payment) -> None:
    session = payment.purchase.session
    client = payment.purchase.client.user
    if session is None:
        put_email(
            key=f"refund-succeeded:{refund.public_id}",
            template="package_refunded",
            to=client.email,
            language=client.language,
            context={
                "name": client.name,
                "mentor": payment.purchase.mentor.user.name,
                "amount": written.amount(refund.amount_minor, refund.currency),
                "refund": refund.public_id,
                "package": payment.purchase.reference,
            },
        )
        return
    put_email(
        key=f"refund-succeeded:{refund.public_id}",
        template="refund_succeeded",
        to=client.email,
        language=client.language,
        context={
            "name": client.name,
            "mentor": session.mentor.user.name,
            "amount": written.amount(refund.amount_minor, refund.currency),
            "refund": refund.public_id,
            "session": session.public_id,
            "starts_at": written.moment(session.starts_at, client.time_zone),
        },
    )
