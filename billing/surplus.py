"""Give back what a gateway took and no sale of ours asked for.

That is money of another amount than we asked for, a second capture of one purchase, a capture
whose credit is gone, and a second charge that names a payment which is paid. `look` asks the
gateway, `give_back` writes and posts and promises, and `send` orders it after the commit.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from billing import refunds
from billing.gateways.base import (
    DisputeStatus,
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
    IntentSnapshot,
    IntentStatus,
    KeyReused,
    RefundSnapshot,
    RefundStatus,
    write_or_find,
)
from billing.gateways.registry import GATEWAYS, gateway
from billing.ledger import entries, surplus_posting
from billing.ledger.posting import Draft
from billing.models import Payment, Surplus
from billing.states import (
    FLAGS,
    LIVE_REFUND_STATES,
    PAYMENT,
    PENDING_REFUND_STATES,
    REFUND,
    PaymentEvent,
    PaymentState,
    RefundEvent,
    RefundState,
)
from kernel import audit, clock
from kernel.errors import Invalid, Refusal
from kernel.tasks import enqueue, task

logger = logging.getLogger(__name__)

SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 100
GONE = frozenset({RefundStatus.FAILED, RefundStatus.CANCELLED})
CAME_BACK = "came_back"  # a refund made at the gateway, which was counted on, failed there


class NoSurplus(Refusal):
    """The gateway holds no money of this payment that was not asked for."""

    code: ClassVar[str] = "no_surplus"


class SurplusUnclear(Refusal):
    """The money cannot be given back from here as the gateway shows it now."""

    code: ClassVar[str] = "surplus_unclear"


@dataclass(frozen=True, slots=True)
class Sight:
    """A payment, and the charge that the gateway shows under its name."""

    payment: Payment
    seen: IntentSnapshot

    @property
    def left_minor(self) -> int:
        """What is still there: a part may have gone back at the gateway."""
        return _left_of(self.seen)


def look(*, payment_id: UUID, intent_id: str = "") -> Sight:
    """Ask the gateway for a payment's money, or for another charge that names the payment.

    Call it outside any transaction. Raises NoSurplus, GatewayUnavailable, GatewayRefused.
    """
    payment = Payment.objects.get(pk=payment_id)
    intent_id = intent_id or payment.gateway_intent_id or ""
    if not intent_id:
        raise NoSurplus("The gateway knows nothing of this payment.")
    return Sight(payment, gateway(payment.gateway).fetch_intent(intent_id=intent_id))


def give_back(sight: Sight, *, by: str, reason: str, now: datetime) -> Surplus:
    """Write down that the charge goes back whole, post it, and have it ordered after the commit.

    Locks purchase and payment. A second call returns the first row while that is not over. What
    went back at the gateway by itself leaves the fee alone to be posted.
    Raises NoSurplus, SurplusUnclear, and Invalid without a reason.
    """
    seen = sight.seen
    if not reason.strip():
        raise Invalid("Say why: it stays with the payment.", pointer="/reason")
    with transaction.atomic():
        payment = refunds.lock_payment(sight.payment.pk)
        live = _live(payment, seen.id)
        if live is not None and not _came_back(live, seen):
            return live
        observe(payment, seen, now=now)
        _refuse_unless_surplus(payment, seen)
        fee_minor = _fee_of(payment, seen)
        row = Surplus.objects.create(
            payment=payment,
            gateway=payment.gateway,
            intent_id=seen.id,
            charge_id=seen.charge_id or "",
            amount_minor=sight.left_minor,
            fee_minor=fee_minor,
            currency=seen.currency,
            received_at=seen.charged_at or seen.created_at,
            requested_by=by,
            reason=reason.strip()[:500],
            created_at=now,
        )
        if row.amount_minor or row.fee_minor:
            entries.post(
                surplus_posting.received(
                    subject=entries.subject_of(purchase=payment.purchase, gateway=row.gateway),
                    surplus_id=row.pk,
                    amount_minor=row.amount_minor,
                    fee_minor=row.fee_minor,
                    at=row.received_at,
                ),
                posted_at=now,
            )
        _end_payment(payment, seen.id, now=now)
        _write_down(row, payment)
        if row.amount_minor == 0:
            return _apply(row, RefundStatus.SUCCEEDED, None, now=now)
        enqueue(send_surplus, surplus_id=str(row.pk), dedupe_key=str(row.pk))
        return row


def is_given(payment: Payment, intent_id: str) -> bool:
    """Say whether a charge goes back, or has gone: then it pays for nothing any more."""
    return _live(payment, intent_id) is not None


def observe(payment: Payment, seen: IntentSnapshot, *, now: datetime) -> None:
    """Apply what the gateway shows of the money that goes back. Expects the payment locked."""
    row = _live(payment, seen.id)
    if row is None:
        return
    for one in _ours(row, seen):
        row = _apply(row, one.status, one.id, failure_code=one.failure_code, now=now)
    if row.state == RefundState.SUCCEEDED and _came_back(row, seen):
        _apply(row, RefundStatus.FAILED, None, failure_code=CAME_BACK, now=now)


def find_for(*, gateway: str, intent_id: str, charge_id: str) -> UUID | None:
    """Return the payment of a charge that goes back and is not the payment's own, or None."""
    rows = Surplus.objects.filter(gateway=gateway)
    named = rows.filter(intent_id=intent_id) if intent_id else rows.filter(charge_id=charge_id)
    return named.values_list("payment_id", flat=True).first() if intent_id or charge_id else None


