"""Settle: the one writer of what a gateway says about a payment.

Confirm, webhook, sweep and reconciliation all end here. `settle` asks the gateway for the state
*now* (outside any transaction), then applies it (`billing.settlement`, one transaction under
locks). It believes no event and no caller; facts that are there already change nothing, so it
may run any number of times, in any order, beside itself (docs/adr/0004-one-settle.md).
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from billing.captures import capture
from billing.gateways.base import (
    GatewayGone,
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
    IntentSnapshot,
    IntentStatus,
    write_or_find,
)
from billing.gateways.registry import gateway
from billing.models import Payment
from billing.settlement import (
    Outcome,
    RowBusy,
    Settled,
    adopt,
    apply_sight,
    forget,
    locks,
    write_off,
)
from billing.states import FLAGS, PaymentState
from kernel import clock
from kernel.errors import NotFound
from kernel.tasks import task

__all__ = [
    "Outcome",
    "RowBusy",
    "Settled",
    "apply_sight",
    "find_for",
    "give_up",
    "look",
    "open_intent",
    "settle",
    "settle_payment",
    "sweep",
]

logger = logging.getLogger(__name__)

SWEEP_AGE = timedelta(minutes=1)
SWEEP_BATCH = 500
# A fee that is not told (or not in the sale's currency) by then is the reconciler's to report.
FEE_PATIENCE = timedelta(days=7)
GIVE_UP_AFTER = 3


def settle(*, payment_id: UUID, now: datetime, intent_id: str | None = None) -> Settled:
    """Bring a payment, its session and the books to what the gateway says now.

    `intent_id` is where a webhook saw our payment's id; it is used while our own answer, which
    stores it, has not committed yet, and only if the intent itself names this payment.
    In order: fetch; capture what the payer approved, while the hold lives; in one transaction:
    post the capture, confirm the session (or take the time again, or promise the money back),
    post the actual fee, apply refunds; then, where nobody can pay any more, cancel the intent
    and apply that. Call it outside any transaction.

    Raises: NotFound, GatewayUnavailable, GatewayRefused, RowBusy. All leave the books right.
    """
    payment = _payment(payment_id)
    try:
        seen = _ask(payment, hint=intent_id, now=now)
    except GatewayGone:
        return forget(payment_id, now=now)
    except GatewayRefused as refusal:
        if payment.gateway_intent_id is not None:
            raise
        return write_off(payment_id, reason=refusal.reason)
    if seen is None:  # older than its key, and the gateway has never heard of it
        return write_off(payment_id, reason="never_made")
    if seen.status is IntentStatus.APPROVED:
        seen = capture(payment_id, seen, now=now)
    settled = apply_sight(payment_id, seen, now=now)
    if settled.outcome is Outcome.WAITING and not settled.wanted(now=now):
        settled = _cancel(payment, seen.id, now=now)
    return settled


def give_up(*, payment_id: UUID, now: datetime) -> Settled:
    """End an unpaid payment whose payer wants to pay in another way; a paid one stays paid.

    Settles first, so what the payer agreed to is taken and not lost. Call it outside any
    transaction. The payment may still live afterwards: the gateway works on it.
    Raises what `settle` raises.
    """
    settled = settle(payment_id=payment_id, now=now)
    payment = settled.payment
    if settled.outcome is Outcome.WAITING and payment.gateway_intent_id is not None:
        settled = _cancel(payment, payment.gateway_intent_id, now=now)
    return settled


def _cancel(payment: Payment, intent_id: str, *, now: datetime) -> Settled:
    port = gateway(payment.gateway)
    seen = port.cancel_intent(intent_id=intent_id, payment_id=payment.pk)
    return apply_sight(payment.pk, seen, now=now)


def open_intent(*, payment_id: UUID) -> tuple[Payment, IntentSnapshot]:
    """Return the payment with its intent at the gateway, which is made where it is missing.

    The key is the row's id, so repeating this after a crash, or beside itself, makes one
    intent. The reference is stored in a transaction of its own; that `settle` was faster is
    fine. Raises: GatewayUnavailable, GatewayRefused.
    """
    payment = _payment(payment_id)
    port = gateway(payment.gateway)
    if payment.gateway_intent_id is not None:
        seen = port.fetch_intent(intent_id=payment.gateway_intent_id)
    else:
        seen = _create(payment)
    with locks():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        adopt(payment, seen)
    return payment, seen


@task
def settle_payment(*, payment_id: str) -> None:
    """Job: `settle`, at the clock's time."""
    settle(payment_id=UUID(payment_id), now=clock.now())


