"""Promise a refund: its parts, its row and its entry, under the payment's lock.

A refund is of a *share of the price*; who bears the gateway's fee decides the amount that the
client gets (docs/money.md, rule 7). Knows no gateway and no policy.
"""

from datetime import datetime
from uuid import UUID

from billing import client_credit
from billing.fees import (
    Bearer,
    Beside,
    RefundParts,
    ShareTooLarge,
    Split,
    Taken,
    parts_of_money,
    refund_parts,
)
from billing.ledger import earned, entries, posting
from billing.models import DisputeLoss, Package, Payment, Purchase, Refund
from billing.states import LIVE_REFUND_STATES, PaymentState
from kernel.errors import Refusal
from kernel.money import Money

CANCELLATIONS = frozenset(
    {
        Refund.Cause.CLIENT_CANCELLED,
        Refund.Cause.MENTOR_CANCELLED,
        Refund.Cause.PLATFORM_CANCELLED,
    }
)


class PaymentNotCaptured(Refusal):
    """There is no money to give back."""

    code = "payment_not_captured"


class RefundTooLarge(Refusal):
    """More was asked back than is left; the facts say how much that is."""

    code = "refund_too_large"


class PaymentDisputed(Refusal):
    """The client's bank holds the money; who gets it is decided there."""

    code = "payment_disputed"


def preview(*, payment: Payment, share_minor: int, bearer: Bearer) -> RefundParts:
    """Return what a refund of `share_minor` would take from each side; writes nothing.

    Raises PaymentNotCaptured, PaymentDisputed, RefundTooLarge.
    """
    if payment.held_by_dispute:
        held = Money(payment.disputed_minor, payment.currency)
        raise PaymentDisputed(
            f"Payment {payment.public_id} is disputed: the client's bank holds {held} until it has "
            "decided. Answer the dispute, or accept it; refund what is left of the payment then.",
            disputed_minor=payment.disputed_minor,
            currency=payment.currency,
        )
    parts = parts_of(payment=payment, share_minor=share_minor, bearer=bearer)
    if payment.disputed_minor and parts.amount_minor > payment.refundable_minor:
        raise _too_large(payment, share_minor)
    return parts


def parts_of(*, payment: Payment, share_minor: int, bearer: Bearer) -> RefundParts:
    """Return what `share_minor` of the price takes from each side, though a dispute may hold it.

    Raises PaymentNotCaptured, RefundTooLarge.
    """
    _refuse_uncaptured(payment)
    if payment.purchase.package is not None:
        return _unused_parts(payment, share_minor)
    try:
        return refund_parts(
            paid=split_of(payment.purchase),
            taken=taken_of(payment),
            share_minor=share_minor,
            bearer=bearer,
            beside=beside_of(payment.purchase),
        )
    except ShareTooLarge:
        raise _too_large(payment, share_minor) from None


def parts_taken(*, payment: Payment, amount_minor: int) -> RefundParts:
    """Return what `amount_minor` takes that a gateway or a bank sent back, which asked nobody.

    Raises PaymentNotCaptured, RefundTooLarge.
    """
    _refuse_uncaptured(payment)
    if payment.purchase.package is not None:
        return _unused_parts(payment, amount_minor)
    try:
        return parts_of_money(
            paid=split_of(payment.purchase),
            taken=taken_of(payment),
            amount_minor=amount_minor,
            beside=beside_of(payment.purchase),
        )
    except ShareTooLarge:
        raise _too_large(payment, amount_minor) from None


def _unused_parts(payment: Payment, amount_minor: int) -> RefundParts:
    """Return what goes back of a package: what is unused of it, which was nobody's part yet.

    What its sessions drew is theirs, and goes back by them. So there is no fee to bear either.
    """
    if not 0 < amount_minor <= _unused(payment):
        raise _too_large(payment, amount_minor)
    return RefundParts(Bearer.PLATFORM, 0, 0, 0, 0, prepaid_minor=amount_minor)


def _unused(payment: Payment) -> int:
    package = payment.purchase.package
    return package.unused_minor if package is not None else 0


def _refuse_uncaptured(payment: Payment) -> None:
    if payment.state != PaymentState.SUCCEEDED:
        raise PaymentNotCaptured(
            f"Payment {payment.public_id} is {payment.state}, so nothing of it can be refunded. "
            "Cancel it instead."
        )


def _too_large(payment: Payment, share_minor: int) -> RefundTooLarge:
    left = Money(share_left(payment), payment.currency)
    return RefundTooLarge(
        f"Payment {payment.public_id} has {left} left to refund; "
        f"{Money(share_minor, payment.currency)} of the price cannot go back. Ask for less.",
        refundable_minor=left.amount_minor,
        currency=payment.currency,
    )


