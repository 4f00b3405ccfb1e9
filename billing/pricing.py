"""Price what a client is about to buy: rates, discount and split of this instant, frozen at once.

It is part of the transaction that begins a checkout, and knows no gateway but its rates.
"""

from datetime import datetime

from accounts.models import Mentor
from billing import client_credit, discounts
from billing.fees import PriceBelowParts, Split, split
from billing.models import CommissionRule, FeeSchedule, Package, Purchase
from kernel.errors import Refusal
from kernel.money import Money
from scheduling.models import Session


class NotPayable(Refusal):
    """The session is in a state in which nobody can pay for it."""

    code = "not_payable"


class PriceTooLow(Refusal):
    """The price, or what a discount leaves of it to pay, is below the least that can be paid.

    That is `least` in the facts, where it is not the parts of the price that are too much for it.
    """

    code = "price_too_low"


class DiscountFixed(Refusal):
    """The price of this hold was fixed at its first checkout, with another discount or none."""

    code = "discount_fixed"


def known(session: Session, *, discount_code: str) -> Purchase | None:
    """Return the purchase that an earlier checkout of the session made; its price is frozen."""
    begun = Purchase.objects.select_related("discount").filter(session=session).first()
    if begun is not None and discount_code:
        used = begun.discount.code if begun.discount else None
        if used != discount_code.strip().upper():
            raise DiscountFixed(
                f"The price of session {session.public_id} was fixed when you began to pay, "
                f"{f'with the code {used}' if used else 'without a code'}. Pay it so, or cancel "
                "the hold and take the time again with your code."
            )
    return begun


def purchase(
    session: Session, *, gateway: str, discount_code: str, use_credit: bool, now: datetime
) -> Purchase:
    """Make the purchase, with the rates in force at `now`, discount and credit frozen on it."""
    price = Money(session.price_minor, session.currency)
    fees = _fees(gateway, session.currency, now=now)
    less = discounts.reduction(
        code=discount_code,
        client=session.client,
        mentor=session.mentor,
        price=price,
        now=now,
        lock=True,
    )
    by_mentor = less.borne_by_mentor_minor if less else 0
    by_platform = less.borne_by_platform_minor if less else 0
    rule = CommissionRule.objects.in_force(mentor=session.mentor, at=now)
    price -= Money(by_mentor, price.currency)
    parts = _split(price, fees, rule)
    off = Money(by_platform, price.currency)
    credit = _credit(session, price - off, fees) if use_credit else 0
    _refuse_too_little(price, off=off, credit=credit, fees=fees)
    bought = Purchase(
        session=session,
        client_id=session.client_id,
        mentor_id=session.mentor_id,
        price_minor=parts.price_minor,
        currency=session.currency,
        fee_bps=fees.bps,
        fee_fixed_minor=fees.fixed_minor,
        commission_bps=rule.rate_bps,
        commission_rule=rule,
        fee_minor=parts.fee_minor,
        commission_minor=parts.commission_minor,
        mentor_minor=parts.mentor_minor,
        discount=less.discount if less else None,
        discount_minor=by_platform,
        mentor_discount_minor=by_mentor,
        credit_minor=credit,
        created_at=now,
    )
    bought.save(force_insert=True)
    client_credit.spend(purchase=bought, now=now)
    return bought


def package_purchase(
    package: Package, mentor: Mentor, *, price: Money, gateway: str, now: datetime
) -> Purchase:
    """Make the purchase of a package: one split of its whole price, whose parts its sessions draw.

    No discount and no credit pay for it: what goes back of it is what was not used, and nothing
    else. Raises NotPayable, PriceTooLow.
    """
    fees = _fees(gateway, price.currency, now=now)
    rule = CommissionRule.objects.in_force(mentor=mentor, at=now)
    parts = _split(price, fees, rule)
    _refuse_too_little(price, off=Money(0, price.currency), credit=0, fees=fees)
    return Purchase.objects.create(
        package=package,
        client_id=package.client_id,
        mentor=mentor,
        price_minor=parts.price_minor,
        currency=price.currency,
        fee_bps=fees.bps,
        fee_fixed_minor=fees.fixed_minor,
        commission_bps=rule.rate_bps,
        commission_rule=rule,
        fee_minor=parts.fee_minor,
        commission_minor=parts.commission_minor,
        mentor_minor=parts.mentor_minor,
        created_at=now,
    )


def _fees(gateway: str, currency: str, *, now: datetime) -> FeeSchedule:
    try:
        return FeeSchedule.objects.in_force(gateway=gateway, currency=currency, at=now)
    except FeeSchedule.DoesNotExist:
        raise NotPayable(f"{gateway} takes no {currency}. Choose another way to pay.") from None


def _split(price: Money, fees: FeeSchedule, rule: CommissionRule) -> Split:
    """Split the price that stays after a mentor's discount."""
    try:
        return split(
            price_minor=price.amount_minor,
            fee_bps=fees.bps,
            fee_fixed_minor=fees.fixed_minor,
            commission_bps=rule.rate_bps,
        )
    except PriceBelowParts as error:
        raise PriceTooLow(f"{price} does not cover the fee and the commission.") from error


def _credit(session: Session, left: Money, fees: FeeSchedule) -> int:
    """Return how much credit pays: all it can, leaving nothing or what a gateway can take."""
    has = client_credit.balance(client=session.client, currency=left.currency, lock=True)
    credit = min(has, left.amount_minor)
    if 0 < left.amount_minor - credit < fees.minimum_price_minor:
        credit = max(0, left.amount_minor - fees.minimum_price_minor)
    return credit


def _refuse_too_little(price: Money, *, off: Money, credit: int, fees: FeeSchedule) -> None:
    minimum = Money(fees.minimum_price_minor, price.currency)
    to_pay = price - off - Money(credit, price.currency)
    if price < minimum or (0 < to_pay.amount_minor < fees.minimum_price_minor):
        raise PriceTooLow(
            f"{to_pay} is below the least that can be paid, {minimum}."
            + (f" The discount takes {off} off." if off.amount_minor else ""),
            least=minimum,
        )
