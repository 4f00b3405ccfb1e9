"""Purchases and payments, with the rates of docs/money.md, and captured without a gateway."""

from datetime import datetime, timedelta

from billing import checkout, client_credit, fees, pricing, refunds
from billing.ledger import entries, posting
from billing.models import CommissionRule, Discount, FeeSchedule, Payment, Purchase
from billing.states import PaymentEvent
from kernel.money import Money
from scheduling.models import Session
from tests.factories import sessions

PAID_AT = sessions.STARTS_AT - timedelta(days=2)


def purchase_of(session: Session) -> Purchase:
    """A purchase split by 2.9 % + 30, and 15 %."""
    split = fees.split(
        price_minor=session.price_minor, fee_bps=290, fee_fixed_minor=30, commission_bps=1500
    )
    rule, _ = CommissionRule.objects.get_or_create(
        scope="default",
        mentor=None,
        rate_bps=1500,
        defaults={"effective_from": PAID_AT - timedelta(days=100)},
    )
    return Purchase.objects.create(
        session=session,
        client=session.client,
        mentor=session.mentor,
        price_minor=session.price_minor,
        currency=session.currency,
        fee_bps=290,
        fee_fixed_minor=30,
        commission_bps=1500,
        commission_rule=rule,
        fee_minor=split.fee_minor,
        commission_minor=split.commission_minor,
        mentor_minor=split.mentor_minor,
        created_at=PAID_AT,
    )


def open_payment(session: Session) -> Payment:
    """A payment that nobody has paid yet."""
    purchase = purchase_of(session)
    return Payment.objects.create(
        purchase=purchase,
        gateway="stripe",
        amount_minor=purchase.price_minor,
        currency=purchase.currency,
        created_at=PAID_AT,
        gateway_intent_id=f"pi_{purchase.pk.hex}",
    )


def capture(payment: Payment, *, at: datetime = PAID_AT) -> None:
    """Move the payment and post *captured* and the actual fee, 2.9 % + 30 of what was paid."""
    purchase = payment.purchase
    payment.transition(PaymentEvent.SUCCEED)
    payment.succeeded_at = payment.booked_at = at
    payment.actual_fee_minor = fees.split(
        price_minor=payment.amount_minor, fee_bps=290, fee_fixed_minor=30, commission_bps=0
    ).fee_minor
    payment.fee_currency = purchase.currency
    payment.gateway_charge_id = f"ch_{payment.pk.hex}"
    payment.gateway_balance_transaction_id = f"txn_{payment.pk.hex}"
    payment.save()
    subject = entries.subject_of(purchase=purchase, gateway=payment.gateway)
    paid = fees.Split(purchase.fee_minor, purchase.commission_minor, purchase.mentor_minor)
    entries.post_all(
        [
            posting.captured(
                subject=subject,
                payment_id=payment.pk,
                paid=paid,
                beside=refunds.beside_of(purchase),
                at=at,
            ),
            posting.gateway_fee(
                subject=subject,
                balance_transaction_id=payment.gateway_balance_transaction_id,
                fee_minor=payment.actual_fee_minor,
                at=at,
            ),
        ],
        posted_at=at,
    )


def paid_session(*, price_minor: int = 10_000) -> tuple[Session, Payment]:
    """A confirmed session two days before its start, and its captured payment."""
    session = sessions.pending_session(price_minor=price_minor)
    payment = open_payment(session)
    capture(payment)
    sessions.confirm(session)
    return session, payment


def reduced_session(
    *, price_minor: int = 10_000, discount_minor: int = 0, credit_minor: int = 0
) -> tuple[Session, Payment]:
    """A confirmed session that the platform's discount and the client's credit paid parts of."""
    session = sessions.pending_session(price_minor=price_minor)
    FeeSchedule.objects.get_or_create(
        gateway="stripe",
        currency="USD",
        effective_from=PAID_AT - timedelta(days=100),
        defaults={"bps": 290, "fixed_minor": 30, "minimum_price_minor": 500},
    )
    if discount_minor:
        Discount.objects.create(
            code=f"OFF-{session.pk.hex[-12:].upper()}",
            name="Off",
            bearer="platform",
            amount_minor=discount_minor,
            currency="USD",
            starts_at=PAID_AT,
            created_at=PAID_AT,
        )
    if credit_minor:
        client_credit.grant(
            client=session.client,
            amount=Money(credit_minor, "USD"),
            by="usr_finance",
            reason="Our fault.",
            key=f"test:{session.pk}",
            now=PAID_AT,
        )
    purchase = pricing.purchase(
        session,
        gateway="stripe",
        discount_code=f"OFF-{session.pk.hex[-12:].upper()}" if discount_minor else "",
        use_credit=bool(credit_minor),
        now=PAID_AT,
    )
    payment = Payment.objects.create(
        purchase=purchase,
        gateway="stripe",
        amount_minor=purchase.to_pay_minor,
        currency=purchase.currency,
        created_at=PAID_AT,
        gateway_intent_id=f"pi_{purchase.pk.hex}",
    )
    capture(payment)
    sessions.confirm(session)
    return session, payment


def covered_session(*, price_minor: int = 10_000, discount_minor: int = 0) -> Purchase:
    """A confirmed session that the client's credit paid, beside a discount; no gateway did."""
    session = sessions.pending_session(price_minor=price_minor)
    now = PAID_AT - timedelta(hours=1)
    code = f"OFF-{session.pk.hex[-12:].upper()}" if discount_minor else ""
    if discount_minor:
        Discount.objects.create(
            code=code,
            name="Off",
            bearer="platform",
            amount_minor=discount_minor,
            currency="USD",
            starts_at=now,
            created_at=now,
        )
    client_credit.grant(
        client=session.client,
        amount=Money(price_minor - discount_minor, "USD"),
        by="usr_finance",
        reason="Our fault.",
        key=f"test:{session.pk}",
        now=now,
    )
    return checkout.cover(session_id=session.pk, client=session.client, discount_code=code, now=now)
