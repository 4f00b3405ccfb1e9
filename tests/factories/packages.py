"""Packages that were bought, without a gateway: captured as `tests.factories.billing` does."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Client
from billing import packages, prepaid, pricing
from billing.ledger import entries, posting
from billing.models import CommissionRule, FeeSchedule, Keeper, Package, Payment, Purchase
from billing.states import PaymentEvent
from kernel.money import Money
from scheduling.models import Session
from tests.factories import sessions
from tests.factories.billing import PAID_AT
from tests.factories.people import ClientFactory, MentorFactory

VALID_DAYS = 180


def paid_package(
    *,
    price_minor: int = 10_000,
    sessions_in_it: int = 3,
    valid_days: int = VALID_DAYS,
    keeper: Keeper = Keeper.PLATFORM,
    at: datetime = PAID_AT,
    client: Client | None = None,
) -> Payment:
    """The captured payment of a package, 2.9 % + 30 and 15 %, two days before its first session."""
    FeeSchedule.objects.get_or_create(
        gateway="stripe",
        currency="USD",
        effective_from=PAID_AT - timedelta(days=100),
        defaults={"bps": 290, "fixed_minor": 30, "minimum_price_minor": 500},
    )
    CommissionRule.objects.get_or_create(
        scope="default",
        mentor=None,
        rate_bps=1500,
        defaults={"effective_from": PAID_AT - timedelta(days=100)},
    )
    offer = packages.offer(
        session_type=sessions.session_type(
            mentor=MentorFactory(), price_minor=10_000, currency="USD"
        ),
        sessions=sessions_in_it,
        price_minor=price_minor,
        valid_days=valid_days,
        now=at,
    )
    package = Package.objects.create(
        offer=offer,
        client=client or ClientFactory(),
        keeper=keeper,
        pay_by=at + timedelta(days=1),
        created_at=at,
    )
    purchase = pricing.package_purchase(
        package,
        offer.session_type.mentor,
        price=Money(price_minor, "USD"),
        gateway="stripe",
        now=at,
    )
    payment = Payment.objects.create(
        purchase=purchase,
        gateway="stripe",
        amount_minor=price_minor,
        currency="USD",
        created_at=at,
        gateway_intent_id=f"pi_{purchase.pk.hex}",
    )
    _capture(payment, at=at)
    return payment


def _capture(payment: Payment, *, at: datetime) -> None:
    payment.transition(PaymentEvent.SUCCEED)
    payment.succeeded_at = payment.booked_at = at
    payment.actual_fee_minor = payment.purchase.fee_minor
    payment.fee_currency = payment.currency
    payment.gateway_charge_id = f"ch_{payment.pk.hex}"
    payment.gateway_balance_transaction_id = f"txn_{payment.pk.hex}"
    payment.save()
    with transaction.atomic():
        prepaid.begin(payment.purchase, payment, at=at, now=at)
    entries.post(
        posting.gateway_fee(
            subject=entries.subject_of(purchase=payment.purchase, gateway=payment.gateway),
            balance_transaction_id=payment.gateway_balance_transaction_id,
            fee_minor=payment.actual_fee_minor,
            at=at,
        ),
        posted_at=at,
    )


def held_session(
    package: Package, *, starts_at: datetime = sessions.STARTS_AT, at: datetime = PAID_AT
) -> Session:
    """A hold of the package's client for a session of its type."""
    kind = package.offer.session_type
    session = sessions.pending_session(
        mentor=kind.mentor, client=package.client, starts_at=starts_at
    )
    session.session_type = kind
    session.expires_at = at + timedelta(minutes=15)
    session.save(update_fields=["session_type", "expires_at"])
    return session


def drawn_session(
    package: Package, *, starts_at: datetime = sessions.STARTS_AT, at: datetime = PAID_AT
) -> tuple[Session, Purchase]:
    """A session that one of the package's credits paid for."""
    session = held_session(package, starts_at=starts_at, at=at)
    drawn = packages.use(
        package_id=package.pk, session_id=session.pk, client=package.client, now=at
    )
    session.refresh_from_db()
    return session, drawn
