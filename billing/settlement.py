"""Apply what the gateway was seen to say of a payment: capture, session, fee, refunds, disputes.

Everything happens in one transaction under locks taken in the one order (session → purchase →
payment → refund), and only forward: a sight that is older than what we know changes nothing.
It calls no gateway; `billing.payments` looks, this writes.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from django.db import OperationalError, connection, transaction

from billing import chargebacks, client_credit, conversions, late_money, prepaid, refunds, surplus
from billing.announcements import payment_succeeded
from billing.gateways.base import IntentSnapshot, IntentStatus, RefundSnapshot
from billing.ledger import entries, posting
from billing.models import Payment, Purchase, Refund
from billing.states import (
    AMOUNT_MISMATCH,
    CREDIT_GONE,
    FLAGS,
    LIVE_PAYMENT_STATES,
    PAYMENT,
    PENDING_REFUND_STATES,
    SECOND_CAPTURE,
    PaymentEvent,
    PaymentState,
)
from kernel import audit
from kernel.errors import Kind, Refusal
from scheduling import lifecycle, seats
from scheduling.models import Session
from scheduling.states import State

logger = logging.getLogger(__name__)

LOCK_TIMEOUT_MS = 5_000
# What a capture writes.
CAPTURED = ["state", "gateway_intent_id", "gateway_charge_id", "failure_code"]
CAPTURED += ["cancelled_at", "succeeded_at", "booked_at"]


class Outcome(StrEnum):
    """What one call of `settle` did."""

    CONFIRMED = "confirmed"  # the money came: the session is confirmed, the package begins
    TAKEN_AGAIN = "taken_again"  # it came late, and the time was still free
    REFUNDED_LATE = "refunded_late"  # it came late, and goes back in full
    UPDATED = "updated"  # a later fact was added: the fee, a refund made elsewhere, a dispute
    UNCHANGED = "unchanged"  # nothing new
    WAITING = "waiting"  # no money yet
    CANCELLED = "cancelled"
    FAILED = "failed"
    MISMATCH = "mismatch"  # not what we asked for: flagged, not posted


@dataclass(frozen=True, slots=True)
class Settled:
    """The payment and its session (none of a package) after the call, and what the call did."""

    payment: Payment
    session: Session | None
    outcome: Outcome

    def wanted(self, *, now: datetime) -> bool:
        """Say whether somebody may still pay, or has paid."""
        if self.session is not None:
            return self.session.live
        package = self.payment.purchase.package
        return package is not None and package.can_be_paid(now=now)


class RowBusy(Refusal):
    """Another transaction holds the rows for longer than we wait."""

    code: ClassVar[str] = "busy"
    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class Moved(Exception):
    """The purchase moved to another session while we waited for the locks."""


def apply_sight(payment_id: UUID, seen: IntentSnapshot, *, now: datetime) -> Settled:
    """Apply what was seen in one transaction; once more where the purchase moved meanwhile."""
    while True:
        try:
            with locks():
                session, purchase, payment = lock(payment_id)
                return _Application(session, purchase, payment, seen, now).run()
        except Moved:
            continue


@contextmanager
def locks() -> Iterator[None]:
    """Open a transaction whose waiting for locks ends: RowBusy, and the caller comes again."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
            yield
    except OperationalError as error:
        # lock_not_available, deadlock_detected
        if getattr(error.__cause__, "sqlstate", "") in ("55P03", "40P01"):
            raise RowBusy(
                "Another request is working on this payment. Try again in a moment."
            ) from error
        raise


def lock(payment_id: UUID) -> tuple[Session | None, Purchase, Payment]:
    """Lock session → purchase → payment, the one order; raise Moved to begin anew.

    A package has no session.
    """
    purchase_id, session_id = Payment.objects.values_list(
        "purchase_id", "purchase__session_id"
    ).get(pk=payment_id)
    session = None
    if session_id is not None:
        session = Session.objects.select_for_update().get(pk=session_id)
        if session.state == State.EXPIRED:  # late money takes the time again: people come first
            seats.lock_people(client_id=session.client_id, mentor_id=session.mentor_id)
    purchase = Purchase.objects.select_for_update().get(pk=purchase_id)
    if purchase.session_id != session_id:
        raise Moved
    purchase.session = session
    return session, purchase, Payment.objects.select_for_update().get(pk=payment_id)


def adopt(payment: Payment, seen: IntentSnapshot) -> None:
    """Remember the intent of a payment that does not know it yet."""
    if payment.gateway_intent_id is None:
        payment.gateway_intent_id = seen.id
    if payment.state == PaymentState.CREATED:
        payment.transition(PaymentEvent.PROCESS)
    if payment.state == PaymentState.PENDING and payment.failure_code not in FLAGS:
        payment.failure_code = seen.failure_code or _declined_before(payment, seen)
    payment.save(update_fields=["gateway_intent_id", "state", "failure_code"])


def _declined_before(payment: Payment, seen: IntentSnapshot) -> str:
    """Return why the last capture was declined: the gateway told us once, and shows it no more."""
    waits = seen.status in (IntentStatus.REQUIRES_ACTION, IntentStatus.APPROVED)
    return payment.failure_code if payment.captures_declined and waits else ""


