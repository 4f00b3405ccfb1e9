"""Many mentors with one earned share each, made set-wise; the money by the product's posting.

What a form, a client and a session leave behind is written with `bulk_create`; captured, earned
and released it is as ever.
"""

from datetime import date, timedelta

from django.db.models import F
from psycopg.types.range import Range

from accounts.models import Client, Mentor, User
from billing import earnings, fees
from billing.ledger import entries, posting
from billing.models import CommissionRule, Payment, PayoutAccount, Purchase
from scheduling.models import CancellationPolicy, Meeting, Session, SessionType
from tests.billing.payouts.world import NOW
from tests.factories.people import ClientFactory
from tests.factories.sessions import STARTS_AT
from tests.standin import StandIn

ENDS_AT = STARTS_AT + timedelta(hours=1)
PAID_AT = STARTS_AT - timedelta(days=2)
SPLIT = fees.Split(fee_minor=320, commission_minor=1500, mentor_minor=8180)


def crowd(standin: StandIn, count: int) -> list[Mentor]:
    """So many mentors with a verified account, each with $81.80 of one session available."""
    mentors = _mentors(standin, count)
    payments = _paid(_sessions(mentors, ClientFactory()))
    _capture(payments)
    earnings.recognise(now=NOW)
    earnings.release(now=NOW)
    return mentors


def _mentors(standin: StandIn, count: int) -> list[Mentor]:
    first = User.objects.count()
    users = User.objects.bulk_create(
        User(email=f"crowd{n}@example.com", name=f"Mentor {n:04d}", password="!")
        for n in range(first, first + count)
    )
    mentors = Mentor.objects.bulk_create(
        Mentor(user=user, slug=f"crowd-{user.pk.hex}", status=Mentor.Status.LIVE) for user in users
    )
    payees = standin.control("POST", "stripe/plant/payees", count=count)["ids"]
    accounts = PayoutAccount.objects.bulk_create(
        PayoutAccount(
            mentor=mentor,
            gateway="stripe",
            currency="USD",
            gateway_account_id=payee,
            created_at=NOW,
            checked_at=NOW,
        )
        for mentor, payee in zip(mentors, payees, strict=True)
    )
    known = PayoutAccount.objects.filter(pk__in=[account.pk for account in accounts])
    known.update(state="active")
    return mentors


def _sessions(mentors: list[Mentor], client: Client) -> list[Session]:
    """One session each, held by the same client an hour apart, and over."""
    policy, _ = CancellationPolicy.objects.get_or_create(name="Standard", version=1)
    kinds = SessionType.objects.bulk_create(
        SessionType(
            mentor=mentor,
            name="Coaching",
            duration_minutes=60,
            price_minor=10_000,
            currency="USD",
            policy=policy,
        )
        for mentor in mentors
    )
    spans = [
        Range(STARTS_AT - timedelta(hours=n), ENDS_AT - timedelta(hours=n), "[)")
        for n in range(len(mentors))
    ]
    meetings = Meeting.objects.bulk_create(
        Meeting(mentor=mentor, during=span, blocked=span, day=date(2027, 3, 1))
        for mentor, span in zip(mentors, spans, strict=True)
    )
    made = Session.objects.bulk_create(
        Session(
            meeting=meeting,
            client=client,
            mentor=meeting.mentor,
            session_type=kind,
            state="pending",
            starts_at=meeting.during.lower,
            ends_at=meeting.during.upper,
            during=meeting.during,
            expires_at=meeting.during.lower,
            price_minor=10_000,
            currency="USD",
            policy=policy.frozen(),
            created_at=PAID_AT - timedelta(days=60),
        )
        for meeting, kind in zip(meetings, kinds, strict=True)
    )
    rows = Session.objects.filter(pk__in=[session.pk for session in made])
    rows.update(state="confirmed", expires_at=None, confirmed_at=F("created_at"))
    rows.update(state="in_progress", started_at=F("starts_at"))
    rows.update(state="completed", completed_at=F("ends_at"))
    return made


def _paid(sessions: list[Session]) -> list[Payment]:
    rule, _ = CommissionRule.objects.get_or_create(
        scope="default",
        mentor=None,
        rate_bps=1500,
        defaults={"effective_from": PAID_AT - timedelta(days=1000)},
    )
    purchases = Purchase.objects.bulk_create(
        Purchase(
            session=session,
            client_id=session.client_id,
            mentor_id=session.mentor_id,
            price_minor=10_000,
            currency="USD",
            fee_bps=290,
            fee_fixed_minor=30,
            commission_bps=1500,
            commission_rule=rule,
            fee_minor=320,
            commission_minor=1500,
            mentor_minor=8180,
            created_at=PAID_AT,
        )
        for session in sessions
    )
    payments = Payment.objects.bulk_create(
        Payment(
            purchase=purchase,
            gateway="stripe",
            amount_minor=10_000,
            currency="USD",
            created_at=PAID_AT,
            gateway_intent_id=f"pi_{purchase.pk.hex}",
        )
        for purchase in purchases
    )
    Payment.objects.filter(pk__in=[payment.pk for payment in payments]).update(
        state="succeeded",
        succeeded_at=PAID_AT,
        gateway_charge_id=F("gateway_intent_id"),
    )
    return payments


def _capture(payments: list[Payment]) -> None:
    entries.post_all(
        [
            posting.captured(
                subject=entries.subject_of(purchase=payment.purchase, gateway="stripe"),
                payment_id=payment.pk,
                paid=SPLIT,
                at=PAID_AT,
            )
            for payment in payments
        ],
        posted_at=NOW,
    )
