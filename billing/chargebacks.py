"""What disputes did to a payment's money: written down under the payment's lock, and posted.

`billing.settlement` calls it with what the gateway shows, after the refunds of the same sight.
It calls no gateway and decides nothing: the bank does.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from billing import client_credit, recoveries, refunds
from billing.fees import Bearer, RefundParts
from billing.gateways.base import BalanceTransaction, DisputeSnapshot, DisputeStatus
from billing.ledger import disputed, entries
from billing.ledger.posting import Draft, Subject
from billing.models import Dispute, DisputeLoss, DisputeMovement, Line, Package, Payment
from billing.states import DISPUTE, OPEN_DISPUTE_STATES, DisputeEvent, DisputeState

logger = logging.getLogger(__name__)

OPENED = ("opened_at", "gateway_dispute_id")  # never by our rows, which are made as we hear

_EVENTS = {
    DisputeStatus.INQUIRY_UNDER_REVIEW: DisputeEvent.ANSWER_INQUIRY,
    DisputeStatus.INQUIRY_CLOSED: DisputeEvent.CLOSE_INQUIRY,
    DisputeStatus.NEEDS_RESPONSE: DisputeEvent.CHARGE_BACK,
    DisputeStatus.UNDER_REVIEW: DisputeEvent.ANSWER,
    DisputeStatus.WON: DisputeEvent.WIN,
    DisputeStatus.LOST: DisputeEvent.LOSE,
}


def observe(*, payment_id: UUID, seen: Sequence[DisputeSnapshot], now: datetime) -> bool:
    """Apply the disputes of a captured payment as the gateway shows them; say if that is news.

    Expects the caller's transaction, and the refunds of the same sight applied before. Locks
    purchase and payment. In order of their opening: state, funds withdrawn, funds reinstated, what
    moved besides; then the losses, unless a refund is still pending: what is left to lose depends
    on it.
    """
    payment = refunds.lock_payment(payment_id)
    news = False
    for snapshot in sorted(seen, key=lambda one: (one.created_at, one.id)):
        news = _apply(payment, snapshot, now) or news
    return _book_losses(payment, now) or news


def look_again(payment: Payment, *, now: datetime) -> None:
    """Book a package's losses anew where credits came back: then there is more to take.

    Expects the payment from `refunds.lock_payment`, locked before the credits came back.
    """
    if payment.disputes.exists():
        _book_losses(payment, now)


def _apply(payment: Payment, seen: DisputeSnapshot, now: datetime) -> bool:
    dispute = Dispute.objects.filter(gateway_dispute_id=seen.id).first()
    begun = dispute is None
    if dispute is None:
        dispute = Dispute(
            payment=payment,
            gateway_dispute_id=seen.id,
            amount_minor=seen.amount_minor,
            currency=seen.currency,
            state=seen.status,
            opened_at=seen.created_at,
            created_at=now,
        )
    advanced = _advance(dispute, seen, now)
    dispute.seen_at = now
    subject = entries.subject_of(purchase=payment.purchase, gateway=payment.gateway)
    drafts = [
        draft
        for draft in (_withdraw(dispute, seen, subject), _reinstate(dispute, seen, subject))
        if draft is not None
    ]
    dispute.save(force_insert=begun)
    drafts += [
        draft
        for moved in sorted(seen.later, key=lambda one: (one.created_at, one.id))
        if (draft := _move(dispute, moved, subject, now)) is not None
    ]
    entries.post_all(drafts, posted_at=now)
    return begun or advanced or bool(drafts)


def _advance(dispute: Dispute, seen: DisputeSnapshot, now: datetime) -> bool:
    """Move on to what the gateway says; an older sight than what we know changes nothing."""
    before = (dispute.state, dispute.amount_minor, dispute.reason, dispute.due_by)
    event = _EVENTS.get(seen.status)
    if event is not None and DISPUTE.allows(DisputeState(dispute.state), event):
        dispute.transition(event)
    if dispute.state == seen.status:
        dispute.amount_minor = seen.amount_minor
        dispute.reason = seen.reason[:80]
        dispute.due_by = seen.due_by
    if dispute.state in OPEN_DISPUTE_STATES:
        dispute.closed_at = None
    elif dispute.closed_at is None or before[0] != dispute.state:
        dispute.closed_at = now
    return before != (dispute.state, dispute.amount_minor, dispute.reason, dispute.due_by)


def _withdraw(dispute: Dispute, seen: DisputeSnapshot, subject: Subject) -> Draft | None:
    """Write down, once, that the bank took the money and the gateway its fee."""
    moved = seen.withdrawn
    if moved is None or dispute.withdrawal_id is not None or not _ours(moved, subject):
        return None
    dispute.withdrawal_id = moved.id
    dispute.withdrawn_minor = -moved.amount_minor
    dispute.fee_minor = moved.fee_minor
    dispute.withdrawn_at = moved.created_at
    return disputed.withdrawn(
        subject=subject,
        dispute_id=dispute.pk,
        amount_minor=-moved.amount_minor,
        fee_minor=moved.fee_minor,
        at=moved.created_at,
    )


def _reinstate(dispute: Dispute, seen: DisputeSnapshot, subject: Subject) -> Draft | None:
    """Write down, once, that the money came back, and what of the fee."""
    moved = seen.reinstated
    if moved is None or dispute.reinstatement_id is not None or not _ours(moved, subject):
        return None
    if dispute.withdrawn_minor is None or moved.amount_minor > dispute.withdrawn_minor:
        logger.error("dispute %s gives back what it did not take", seen.id)
        return None
    dispute.reinstatement_id = moved.id
    dispute.reinstated_minor = moved.amount_minor
    dispute.fee_returned_minor = -moved.fee_minor
    dispute.reinstated_at = moved.created_at
    return disputed.reinstated(
        subject=subject,
        dispute_id=dispute.pk,
        amount_minor=moved.amount_minor,
        fee_minor=-moved.fee_minor,
        at=moved.created_at,
    )


def _move(
    dispute: Dispute, moved: BalanceTransaction, subject: Subject, now: datetime
) -> Draft | None:
    """Write down, once, what moved beside the first taking and giving back."""
    if DisputeMovement.objects.filter(gateway_movement_id=moved.id).exists():
        return None
    if not _ours(moved, subject):
        return None
    dispute.refresh_from_db(fields=["further_minor"])
    out_minor = (dispute.withdrawn_minor or 0) - (dispute.reinstated_minor or 0)
    if out_minor + dispute.further_minor < moved.amount_minor:
        logger.error("dispute %s gives back what it did not take", dispute.gateway_dispute_id)
        return None
    row = DisputeMovement.objects.create(
        dispute=dispute,
        gateway_movement_id=moved.id,
        amount_minor=moved.amount_minor,
        fee_minor=moved.fee_minor,
        occurred_at=moved.created_at,
        created_at=now,
    )
    return disputed.moved(
        subject=subject,
        movement_id=row.pk,
        amount_minor=row.amount_minor,
        fee_minor=row.fee_minor,
        at=row.occurred_at,
    )


def _ours(moved: BalanceTransaction, subject: Subject) -> bool:
    """Say whether the money moved in the sale's currency; else the reconciler reports it."""
    if moved.currency == subject.currency:
        return True
    logger.error("%s moves %s of a sale in %s", moved.id, moved.currency, subject.currency)
    return False


