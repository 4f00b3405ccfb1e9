"""What goes back of a session that does not take place as it was sold, and the promise of it.

A share of the price, whoever paid it: a gateway's payment, discount and credit, or a package. Who
decides on the share (a policy, the room's record, the staff) stands above; calls no gateway.
"""

from dataclasses import dataclass
from datetime import datetime

from billing import chargebacks, refunds
from billing.fees import WHOLE_BPS, Bearer, RefundParts, Split
from billing.ledger import earned
from billing.models import DisputeLoss, Payment, Purchase, Refund, Unwinding
from billing.states import LIVE_REFUND_STATES, PaymentState
from kernel.money import divide_half_even
from scheduling import queries
from scheduling.models import Session
from scheduling.states import CancelledBy


@dataclass(frozen=True, slots=True)
class Terms:
    """The share that goes back of a payment, or of a covered purchase (0: nothing), its parts."""

    basis: queries.Quote
    payment: Payment | None
    covered: Purchase | None
    share_minor: int
    parts: RefundParts | None

    @property
    def refunded_minor(self) -> int:
        """What a gateway sends the client."""
        return self.parts.amount_minor if self.payment and self.parts else 0

    @property
    def prepaid_minor(self) -> int:
        """What goes back to the package: all that no discount and no credit had paid."""
        return self.parts.amount_minor if self.covered and self.parts else 0


def by_policy(*, session: Session, by: CancelledBy, now: datetime) -> Terms:
    """Work out what the policy that was frozen on the booking gives back. Writes nothing."""
    return terms(session=session, basis=queries.cancellation_quote(session=session, by=by, now=now))


def terms(*, session: Session, basis: queries.Quote, part: tuple[int, int] | None = None) -> Terms:
    """Work out the share; earlier refunds (goodwill, made at the gateway) leave less to return.

    `part` is the share as (of it, of all) where basis points would round it, and all that the
    client is to have: what went back before is counted towards it. While a bank holds the money
    nothing can be sent, and the share is 0 (see `refuse_held`). Writes nothing.
    """
    paid = Payment.objects.select_related("purchase").filter(
        purchase__session=session, state=PaymentState.SUCCEEDED
    )
    payment = paid.first()
    bought = payment.purchase if payment else _covered(session)
    if bought is None:
        return Terms(basis, None, None, 0, None)
    covered = None if payment else bought
    left = refunds.share_left(payment) if payment else refunds.covered_left(bought)
    # Of the price that was split: a discount may have lowered it.
    above, below = part or (basis.refund_bps, WHOLE_BPS)
    gross = divide_half_even(bought.price_minor * above, below)
    had = bought.price_minor - left if part else 0
    share = max(0, min(gross - had, left)) if basis.refund_minor_gross else 0
    if share == 0:
        return Terms(basis, payment, covered, 0, None)
    bearer = Bearer(basis.bearer)
    if payment is not None:
        parts = refunds.preview(payment=payment, share_minor=share, bearer=bearer)
    else:
        parts = refunds.parts_unwound(purchase=bought, share_minor=share, bearer=bearer)
    return Terms(basis, payment, covered, share, parts if parts.given_minor else None)


def refuse_held(terms: Terms) -> None:
    """Raise PaymentDisputed where a bank holds the payment that something is to go back of."""
    back = terms.basis.refund_minor_gross
    if terms.payment is not None and terms.payment.held_by_dispute and back:
        refunds.preview(payment=terms.payment, share_minor=back, bearer=Bearer(terms.basis.bearer))


def way_back(terms: Terms) -> str:
    """Return what stands between the client and the money, for the words to both people.

    `bank`: it holds the payment, so nothing can be sent yet. `package` and `credit`: where it goes
    back to instead of through a gateway. Empty: a gateway sends it.
    """
    if terms.payment is not None:
        return "bank" if terms.payment.held_by_dispute else ""
    if terms.covered is None:
        return ""
    return "package" if terms.covered.package_credit_id else "credit"


def promise(
    *,
    session: Session,
    terms: Terms,
    cause: Refund.Cause,
    actor: str,
    now: datetime,
    key: str = "cancelled",
    reason: str | None = None,
) -> Refund | None:
    """Promise what the terms give back, once by its key; the refund where a gateway sends money.

    `reason` is the cancellation's where none is given. Expects the caller's transaction.
    Raises PaymentDisputed, RefundTooLarge.
    """
    said = session.cancel_reason if reason is None else reason
    if terms.covered is not None and terms.parts is not None:
        covered = Purchase.objects.select_for_update().get(pk=terms.covered.pk)
        prepaid = _package_payment(covered)
        refunds.unwind(
            covered,
            share_minor=terms.share_minor,
            cause=cause,
            bearer=Bearer(terms.basis.bearer),
            requested_by=actor,
            reason=said,
            key=f"{key}:{session.pk}",
            now=now,
        )
        if prepaid is not None:
            chargebacks.look_again(prepaid, now=now)
    if terms.payment is None or terms.parts is None:
        return None
    return refunds.create(
        payment_id=terms.payment.pk,
        share_minor=terms.share_minor,
        cause=cause,
        bearer=terms.basis.bearer,
        requested_by=actor,
        reason=said,
        key=f"{key}:{session.pk}",
        now=now,
    )


def was_promised(session: Session, *, key: str) -> bool:
    """Say whether something went back of the session under this key, or was to."""
    known = f"{key}:{session.pk}"
    return Refund.objects.filter(key=known).exists() or Unwinding.objects.filter(key=known).exists()


def earn_what_is_kept(session: Session, *, now: datetime) -> None:
    """Recognise the commission of what stays, after the refund has taken its part of it.

    The schedule would find it too; a purchase that another transaction holds is left to it.
    """
    earned.recognise(earned.to_recognise().filter(session=session), now=now)


def kept_of(session: Session) -> Split:
    """Return what mentor, commission and fee still have of a session that was paid.

    Zeros where nobody paid. The mentor's part is below zero where the mentor owes the fee.
    """
    purchase = Purchase.objects.filter(
        session=session, payments__state=PaymentState.SUCCEEDED
    ).first() or _covered(session)
    if purchase is None:
        return Split(fee_minor=0, commission_minor=0, mentor_minor=0)
    taken: list[Refund | DisputeLoss | Unwinding] = [
        *Refund.objects.filter(payment__purchase=purchase, state__in=LIVE_REFUND_STATES),
        *DisputeLoss.objects.filter(dispute__payment__purchase=purchase, reversed_at=None),
        *Unwinding.objects.filter(purchase=purchase),
    ]
    return Split(
        fee_minor=purchase.fee_minor - sum(one.fee_minor for one in taken),
        commission_minor=purchase.commission_minor - sum(one.commission_minor for one in taken),
        mentor_minor=purchase.mentor_minor - sum(one.mentor_minor for one in taken),
    )


def _covered(session: Session) -> Purchase | None:
    return Purchase.objects.filter(session=session, settled_at__isnull=False).first()


def _package_payment(covered: Purchase) -> Payment | None:
    """Lock the payment of the package that paid, before its money comes back; None of others."""
    if covered.package_credit is None:
        return None
    paid = Payment.objects.filter(
        purchase__package=covered.package_credit.package_id, state=PaymentState.SUCCEEDED
    )
    return refunds.lock_payment(paid.get().pk)
