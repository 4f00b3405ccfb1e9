"""Refunds that came to nothing for good: who still waits for money, and what a person does then.

A refund that its gateway or the client's bank refused has put its parts back and stays as it
is. Somebody in finance either gives it anew, as a refund of its own that names the old one, or
writes down why nothing is owed any more. Until then the mentor's next payout is not built.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from billing.models import Refund
from billing.refunds.orders import create
from billing.refunds.promise import lock_payment
from billing.states import RefundState
from kernel import audit
from kernel.errors import Invalid, NotFound, Refusal


class RefundNotStuck(Refusal):
    """The refund is on its way, was done, was given anew, or is owed no more."""

    code = "refund_not_stuck"


def stuck() -> QuerySet[Refund]:
    """Return refunds that ended without money and that nobody has dealt with.

    One whose payment has nothing left to give back is not among them: the client has it all.
    A mentor out of whose share one would come is not paid out (`billing.payouts`).
    """
    gone = F("payment__refunded_minor") + F("payment__pending_refund_minor")
    return Refund.objects.filter(
        state__in=[RefundState.FAILED, RefundState.CANCELLED],
        dropped_at=None,
        reissue=None,
        payment__amount_minor__gt=gone + F("payment__disputed_minor"),
    )


def reissue(*, refund_id: UUID, by: str, reason: str, now: datetime) -> Refund:
    """Give a failed refund anew: the same share, cause and bearer, its parts by today's state.

    Locks purchase and payment; the bound is checked again. Safe to repeat: the first answer is
    returned. `by` is the public id of the person, `reason` why it will work now. The order to
    the gateway goes out after the commit.

    Raises: NotFound, Invalid (no reason), RefundNotStuck, PaymentDisputed, RefundTooLarge.
    """
    reason = _said(reason)
    with transaction.atomic():
        old = _locked(refund_id)
        known = Refund.objects.filter(reissue_of=old).first()
        if known is not None:
            return known
        _refuse_unless_stuck(old)
        made_there = old.cause == Refund.Cause.EXTERNAL
        new = create(
            payment_id=old.payment_id,
            share_minor=old.share_minor,
            cause=Refund.Cause.GOODWILL if made_there else old.cause,
            bearer=old.bearer,
            requested_by=by,
            reason=reason,
            key=f"reissue:{old.pk}",
            reissue_of=old,
            now=now,
        )
        audit.record(
            actor=by,
            action="refund.reissued",
            object_type="refund",
            object_id=old.public_id,
            data={"as": new.public_id, "reason": reason},
        )
    return new


def drop(*, refund_id: UUID, by: str, reason: str, now: datetime) -> Refund:
    """Write down that a failed refund is owed no more (paid by other means, say), and by whom.

    Moves no money. Raises: NotFound, Invalid (no reason), RefundNotStuck.
    """
    reason = _said(reason)
    with transaction.atomic():
        refund = _locked(refund_id)
        _refuse_unless_stuck(refund)
        refund.dropped_at = now
        refund.dropped_by = by
        refund.dropped_reason = reason
        refund.save(update_fields=["dropped_at", "dropped_by", "dropped_reason"])
        audit.record(
            actor=by,
            action="refund.dropped",
            object_type="refund",
            object_id=refund.public_id,
            data={"reason": reason},
        )
    return refund


def _said(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid("Say why: it stays with the refund.", pointer="/reason")
    return reason[:500]


def _locked(refund_id: UUID) -> Refund:
    payment_id = Refund.objects.filter(pk=refund_id).values_list("payment_id", flat=True).first()
    if payment_id is None:
        raise NotFound(f"There is no refund {refund_id}.")
    lock_payment(payment_id)
    return Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)


def _refuse_unless_stuck(refund: Refund) -> None:
    if stuck().filter(pk=refund.pk).exists():
        return
    new = Refund.objects.filter(reissue_of=refund).first()
    if new is not None:
        what = f"was given anew as {new.public_id}"
    elif refund.dropped_at is not None:
        what = f"is owed no more since {refund.dropped_at:%Y-%m-%d %H:%M} UTC"
    elif refund.state not in (RefundState.FAILED, RefundState.CANCELLED):
        what = f"is {refund.state}"
    else:
        what = "is of a payment that has nothing left to give back"
    raise RefundNotStuck(f"Refund {refund.public_id} {what}; there is nothing to do.")