# Note [Losses wait for refunds]: a refund that is still pending may fail, and then more is left to
# lose. So a loss is booked when none is pending, and booked anew where one came back after all;
# then the books do not depend on which of the two we heard of first (I10).
def _book_losses(payment: Payment, now: datetime) -> bool:
    payment.refresh_from_db(fields=["pending_refund_minor"])
    if payment.pending_refund_minor:
        return False
    # In the order of their opening, whatever we heard first: of a payment that two disputes exceed,
    # the first takes its parts and the other is the platform's loss. So what was booked out of
    # turn, or is not so any more, is taken back from there on and booked anew.
    disputes = list(Dispute.objects.filter(payment=payment).order_by(*OPENED))
    standing = [dispute.losses.filter(reversed_at=None).first() for dispute in disputes]
    pairs = list(zip(disputes, standing, strict=True))
    wrong = [n for n, (dispute, loss) in enumerate(pairs) if not _stands(payment, dispute, loss)]
    if not wrong:
        return False
    for dispute, _ in reversed(pairs[wrong[0] :]):
        subject = entries.subject_of(purchase=payment.purchase, gateway=payment.gateway)
        _reverse_loss(dispute, subject, now)
    for dispute, _ in pairs[wrong[0] :]:
        if dispute.lost_minor:
            _lose(payment, dispute, now)
    return True


