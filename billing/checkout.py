"""Begin to pay for a held session: a purchase, a payment, an intent at the gateway.

It decides whether a session can be paid for and at which split; what the gateway says of the
money afterwards is `settle`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Client
from billing import payments, pricing, refunds
from billing.captures import MAX_ATTEMPTS
from billing.gateways.base import Gateway, IntentSnapshot, IntentStatus
from billing.gateways.registry import gateway as gateway_named
from billing.ledger import entries, posting
from billing.models import Payment, Purchase
from billing.pricing import DiscountFixed, NotPayable, PriceTooLow
from billing.states import FLAGS, LIVE_PAYMENT_STATES, PaymentState
from kernel.errors import NotFound, Refusal
from kernel.ids import public_id
from kernel.money import Money
from scheduling import lifecycle
from scheduling.models import Session
from scheduling.states import State

__all__ = [
    "AmountTooFine",
    "CreditTooLow",
    "DiscountFixed",
    "HoldExpired",
    "NotPayable",
    "NothingToPay",
    "PaymentUnderWay",
    "PriceTooLow",
    "Started",
    "cover",
    "live_payment",
    "own_session",
    "pay",
    "refuse_unpayable",
    "start",
]

ATTEMPTS = 3
LONGEST_DESCRIPTION = 127  # what PayPal takes


class HoldExpired(Refusal):
    """The session was not paid for in time."""

    code = "hold_expired"


class NothingToPay(Refusal):
    """Discount and credit cover the price: settle it without a gateway."""

    code = "nothing_to_pay"


class CreditTooLow(Refusal):
    """Something is left to pay beside discount and credit: pay it through a gateway."""

    code = "credit_too_low"


class PaymentUnderWay(Refusal):
    """Another gateway is working on a payment of the session."""

    code = "payment_under_way"


class AmountTooFine(Refusal):
    """The gateway takes no such fraction of this currency's unit."""

    code = "amount_too_fine"


class _Elsewhere(Exception):
    """The session has a live payment at another gateway."""

    def __init__(self, payment_id: UUID) -> None:
        super().__init__(payment_id)
        self.payment_id = payment_id


@dataclass(frozen=True, slots=True)
class Started:
    """What the payer's browser needs. The secret is handed on and never stored."""

    payment: Payment
    client_secret: str = field(repr=False)
    publishable_key: str


def start(
    *,
    session_id: UUID,
    client: Client,
    gateway: str,
    now: datetime,
    discount_code: str = "",
    use_credit: bool = False,
) -> Started:
    """Return the payment of a held session with its client secret, making what is missing.

    T1: purchase (rates of this instant, frozen) and payment. Outside: the intent, under the
    payment's id. T2: the reference. A second call, after a crash or at the same time, returns
    the same payment and the same secret; an intent that was cancelled at the gateway is
    followed by a new payment. A purchase has one live payment: one at another gateway is given
    up first. The purchase keeps the rates that it was begun with, and its discount: that of
    `discount_code`, else the best campaign. With `use_credit` the client's credit pays first.

    Raises: NotFound (also for another client's session), HoldExpired, NotPayable, PriceTooLow,
    DiscountFixed, what `discounts.reduction` raises, NothingToPay, AmountTooFine, PaymentUnderWay,
    UnknownGateway, GatewayUnavailable, GatewayRefused.
    """
    first = partial(
        _write_down,
        session_id=session_id,
        client=client,
        discount_code=discount_code,
        use_credit=use_credit,
        now=now,
    )
    return pay(first, gateway=gateway, now=now)