def settle(*, payment_id: UUID, now: datetime) -> None:
    """Bring charges beside the payment's own, which go back, to what the gateway says now.

    The payment's own is `billing.payments.settle`'s. Call it outside any transaction.
    """
    payment = Payment.objects.get(pk=payment_id)
    rows = Surplus.objects.filter(payment=payment, state__in=LIVE_REFUND_STATES)
    others = rows.exclude(intent_id=payment.gateway_intent_id or "")
    for intent_id in others.values_list("intent_id", flat=True):
        seen = gateway(payment.gateway).fetch_intent(intent_id=intent_id)
        with transaction.atomic():
            observe(refunds.lock_payment(payment_id), seen, now=now)


def send(*, surplus_id: UUID, now: datetime) -> Surplus:
    """Order it at its gateway, or ask what became of it, and apply the answer.

    Call it outside any transaction. Safe to repeat, like `refunds.send`.
    """
    row = Surplus.objects.get(pk=surplus_id)
    if row.state not in PENDING_REFUND_STATES:
        return row
    port = gateway(row.gateway)
    seen: RefundSnapshot | None = None
    if row.gateway_refund_id is not None:
        seen = port.fetch_refund(gateway_refund_id=row.gateway_refund_id)
    elif now - row.created_at > refunds.KEY_LIFETIME:
        seen = port.find_refund(refund_id=row.pk, intent_id=row.intent_id)
    try:
        seen = seen or _order(row)
    except KeyReused:
        raise
    except GatewayRefused as no:
        logger.warning("surplus %s was refused: %s", row.public_id, no.detail)
        return _settle(row, RefundStatus.FAILED, None, failure_code=no.reason, now=now)
    return _settle(row, seen.status, seen.id, failure_code=seen.failure_code, now=now)