def _stands(payment: Payment, dispute: Dispute, loss: DisputeLoss | None) -> bool:
    """Say whether the loss is still what was lost, and took all that there was to take."""
    if loss is None:
        return not dispute.lost_minor
    if loss.amount_minor != dispute.lost_minor:
        return False
    return not loss.excess_minor or _left(payment) == 0


def _left(payment: Payment) -> int:
    """Return what there is to take: of a package what is unused, its sessions keep their parts."""
    if payment.purchase.package_id is not None:
        return Package.objects.values_list("unused_minor", flat=True).get(
            pk=payment.purchase.package_id
        )
    return payment.amount_minor - refunds.taken_of(payment).amount_minor


def _lose(payment: Payment, dispute: Dispute, now: datetime) -> None:
    parts = _parts(payment, amount_minor=min(dispute.lost_minor, _left(payment)))
    came_before_earning = refunds.recognise_first(
        payment.purchase, occurred_at=dispute.withdrawn_at or dispute.opened_at, now=now
    )
    loss = DisputeLoss.objects.create(
        dispute=dispute,
        share_minor=parts.share_minor,
        mentor_minor=parts.mentor_minor,
        commission_minor=parts.commission_minor,
        fee_minor=parts.fee_minor,
        prepaid_minor=parts.prepaid_minor,
        discount_minor=parts.discount_minor,
        credit_minor=parts.credit_minor,
        excess_minor=dispute.lost_minor - parts.amount_minor,
        created_at=now,
    )
    client_credit.give_back(
        purchase=payment.purchase, amount_minor=loss.credit_minor, key=f"loss:{loss.pk}", now=now
    )
    entries.post(
        disputed.lost(
            subject=entries.subject_of(purchase=payment.purchase, gateway=payment.gateway),
            loss_id=loss.pk,
            parts=parts,
            excess_minor=loss.excess_minor,
            came_before_earning=came_before_earning,
            at=now,
        ),
        posted_at=now,
    )


def _parts(payment: Payment, *, amount_minor: int) -> RefundParts:
    if amount_minor == 0:
        return RefundParts(Bearer.PLATFORM, 0, 0, 0, 0)
    if payment.purchase.package is not None:
        payment.purchase.package.refresh_from_db(fields=["unused_minor"])
    return refunds.parts_taken(payment=payment, amount_minor=amount_minor)


def _reverse_loss(dispute: Dispute, subject: Subject, now: datetime) -> None:
    """Take back what the dispute's standing loss took, where there is one."""
    loss = dispute.losses.filter(reversed_at=None).first()
    if loss is None:
        return
    loss.reversed_at = now
    loss.save(update_fields=["reversed_at"])
    client_credit.take_back(
        purchase=dispute.payment.purchase,
        amount_minor=loss.credit_minor,
        key=f"loss-reversed:{loss.pk}",
        now=now,
    )
    lost = Line.objects.filter(
        entry__source_type="dispute_loss", entry__source_id=str(loss.pk), entry__kind="lost"
    )
    reversal = disputed.loss_reversed(
        subject=subject,
        loss_id=loss.pk,
        lost=lost.order_by("pk").values_list("account_id", "amount_minor"),
        at=now,
    )
    entries.post(reversal, posted_at=now)
    recoveries.set_off(reversal=reversal, now=now)