def pay(write_down: Callable[[Gateway], UUID], *, gateway: str, now: datetime) -> Started:
    """Have what `write_down` (T1) writes paid at `gateway`: a session, or a package.

    It returns the id of the live payment there, by `live_payment`, in a transaction of its own,
    and is called again where one elsewhere had to be given up first.
    Raises what it raises, NotPayable, PaymentUnderWay, UnknownGateway, GatewayUnavailable,
    GatewayRefused.
    """
    port = gateway_named(gateway)
    for _ in range(ATTEMPTS):
        try:
            payment_id = write_down(port)
        except _Elsewhere as other:
            _give_up(other.payment_id, now=now)
            continue
        payment, intent = payments.open_intent(payment_id=payment_id)
        if payment.captures_declined >= MAX_ATTEMPTS:
            _give_up(payment_id, now=now)
            continue
        if not _can_go_on(payment, intent):
            settled = payments.settle(payment_id=payment_id, now=now)
            _refuse_paid(settled)
            payment = settled.payment
        if _can_go_on(payment, intent):
            return Started(
                payment=payment,
                client_secret=intent.client_secret,
                publishable_key=port.publishable_key,
            )
    raise NotPayable(f"{gateway} cancels every payment of this purchase. Begin anew, or ask us.")


def _can_go_on(payment: Payment, intent: IntentSnapshot) -> bool:
    """Say whether the payer can go on with the intent, or already does.

    What the payer has approved is asked for once, by `settle`. Where that was declined the same
    approval is worth nothing: the payer chooses another instrument for the same intent.
    """
    if intent.status is IntentStatus.APPROVED:
        return bool(payment.captures_declined) and payment.state in LIVE_PAYMENT_STATES
    return intent.status in (IntentStatus.REQUIRES_ACTION, IntentStatus.PROCESSING)


def _give_up(payment_id: UUID, *, now: datetime) -> None:
    """End the payment at another gateway, or say why it cannot be ended."""
    settled = payments.give_up(payment_id=payment_id, now=now)
    _refuse_paid(settled)
    payment = settled.payment
    if payment.state in LIVE_PAYMENT_STATES:
        raise PaymentUnderWay(
            f"{payment.gateway} is working on payment {payment.public_id} of this purchase. Look "
            "at it again in a minute before you pay in another way."
        )


def _refuse_paid(settled: payments.Settled) -> None:
    if settled.payment.state == PaymentState.SUCCEEDED:
        state = settled.session.state if settled.session else "yours"
        raise NotPayable(
            f"{settled.payment.purchase.reference} is paid already and is now {state}."
        )


def cover(
    *,
    session_id: UUID,
    client: Client,
    now: datetime,
    discount_code: str = "",
    gateway: str = "stripe",
) -> Purchase:
    """Settle a held session with discount and credit alone, and confirm it; no gateway is asked.

    One transaction. The split is that of any sale, with the fee that `gateway` would be quoted
    at. A second call returns the same purchase.

    Raises: NotFound, HoldExpired, NotPayable, PriceTooLow, DiscountFixed, what
    `discounts.reduction` raises, CreditTooLow where something is left to pay.
    """
    with transaction.atomic():
        session = own_session(session_id, client)
        bought = pricing.known(session, discount_code=discount_code)
        if bought is not None and bought.settled_at is not None:
            return bought
        refuse_unpayable(session, now=now)
        bought = bought or pricing.purchase(
            session, gateway=gateway, discount_code=discount_code, use_credit=True, now=now
        )
        if bought.to_pay_minor:
            left = Money(bought.to_pay_minor, bought.currency)
            raise CreditTooLow(
                f"{left} of session {session.public_id} is left to pay beside discount and "
                "credit. Pay it through a gateway.",
                to_pay_minor=left.amount_minor,
                currency=left.currency,
            )
        bought.settled_at = now
        bought.save(update_fields=["settled_at"])
        entries.post(
            posting.settled(
                subject=entries.subject_of(purchase=bought, gateway=""),
                paid=refunds.split_of(bought),
                beside=refunds.beside_of(bought),
                at=now,
            ),
            posted_at=now,
        )
        bought.session = lifecycle.confirm(session_id=session.pk, now=now)
        return bought