def forget(payment_id: UUID, *, now: datetime) -> Settled:
    """End a payment whose intent the gateway has forgotten: it was never paid, and cannot be."""
    with locks():
        session, _, payment = lock(payment_id)
        if not PAYMENT.allows(PaymentState(payment.state), PaymentEvent.CANCEL):
            return Settled(payment, session, Outcome.UNCHANGED)
        payment.transition(PaymentEvent.CANCEL)
        payment.cancelled_at = now
        payment.save(update_fields=["state", "cancelled_at"])
        return Settled(payment, session, Outcome.CANCELLED)


def write_off(payment_id: UUID, *, reason: str) -> Settled:
    """End a payment for which the gateway has no intent and will not make one."""
    with locks():
        session, _, payment = lock(payment_id)
        if payment.state != PaymentState.CREATED or payment.gateway_intent_id is not None:
            return Settled(payment, session, Outcome.UNCHANGED)
        payment.transition(PaymentEvent.FAIL)
        payment.failure_code = reason[:80]
        payment.save(update_fields=["state", "failure_code"])
        return Settled(payment, session, Outcome.FAILED)


@dataclass(slots=True)
class _Application:
    """One snapshot applied to one payment, inside the transaction that holds their locks."""

    session: Session | None
    purchase: Purchase
    payment: Payment
    seen: IntentSnapshot
    now: datetime

    def run(self) -> Settled:
        if self.payment.gateway_intent_id not in (None, self.seen.id):
            return self._settled(Outcome.UNCHANGED)  # a second intent: the reconciler reports it
        match self.seen.status:
            case IntentStatus.SUCCEEDED:
                return self._settled(self._money())
            case IntentStatus.CANCELLED:
                return self._settled(self._end(PaymentEvent.CANCEL, Outcome.CANCELLED))
            case IntentStatus.FAILED:
                return self._settled(self._end(PaymentEvent.FAIL, Outcome.FAILED))
            case _:
                return self._settled(self._wait())

    def _settled(self, outcome: Outcome) -> Settled:
        return Settled(self.payment, self.session, outcome)

    def _wait(self) -> Outcome:
        if self.payment.state in (PaymentState.SUCCEEDED, PaymentState.CANCELLED):
            return Outcome.UNCHANGED  # an older sight of what has moved on
        adopt(self.payment, self.seen)
        return Outcome.WAITING

    def _end(self, event: PaymentEvent, outcome: Outcome) -> Outcome:
        payment = self.payment
        if not PAYMENT.allows(PaymentState(payment.state), event):
            return Outcome.UNCHANGED
        if event is PaymentEvent.CANCEL and self._is_being_captured():
            return Outcome.WAITING
        payment.transition(event)
        payment.gateway_intent_id = self.seen.id
        payment.failure_code = self.seen.failure_code
        if event is PaymentEvent.CANCEL:
            payment.cancelled_at = self.now
        payment.save(update_fields=["state", "gateway_intent_id", "failure_code", "cancelled_at"])
        return outcome

    def _is_being_captured(self) -> bool:
        """Say whether somebody asks for the money right now (`billing.captures`).

        Whoever looked before that cannot say that it is over; once the hold has ended, money
        that comes all the same is late money.
        """
        holds = self.purchase.is_awaited(now=self.now)
        return holds and self.payment.capture_ordered_at is not None

    def _money(self) -> Outcome:
        if self.payment.state == PaymentState.SUCCEEDED:
            outcome = Outcome.UNCHANGED
        elif problem := self._problem():
            return self._flag(problem)
        else:
            outcome = self._capture()
        news = self._fee()
        # Oldest first: what each takes of the parts depends on those before it.
        for refund in sorted(self.seen.refunds, key=lambda seen: (seen.created_at, seen.id)):
            news = self._refund(refund) or news
        if self.seen.disputes or self.payment.disputes.exists():
            news = self._disputes() or news
        return Outcome.UPDATED if news and outcome is Outcome.UNCHANGED else outcome

    def _problem(self) -> str:
        """Name what is wrong with the money, or return nothing."""
        if self.payment.failure_code in FLAGS and surplus.is_given(self.payment, self.seen.id):
            return self.payment.failure_code
        expected = (self.payment.amount_minor, self.payment.currency)
        if (self.seen.received_minor, self.seen.currency) != expected:
            return AMOUNT_MISMATCH
        others = Payment.objects.filter(purchase=self.purchase).exclude(pk=self.payment.pk)
        if others.filter(state__in=LIVE_PAYMENT_STATES).exists():
            return SECOND_CAPTURE
        return "" if client_credit.can_be_spent(self.purchase) else CREDIT_GONE

    def _flag(self, problem: str) -> Outcome:
        """Leave the state as it is and write down, once, what the gateway holds."""
        payment, seen = self.payment, self.seen
        if payment.failure_code != problem:
            adopt(payment, seen)
            payment.failure_code = problem
            payment.save(update_fields=["failure_code"])
            audit.record(
                actor="system",
                action=f"payment.{problem}",
                object_type="payment",
                object_id=payment.public_id,
                data={
                    "expected": {"amount": payment.amount_minor, "currency": payment.currency},
                    "received": {"amount": seen.received_minor, "currency": seen.currency},
                    "intent": seen.id,
                    "charge": seen.charge_id,
                },
            )
        surplus.observe(payment, seen, now=self.now)
        return Outcome.MISMATCH

    def _capture(self) -> Outcome:
        """Write the money down, then give it its session."""
        payment, purchase, seen = self.payment, self.purchase, self.seen
        payment.transition(PaymentEvent.SUCCEED)
        payment.gateway_intent_id = seen.id
        payment.gateway_charge_id = seen.charge_id
        payment.failure_code = ""
        payment.cancelled_at = None
        payment.succeeded_at = seen.charged_at or self.now
        payment.booked_at = self.now
        payment.save(update_fields=CAPTURED)
        payment_succeeded(payment, at=self.now)
        if self.session is None:
            prepaid.begin(purchase, payment, at=payment.succeeded_at, now=self.now)
            return Outcome.CONFIRMED
        if client_credit.reserved(purchase) < purchase.credit_minor:  # the hold had returned it
            client_credit.spend(purchase=purchase, now=self.now, again=True)
        entries.post(
            posting.captured(
                subject=entries.subject_of(purchase=purchase, gateway=payment.gateway),
                payment_id=payment.pk,
                paid=refunds.split_of(purchase),
                beside=refunds.beside_of(purchase),
                at=payment.succeeded_at,
            ),
            posted_at=self.now,
        )
        try:
            self.session = lifecycle.confirm(session_id=self.session.pk, now=self.now)
        except lifecycle.HoldGone:
            return self._late(self.session)
        return Outcome.CONFIRMED

    def _late(self, session: Session) -> Outcome:
        again = late_money.receive(
            session=session, purchase=self.purchase, payment=self.payment, now=self.now
        )
        if again is None:
            return Outcome.REFUNDED_LATE
        self.session = again
        return Outcome.TAKEN_AGAIN

    def _fee(self) -> bool:
        """Post what the gateway really took, once it says so; return whether that is news.

        A balance in another currency than the sale's took the money by an exchange, and the fee
        in its own. An amount that differs in the same currency is not ours to guess: it waits for
        the reconciler, which reports it.
        """
        payment, moved = self.payment, self.seen.balance_transaction
        if moved is None or payment.gateway_balance_transaction_id is not None:
            return False
        if moved.currency == payment.currency and moved.amount_minor != payment.amount_minor:
            return False
        payment.gateway_balance_transaction_id = moved.id
        payment.actual_fee_minor = moved.fee_minor
        payment.fee_currency = moved.currency
        payment.save(
            update_fields=["gateway_balance_transaction_id", "actual_fee_minor", "fee_currency"]
        )
        conversions.observe(
            payment=payment, moved=moved, sale_minor=payment.amount_minor, now=self.now
        )
        subject = entries.subject_of(purchase=self.purchase, gateway=payment.gateway)
        entries.post(
            posting.gateway_fee(
                subject=replace(subject, currency=moved.currency),
                balance_transaction_id=moved.id,
                fee_minor=moved.fee_minor,
                at=moved.created_at,
            ),
            posted_at=self.now,
        )
        return True

    def _disputes(self) -> bool:
        """Apply the disputes; return whether that is news."""
        return chargebacks.observe(
            payment_id=self.payment.pk, seen=self.seen.disputes, now=self.now
        )

    def _refund(self, seen: RefundSnapshot) -> bool:
        """Apply a refund, begun here or there; return whether that is news.

        One that contradicts our books does not undo the rest of what was seen: it is logged,
        and the reconciler reports it until it fits (ours may be about to fail).
        """
        rows = Refund.objects.filter(payment=self.payment).order_by("pk")
        before = list(rows.values_list("pk", "state"))
        try:
            with transaction.atomic():
                refunds.observe(payment_id=self.payment.pk, snapshot=seen, now=self.now)
        except (refunds.RefundTooLarge, refunds.RefundContradicted) as refusal:
            logger.error("refund %s of %s: %s", seen.id, self.payment, refusal)  # noqa: TRY400
            return False
        exchanged = self._exchange(seen)
        return exchanged or list(rows.values_list("pk", "state")) != before

    def _exchange(self, seen: RefundSnapshot) -> bool:
        """Book what a refund that came to its end moved in another currency; say if it is news."""
        row = Refund.objects.filter(payment=self.payment, gateway_refund_id=seen.id).first()
        if row is None or row.state in PENDING_REFUND_STATES:
            return False
        done = [
            conversions.observe(
                payment=self.payment,
                refund=row,
                moved=moved,
                sale_minor=seen.amount_minor if moved.amount_minor > 0 else -seen.amount_minor,
                now=self.now,
            )
            for moved in seen.moved
        ]
        return any(done)
