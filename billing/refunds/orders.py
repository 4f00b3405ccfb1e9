"""Create a refund and order it at its gateway, after the commit, until the gateway has answered."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from billing.fees import Bearer
from billing.gateways.base import (
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
    KeyReused,
    RefundSnapshot,
    RefundStatus,
    write_or_find,
)
from billing.gateways.registry import gateway
from billing.models import Refund
from billing.refunds.outcome import RefundContradicted, apply
from billing.refunds.promise import RefundTooLarge, lock_payment, promise, share_left
from billing.refunds.seen import observe, refuse_another_amount
from billing.states import PENDING_REFUND_STATES
from kernel import clock
from kernel.tasks import enqueue, task

logger = logging.getLogger(__name__)

# Gateways remember idempotency keys for 24 hours; later an order is looked up before it is given.
KEY_LIFETIME = timedelta(hours=23)
SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 500
GIVE_UP_AFTER = 3


def create(
    *,
    payment_id: UUID,
    share_minor: int,
    cause: str,
    bearer: str,
    requested_by: str,
    key: str,
    now: datetime,
    reason: str = "",
    reissue_of: Refund | None = None,
) -> Refund:
    """Promise a refund of `share_minor` of the price; it is ordered after the commit.

    Expects the caller's transaction (a session that it changes is locked before). Locks purchase
    and payment, posts *created*, enqueues `send_refund`. The client gets `amount_minor` of the
    returned row: the share, less the gateway's fee of it where the client bears that.
    `key` names the reason (`cancelled:<session>`): a second call returns the first refund.
    `reissue_of` is the refund, ended without money, in whose place this one is given.
    A share that only discount and credit had paid succeeds at once: no gateway has a part in it.

    Raises PaymentNotCaptured, PaymentDisputed, RefundTooLarge.
    """
    payment = lock_payment(payment_id)
    existing = Refund.objects.filter(key=key).first()
    if existing is not None:
        return existing
    refund = promise(
        payment,
        share_minor=share_minor,
        cause=Refund.Cause(cause),
        bearer=Bearer(bearer),
        requested_by=requested_by,
        reason=reason,
        key=key,
        occurred_at=now,
        now=now,
        reissue_of=reissue_of,
    )
    if refund.amount_minor == 0:  # discount and credit had paid all of this share
        return apply(
            refund_id=refund.pk,
            gateway_state=RefundStatus.SUCCEEDED,
            gateway_refund_id=None,
            now=now,
        )
    enqueue(send_refund, refund_id=str(refund.pk), dedupe_key=str(refund.pk))
    return refund


def send(*, refund_id: UUID, now: datetime) -> Refund:
    """Order the refund at its gateway, or ask what became of it, and apply the answer.

    Call it outside any transaction. Safe to repeat: the order carries the key `refund:<id>`.
    A gateway's definite no to the order makes the refund failed; a no to a look does not, nor
    that it knows another order under our key. That one may have sent money.
    Raises GatewayUnavailable, GatewayRefused (to be retried), RefundContradicted.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state not in PENDING_REFUND_STATES:
        return refund
    snapshot = _look(refund, now=now)
    try:
        snapshot = snapshot or _order(refund)
    except KeyReused:
        raise
    except GatewayRefused as no:
        logger.warning("refund %s was refused: %s", refund.public_id, no.detail)
        return _refused(refund, no, now=now)
    with transaction.atomic():
        refuse_another_amount(refund, snapshot)
        return apply(
            refund_id=refund.pk,
            gateway_state=snapshot.status,
            gateway_refund_id=snapshot.id,
            failure_code=snapshot.failure_code,
            now=now,
        )