def find_for(
    *,
    gateway: str,
    payment_hint: UUID | None = None,
    intent_id: str | None = None,
    charge_id: str | None = None,
) -> UUID | None:
    """Return the id of the payment that a gateway's object belongs to, or None: not ours.

    Our id in the metadata comes first (it is there before we know any of theirs).
    """
    ours = Payment.objects.filter(gateway=gateway)
    for condition in (
        Q(pk=payment_hint) if payment_hint else None,
        Q(gateway_intent_id=intent_id) if intent_id else None,
        Q(gateway_charge_id=charge_id) if charge_id else None,
    ):
        if condition is not None:
            found = ours.filter(condition).values_list("pk", flat=True).first()
            if found is not None:
                return found
    return None


def sweep(*, now: datetime, older_than: timedelta = SWEEP_AGE) -> int:
    """Settle every payment that is not at its end and older than `older_than`; return how many.

    Level-triggered: it needs no event and no job to have survived. Paid ones whose fee is still
    unknown are asked about after the open ones, for a week; flagged ones are left to people. One
    bad payment does not stop the others, a gateway that does not answer three times running does.
    """
    done = silent = 0
    for payment_id in _unfinished(now=now, older_than=older_than):
        try:
            settle(payment_id=payment_id, now=now)
        except GatewayUnknownOutcome as error:
            # The gateway answers, but this key replays an error all day: that is no silence.
            logger.warning("sweep: payment %s: %s", payment_id, error)
        except GatewayUnavailable as error:
            logger.warning("sweep: payment %s: %s", payment_id, error)
            silent += 1
            if silent >= GIVE_UP_AFTER:
                break
        except Exception:
            logger.exception("sweep: payment %s could not be settled", payment_id)
        else:
            done += 1
            silent = 0
    return done


def _unfinished(*, now: datetime, older_than: timedelta) -> list[UUID]:
    """Return what the sweep asks about; the open ones first, so that nothing crowds them out."""
    old_enough = Payment.objects.filter(created_at__lte=now - older_than)
    open_ = old_enough.filter(state__in=[PaymentState.CREATED, PaymentState.PENDING])
    fee_awaited = old_enough.filter(
        state=PaymentState.SUCCEEDED,
        gateway_balance_transaction_id=None,
        created_at__gt=now - FEE_PATIENCE,
    )
    found: list[UUID] = []
    for payments in (open_, fee_awaited):
        rows = payments.exclude(failure_code__in=FLAGS).order_by("created_at", "id")
        found += rows.values_list("pk", flat=True)[: SWEEP_BATCH - len(found)]
    return found


def _payment(payment_id: UUID) -> Payment:
    try:
        return Payment.objects.select_related("purchase").get(pk=payment_id)
    except Payment.DoesNotExist:
        raise NotFound(f"There is no payment {payment_id}.") from None


def _ask(payment: Payment, *, hint: str | None, now: datetime) -> IntentSnapshot | None:
    """Fetch the payment's intent as it is now; None where it was never made and never will be.

    A row without a reference is one whose making was cut short. While the key lives, making it
    again under the same key says exactly what happened, and ends what was begun.
    """
    port = gateway(payment.gateway)
    if payment.gateway_intent_id is not None:
        return port.fetch_intent(intent_id=payment.gateway_intent_id)
    if hint is not None:
        with suppress(GatewayRefused):  # no such intent: the hint was wrong, nothing more
            seen = port.fetch_intent(intent_id=hint)
            if seen.payment_id == payment.pk:
                return seen
    if now - payment.created_at > port.intent_key_lifetime:
        return port.find_intent(payment_id=payment.pk, created_at=payment.created_at)
    return write_or_find(
        lambda: _create(payment),
        lambda: port.find_intent(payment_id=payment.pk, created_at=payment.created_at),
    )


def look(*, payment_id: UUID, hint: str | None = None) -> IntentSnapshot | None:
    """Return what the gateway shows of the payment now; None where it knows nothing of it.

    Reads only, and never makes an intent: for a person who asks before anything is done.
    Raises: NotFound, GatewayUnavailable, GatewayRefused.
    """
    payment = _payment(payment_id)
    port = gateway(payment.gateway)
    if payment.gateway_intent_id is not None:
        return port.fetch_intent(intent_id=payment.gateway_intent_id)
    if hint is not None:
        with suppress(GatewayRefused):
            seen = port.fetch_intent(intent_id=hint)
            if seen.payment_id == payment.pk:
                return seen
    return port.find_intent(payment_id=payment.pk, created_at=payment.created_at)


def _create(payment: Payment) -> IntentSnapshot:
    return gateway(payment.gateway).create_intent(
        payment_id=payment.pk,
        session_id=payment.purchase.session_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        description=payment.description,
    )