@task
def send_surplus(*, surplus_id: str) -> None:
    """Job: `send`, at the clock's time."""
    send(surplus_id=UUID(surplus_id), now=clock.now())


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Send what waits for `older_than`; return how many were tried. One that fails stops none, and
    a gateway that does not answer its own alone.
    """
    old = Surplus.objects.filter(created_at__lte=now - older_than).order_by("created_at", "pk")
    tried = 0
    for name in GATEWAYS:
        waiting = old.filter(gateway=name, state__in=PENDING_REFUND_STATES)
        for surplus_id in list(waiting.values_list("pk", flat=True)[:SWEEP_BATCH]):
            tried += 1
            try:
                send(surplus_id=surplus_id, now=now)
            except GatewayUnavailable as error:
                logger.warning("sweep: surplus %s: %s", surplus_id, error)
                if not isinstance(error, GatewayUnknownOutcome):
                    break  # else it answers, but this key replays an error all day
            except Exception:
                logger.exception("surplus %s could not be sent; next time again", surplus_id)
    return tried


def _live(payment: Payment, intent_id: str) -> Surplus | None:
    rows = Surplus.objects.filter(payment=payment, intent_id=intent_id)
    return rows.filter(state__in=LIVE_REFUND_STATES).first()


def _ours(row: Surplus, seen: IntentSnapshot) -> list[RefundSnapshot]:
    """Return the refund that the row ordered, where the gateway shows it."""
    return [
        one for one in seen.refunds if one.refund_id == row.pk or one.id == row.gateway_refund_id
    ]


def _came_back(row: Surplus, seen: IntentSnapshot) -> bool:
    """Say whether money that had gone is there again: ours, or what went back at the gateway.

    A sight from before our own order knows nothing of that: it has to show it.
    """
    ours = _ours(row, seen)
    if row.state == RefundState.SUCCEEDED and any(one.status in GONE for one in ours):
        return True
    theirs = [one for one in seen.refunds if one.status in GONE and one not in ours]
    knows = row.state == RefundState.SUCCEEDED and (bool(ours) or not row.amount_minor)
    return knows and bool(theirs) and _left_of(seen) > 0


def _left_of(seen: IntentSnapshot) -> int:
    back = sum(one.amount_minor for one in seen.refunds if one.status not in GONE)
    return max(0, seen.received_minor - back)


def _refuse_unless_surplus(payment: Payment, seen: IntentSnapshot) -> None:
    if seen.status is not IntentStatus.SUCCEEDED or not seen.charge_id:
        raise NoSurplus("The gateway holds no money under this id.")
    if seen.id == payment.gateway_intent_id:
        if payment.state == PaymentState.SUCCEEDED or payment.failure_code not in FLAGS:
            raise NoSurplus("This payment is as it was asked for. Refund it instead.")
    elif seen.payment_id != payment.pk:
        raise NoSurplus("The charge does not name this payment. Look at it at the gateway.")
    elif payment.state != PaymentState.SUCCEEDED:
        raise NoSurplus("The payment itself is not paid. Ask the gateway about it first.")


def _fee_of(payment: Payment, seen: IntentSnapshot) -> int:
    """Return what the gateway took for the charge. Raises SurplusUnclear."""
    moved = seen.balance_transaction
    if _is_held(seen):
        raise SurplusUnclear("The client's bank holds this money, or has taken it back for good.")
    if moved is None:
        raise SurplusUnclear("The gateway has not said yet what it took. Look again in an hour.")
    if {seen.currency, moved.currency} != {payment.currency}:
        raise SurplusUnclear(
            f"It moved in {seen.currency} and {moved.currency}, the sale is in {payment.currency}. "
            "Refund it at the gateway, and answer the breaks that name it."
        )
    return moved.fee_minor


def _is_held(seen: IntentSnapshot) -> bool:
    """Say whether a bank has some of it. A gateway calls a charge disputed for ever after."""
    if not seen.disputes:
        return seen.disputed
    over = (DisputeStatus.WON, DisputeStatus.INQUIRY_CLOSED)
    told = [(one.withdrawn, one.reinstated, *one.later) for one in seen.disputes]
    moves = [move for each in told for move in each if move is not None]
    decided = all(one.status in over for one in seen.disputes)
    return not decided or sum(move.amount_minor for move in moves) < 0


def _end_payment(payment: Payment, intent_id: str, *, now: datetime) -> None:
    """End a payment whose own money goes back, so that the client can begin anew."""
    own = payment.gateway_intent_id == intent_id
    if own and PAYMENT.allows(PaymentState(payment.state), PaymentEvent.CANCEL):
        payment.transition(PaymentEvent.CANCEL)
        payment.cancelled_at = now
        payment.save(update_fields=["state", "cancelled_at"])


def _order(row: Surplus) -> RefundSnapshot:
    port = gateway(row.gateway)
    return write_or_find(
        lambda: port.refund(
            refund_id=row.pk,
            payment_id=row.payment_id,
            intent_id=row.intent_id,
            amount_minor=row.amount_minor,
            currency=row.currency,
        ),
        lambda: port.find_refund(refund_id=row.pk, intent_id=row.intent_id),
    )


def _settle(
    row: Surplus, status: RefundStatus, refund_id: str | None, *, failure_code: str, now: datetime
) -> Surplus:
    with transaction.atomic():
        refunds.lock_payment(row.payment_id)
        return _apply(row, status, refund_id, failure_code=failure_code, now=now)


def _apply(
    row: Surplus,
    status: RefundStatus,
    gateway_refund_id: str | None,
    *,
    now: datetime,
    failure_code: str = "",
) -> Surplus:
    """Move it on and post that; what is known already changes nothing. Behind the payment."""
    row = Surplus.objects.select_for_update().get(pk=row.pk)
    was = RefundState(row.state)
    event = {
        RefundStatus.PENDING: RefundEvent.PROCESS,
        RefundStatus.SUCCEEDED: RefundEvent.SUCCEED,
        RefundStatus.FAILED: RefundEvent.FAIL,
        RefundStatus.CANCELLED: RefundEvent.CANCEL,
    }[status]
    if event is RefundEvent.CANCEL and was is RefundState.SUCCEEDED:
        event = RefundEvent.FAIL
    if not REFUND.allows(was, event):
        return row
    row.transition(event)
    row.gateway_refund_id = row.gateway_refund_id or gateway_refund_id
    row.failure_code = failure_code
    row.settled_at = None if event is RefundEvent.PROCESS else now
    row.save(update_fields=["state", "gateway_refund_id", "failure_code", "settled_at"])
    entries.post_all(_drafts(row, event, was=was, now=now), posted_at=now)
    return row


def _drafts(row: Surplus, event: RefundEvent, *, was: RefundState, now: datetime) -> list[Draft]:
    """Return what a move posts: it was sent, or it came to nothing."""
    payment = Payment.objects.select_related("purchase").get(pk=row.payment_id)
    subject = entries.subject_of(purchase=payment.purchase, gateway=row.gateway)
    amount = row.amount_minor
    if event is RefundEvent.PROCESS or not (amount or row.fee_minor):
        return []
    if event is RefundEvent.SUCCEED:
        returned = surplus_posting.returned(
            subject=subject, surplus_id=row.pk, amount_minor=amount, at=now
        )
        return [returned] if amount else []
    undone = surplus_posting.reversed_(
        subject=subject,
        surplus_id=row.pk,
        amount_minor=amount,
        fee_minor=row.fee_minor,
        at=now,
    )
    if was is not RefundState.SUCCEEDED or not amount:
        return [undone]
    bounced = surplus_posting.bounced(
        subject=subject, surplus_id=row.pk, amount_minor=amount, at=now
    )
    return [bounced, undone]


def _write_down(row: Surplus, payment: Payment) -> None:
    audit.record(
        actor=row.requested_by,
        action="payment.surplus_given_back",
        object_type="payment",
        object_id=payment.public_id,
        data={
            "surplus": row.public_id,
            "amount_minor": row.amount_minor,
            "currency": row.currency,
            "charge": row.charge_id,
            "reason": row.reason,
        },
    )