# Note [Refused for what had gone back]: a refund made at the gateway, of which we had not heard,
# leaves less than we promised, and the gateway refuses all of ours. What it did send is recorded
# in the transaction that ends ours, and the rest is promised anew where the client has a right to
# it: as if we had heard in time (I10). Each such promise is smaller, so this comes to an end.
def _refused(refund: Refund, no: GatewayRefused, *, now: datetime) -> Refund:
    """End a refund that was refused, and promise what is left of it."""
    sent = _sent_meanwhile(refund)
    with transaction.atomic():
        ended = apply(
            refund_id=refund.pk,
            gateway_state=RefundStatus.FAILED,
            gateway_refund_id=None,
            failure_code=no.reason,
            now=now,
        )
        for snapshot in sent:
            try:
                with transaction.atomic():
                    observe(payment_id=refund.payment_id, snapshot=snapshot, now=now)
            except (RefundTooLarge, RefundContradicted) as refusal:
                logger.error("refund %s: %s", snapshot.id, refusal)  # noqa: TRY400
        rest = min(refund.share_minor, share_left(lock_payment(refund.payment_id)))
        if 0 < rest < refund.share_minor and refund.cause != Refund.Cause.GOODWILL:
            create(
                payment_id=refund.payment_id,
                share_minor=rest,
                cause=refund.cause,
                bearer=refund.bearer,
                requested_by=refund.requested_by,
                reason=refund.reason,
                key=f"{refund.key}:rest",
                reissue_of=refund,
                now=now,
            )
    return ended


def _sent_meanwhile(refund: Refund) -> list[RefundSnapshot]:
    """Return the refunds that the gateway shows of the payment, the oldest first."""
    intent_id = refund.payment.gateway_intent_id
    if intent_id is None:
        return []
    seen = gateway(refund.payment.gateway).fetch_intent(intent_id=intent_id)
    return sorted(seen.refunds, key=lambda one: (one.created_at, one.id))


def _look(refund: Refund, *, now: datetime) -> RefundSnapshot | None:
    """Ask for a refund that the gateway knows, or may know though it has forgotten our key."""
    port = gateway(refund.payment.gateway)
    if refund.gateway_refund_id is not None:
        return port.fetch_refund(gateway_refund_id=refund.gateway_refund_id)
    intent_id = refund.payment.gateway_intent_id
    if intent_id is not None and now - refund.created_at > KEY_LIFETIME:
        return port.find_refund(refund_id=refund.pk, intent_id=intent_id)
    return None


def _order(refund: Refund) -> RefundSnapshot:
    port = gateway(refund.payment.gateway)
    intent_id = refund.payment.gateway_intent_id
    if intent_id is None:
        raise GatewayRefused(
            f"Payment {refund.payment.public_id} has no intent at the gateway to refund.",
            reason="no_intent",
        )
    return write_or_find(
        lambda: port.refund(
            refund_id=refund.pk,
            payment_id=refund.payment_id,
            intent_id=intent_id,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
        ),
        lambda: port.find_refund(refund_id=refund.pk, intent_id=intent_id),
    )


@task
def send_refund(*, refund_id: str) -> None:
    """Job: `send`, at the clock's time."""
    send(refund_id=UUID(refund_id), now=clock.now())


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Send every refund that has waited for `older_than`; return how many were tried.

    Outside any transaction, at most SWEEP_BATCH at a time: those that are not ordered yet come
    before those that a bank works on. One that fails is logged and does not stop the others; a
    gateway that does not answer three times running does.
    """
    waiting = Refund.objects.filter(
        state__in=PENDING_REFUND_STATES, created_at__lte=now - older_than
    )
    ordered = waiting.order_by("state", "created_at", "pk").values_list("pk", flat=True)
    tried = silent = 0
    for refund_id in list(ordered[:SWEEP_BATCH]):
        tried += 1
        try:
            send(refund_id=refund_id, now=now)
        except GatewayUnknownOutcome as error:
            # The gateway answers, but this key replays an error all day: that is no silence.
            logger.warning("sweep: refund %s: %s", refund_id, error)
        except GatewayUnavailable as error:
            logger.warning("sweep: refund %s: %s", refund_id, error)
            silent += 1
            if silent >= GIVE_UP_AFTER:
                break
        except Exception:
            logger.exception("refund %s could not be sent; the next sweep tries again", refund_id)
        else:
            silent = 0
    return tried