def promise(
    payment: Payment,
    *,
    share_minor: int,
    cause: Refund.Cause,
    bearer: Bearer,
    requested_by: str,
    reason: str,
    key: str,
    occurred_at: datetime,
    now: datetime,
    gateway_refund_id: str | None = None,
    reissue_of: Refund | None = None,
) -> Refund:
    """Write the refund and post *created*; the payment is locked and carries its purchase.

    `occurred_at` is when it happened (at the gateway, perhaps before we heard of it). Of a
    refund that was made there (EXTERNAL) `share_minor` is the money that it sent.
    Raises PaymentNotCaptured, RefundTooLarge, and for one of ours PaymentDisputed.
    """
    if cause == Refund.Cause.EXTERNAL:
        parts = parts_taken(payment=payment, amount_minor=share_minor)
    else:
        parts = preview(payment=payment, share_minor=share_minor, bearer=bearer)
    came_before_earning = recognise_first(
        payment.purchase,
        occurred_at=occurred_at,
        now=now,
        part_of_the_end=cause in CANCELLATIONS,
    )
    refund = Refund(
        payment=payment,
        amount_minor=parts.amount_minor,
        currency=payment.currency,
        cause=cause,
        bearer=bearer,
        share_minor=parts.share_minor,
        mentor_minor=parts.mentor_minor,
        commission_minor=parts.commission_minor,
        fee_minor=parts.fee_minor,
        fee_waived_minor=parts.fee_waived_minor,
        prepaid_minor=parts.prepaid_minor,
        discount_minor=parts.discount_minor,
        credit_minor=parts.credit_minor,
        gateway_refund_id=gateway_refund_id,
        key=key,
        requested_by=requested_by,
        reason=reason,
        reissue_of=reissue_of,
        created_at=now,
    )
    refund.save(force_insert=True)
    client_credit.give_back(
        purchase=payment.purchase,
        amount_minor=parts.credit_minor,
        key=f"refund:{refund.pk}",
        now=now,
    )
    entries.post(
        posting.refund_created(
            subject=entries.subject_of(purchase=payment.purchase, gateway=payment.gateway),
            refund_id=refund.pk,
            parts=parts,
            came_before_earning=came_before_earning,
            at=occurred_at,
        ),
        posted_at=now,
    )
    return refund


# Note [Earned before refunded]: the commission is earned when the session is over, not when our
# task gets to it, and the books must not depend on which came first (I10). So a refund that
# happened after the end has the commission recognised before it takes its part (4090); one that
# happened before it, but reaches us later, takes its part of what was earned (4010), as if it
# had come in time. The refund of a cancellation is part of it: what is kept is what it leaves.
def recognise_first(
    purchase: Purchase, *, occurred_at: datetime, now: datetime, part_of_the_end: bool = False
) -> bool:
    """Recognise what the purchase earned before `occurred_at`; say if it earned only after it.

    The purchase is locked. `part_of_the_end`: what happened is the end's own doing. A package
    earns nothing itself.
    """
    session = purchase.session
    if session is None:
        return False
    ended_at = session.completed_at or session.cancelled_at
    if ended_at is None:
        return False
    if part_of_the_end or occurred_at < ended_at:
        return True
    if purchase.recognised_at is None:
        earned.recognise(earned.to_recognise().filter(pk=purchase.pk), now=now)
        purchase.refresh_from_db(fields=["recognised_at"])
    return False


def lock_payment(payment_id: UUID) -> Payment:
    """Lock the purchase, then the payment (docs/locking.md), and return both as they are now.

    And a package after them: what is unused of it is drawn by sessions, too.
    """
    purchase = (
        Purchase.objects.select_for_update(of=("self",))
        .select_related("session")
        .get(payments=payment_id)
    )
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    payment.purchase = purchase
    if purchase.package_id is not None:
        purchase.package = Package.objects.select_for_update().get(pk=purchase.package_id)
    return payment


def share_left(payment: Payment) -> int:
    """Return how much of the price can still go back, in minor units; as `refundable_minor`."""
    if payment.state != PaymentState.SUCCEEDED or payment.held_by_dispute:
        return 0
    if payment.purchase.package is not None:
        return min(_unused(payment), payment.refundable_minor)
    return payment.purchase.price_minor - taken_of(payment).given_minor


def split_of(purchase: Purchase) -> Split:
    """Return the parts of the price, as the sale froze them."""
    return Split(
        fee_minor=purchase.fee_minor,
        commission_minor=purchase.commission_minor,
        mentor_minor=purchase.mentor_minor,
    )


def beside_of(purchase: Purchase) -> Beside:
    """Return what paid of the price beside the client's money."""
    return Beside(discount_minor=purchase.discount_minor, credit_minor=purchase.credit_minor)


def taken_of(payment: Payment) -> Taken:
    """Return what the refunds that count, and the disputes that were lost, took of a payment."""
    taken = Taken()
    for refund in Refund.objects.filter(payment=payment, state__in=LIVE_REFUND_STATES):
        taken = taken.plus(
            RefundParts(
                bearer=Bearer(refund.bearer),
                mentor_minor=refund.mentor_minor,
                commission_minor=refund.commission_minor,
                fee_minor=refund.fee_minor,
                fee_waived_minor=refund.fee_waived_minor,
                prepaid_minor=refund.prepaid_minor,
                discount_minor=refund.discount_minor,
                credit_minor=refund.credit_minor,
            )
        )
    for loss in DisputeLoss.objects.filter(dispute__payment=payment, reversed_at=None):
        taken = taken.plus(
            RefundParts(
                bearer=Bearer.PLATFORM,
                mentor_minor=loss.mentor_minor,
                commission_minor=loss.commission_minor,
                fee_minor=loss.fee_minor,
                fee_waived_minor=0,
                prepaid_minor=loss.prepaid_minor,
                discount_minor=loss.discount_minor,
                credit_minor=loss.credit_minor,
            )
        )
    return taken