def own_session(session_id: UUID, client: Client) -> Session:
    """Lock and return a session of the client's. Raises NotFound."""
    session = (
        Session.objects.select_for_update(of=("self",))
        .select_related("mentor__user", "client__user", "session_type")
        .filter(pk=session_id, client=client)
        .first()
    )
    if session is None:
        raise NotFound(f"There is no session {public_id('ses', session_id)} of yours.")
    return session


def _write_down(
    port: Gateway,
    *,
    session_id: UUID,
    client: Client,
    discount_code: str,
    use_credit: bool,
    now: datetime,
) -> UUID:
    """T1: return the id of the session's live payment, made where there is none.

    The session's lock puts two starts in a row, so the second finds the first one's rows.
    """
    with transaction.atomic():
        session = own_session(session_id, client)
        refuse_unpayable(session, now=now)
        purchase = pricing.known(session, discount_code=discount_code) or pricing.purchase(
            session, gateway=port.name, discount_code=discount_code, use_credit=use_credit, now=now
        )
        if purchase.to_pay_minor == 0:
            raise NothingToPay(
                f"Discount and credit cover session {session.public_id}. Settle it with your "
                "credit; nothing is left to pay."
            )
        return live_payment(purchase, port, description=_described(session), now=now).pk


def live_payment(purchase: Purchase, port: Gateway, *, description: str, now: datetime) -> Payment:
    """Return the live payment of a purchase at this gateway, made where there is none.

    In `write_down`'s transaction, behind the lock that puts two starts in a row. `description` is
    what the payer reads at the gateway.
    Raises AmountTooFine, NotPayable.
    """
    _refuse_too_fine(Money(purchase.to_pay_minor, purchase.currency), port)
    payment = Payment.objects.filter(purchase=purchase, state__in=LIVE_PAYMENT_STATES).first()
    if payment is not None and payment.gateway != port.name:
        raise _Elsewhere(payment.pk)
    if payment is None:
        payment = Payment(
            purchase=purchase,
            gateway=port.name,
            amount_minor=purchase.to_pay_minor,
            currency=purchase.currency,
            description=description,
            created_at=now,
        )
        payment.save(force_insert=True)
    elif payment.failure_code in FLAGS:
        raise NotPayable(
            f"Payment {payment.public_id} does not match its purchase and is being looked at by "
            "us. You need not pay again."
        )
    return payment


def _described(session: Session) -> str:
    """Say what is paid for, as the payer reads it at the gateway: kind, mentor, the client's time.

    What does not fit beside the time is cut.
    """
    starts_at = session.starts_at.astimezone(ZoneInfo(session.client.user.time_zone))
    when = f", {starts_at.day} {starts_at:%b %Y, %H:%M %Z}"
    what = f"{session.session_type.name} with {session.mentor.user.name}"
    room = LONGEST_DESCRIPTION - len(when)
    return (what if len(what) <= room else f"{what[: room - 1]}…") + when


def _refuse_too_fine(left: Money, port: Gateway) -> None:
    step = port.smallest_step(left.currency)
    if left.amount_minor % step:
        raise AmountTooFine(
            f"{port.name} takes {left.currency} in steps of {Money(step, left.currency)} only, "
            f"and {left} is left to pay. Choose another way to pay.",
            to_pay_minor=left.amount_minor,
            step_minor=step,
            currency=left.currency,
        )


def refuse_unpayable(session: Session, *, now: datetime) -> None:
    """Raise HoldExpired or NotPayable for a session that nobody can pay for."""
    if session.state == State.PENDING and not session.mentor.is_live:
        raise NotPayable(
            f"{session.mentor.user.name} takes no bookings any more: session {session.public_id} "
            "cannot be paid for. Choose another mentor."
        )
    if session.state == State.PENDING and session.expires_at and now < session.expires_at:
        return
    if session.state in (State.PENDING, State.EXPIRED):
        ended = session.expired_at or session.expires_at
        raise HoldExpired(
            f"Session {session.public_id} was held until {ended:%H:%M} UTC and was not paid for "
            "in time. Hold the time again."
        )
    raise NotPayable(f"Session {session.public_id} is {session.state}: there is nothing to pay.")
