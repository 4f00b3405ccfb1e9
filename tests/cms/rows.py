"""Rows for each business list: one more of everything at each call."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django_q.models import Schedule, Task

from accounts.models import Application, Category, Erasure
from accounts.states import Check
from billing import payouts, treasury
from billing.gateways.treasury import GatewayPayout, GatewayPayoutStatus
from billing.models import (
    BankAccount,
    Break,
    Dispute,
    GatewayEvent,
    Package,
    Payment,
    Payout,
    PayoutAccount,
    ReconciliationRun,
    Refund,
)
from billing.states import PayoutAccountEvent
from billing.treasury import statements
from billing.treasury.formats import Mapping
from cms import applications, vetting
from cms.applications import Words
from cms.models import Consent, LegalVersion
from kernel.models import Job
from messaging import operations, safety
from messaging.models import Report
from notifications.models import Email
from notifications.outbox import put_email
from notifications.samples import SAMPLES
from scheduling import review_reports, reviews
from scheduling.models import Incident, ReviewReport, Session, SessionEvent
from tests.billing.payouts.world import NOW as PAID_AT
from tests.billing.payouts.world import earned
from tests.content.conftest import add_document
from tests.factories import billing
from tests.factories.packages import drawn_session, paid_package
from tests.factories.people import ClientFactory, MentorFactory, UserFactory
from tests.factories.reviews import reviewed
from tests.factories.scheduling import open_mentor
from webhooks.emitting import promise
from webhooks.models import Delivery, Endpoint, Event
from webhooks.outcomes import Outcome, record

AT = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)
HEADERS = {"created_at": AT, "currency": "USD"}


def add_session(*, client_name: str = "Chloe Client") -> tuple[Session, Payment]:
    """A paid session with its events, payment, ledger lines and a refund in progress."""
    session, payment = billing.paid_session()
    session.client.user.name = client_name
    session.client.user.save()
    for event, state in [("hold", "pending"), ("confirm", "confirmed")]:
        SessionEvent.objects.create(
            session=session, at=AT, actor="system", event=event, to_state=state
        )
    Refund.objects.create(
        payment=payment,
        amount_minor=5_000,
        cause="client_cancelled",
        bearer="platform",
        share_minor=5_000,
        mentor_minor=4_090,
        commission_minor=750,
        fee_minor=160,
        key=f"cancelled:{session.pk}",
        requested_by="system",
        **HEADERS,
    )
    Incident.objects.create(
        session=session,
        kind="absence",
        side="client",
        reported_by=session.client.user.public_id,
        reason="Nobody came.",
        created_at=AT,
        state="open",
    )
    return session, payment


def add_package() -> Package:
    """A package of three whose first credit pays for a session."""
    package = Package.objects.get(purchase__payments=paid_package())
    drawn_session(package)
    return package


def add_payouts() -> Payout:
    """A run that pays one mentor and leaves another out, given up so that the next may be built."""
    mentor, poor = MentorFactory(), MentorFactory()
    earned(mentor=mentor)
    earned(mentor=poor, price_minor=1_000)
    account = PayoutAccount.objects.create(
        mentor=mentor, gateway="stripe", currency="USD", created_at=AT
    )
    account.gateway_account_id = f"acct_{account.pk.hex}"
    account.transition(PayoutAccountEvent.ACTIVATE)
    account.save()
    by = UserFactory(name="Paula Preparer")
    run = payouts.build(currency="USD", built_by=by, now=PAID_AT)
    payouts.freeze(run_id=run.pk, by=by, now=PAID_AT)
    payouts.discard(run_id=run.pk, by=by, now=PAID_AT)
    payouts.hold(mentor_id=poor.pk, reason="The tax form is missing.", by=by, now=PAID_AT)
    return Payout.objects.get(run=run, mentor=mentor)


def add_bank(token: str) -> None:
    """An account, a statement of one line, and the payout that it is the arrival of."""
    account = BankAccount.objects.create(
        name=f"Main {token}", currency="USD", since=AT.date(), created_at=AT
    )
    treasury.apply(
        gateway="stripe",
        seen=GatewayPayout(
            id=f"po_{token}",
            status=GatewayPayoutStatus.PAID,
            amount_minor=97_070,
            currency="USD",
            created_at=AT,
            arrives_on=AT.date() + timedelta(days=2),
        ),
        now=AT,
    )
    statements.bring_in(
        account_id=account.pk,
        filename=f"{token}.csv",
        data=f"Date,Text,Amount\n2027-02-03,Payout po_{token},970.70\n".encode(),
        by=None,
        now=AT,
        mapping=Mapping(date="Date", text="Text", amount="Amount"),
    )


def add_report() -> ReviewReport:
    """A review with its reply, hidden and shown once, and what somebody reported of it."""
    review = reviewed(session_type=open_mentor(), rating=2, starts_at=AT, comment="Late, twice.")
    reviews.reply(review_id=review.pk, mentor=review.mentor, text="I am sorry.", now=AT)
    by = UserFactory(is_superuser=True)
    for act in (reviews.hide, reviews.show):
        act(review_id=review.pk, by=by, reason="Looked at.", now=AT)
    return review_reports.report(
        review_id=review.pk,
        by=review.mentor.user,
        part="review",
        reason="untrue",
        words="I was on time.",
        now=AT,
    )


def add_application() -> Application:
    """An application of which one point is ticked."""
    made = applications.apply(
        user=UserFactory(name="Ada Applicant"),
        words=Words(headline="Interviews", bio="Ten years of them.", message="Hello"),
        now=AT,
    )
    vetting.tick(
        application_id=made.pk,
        check=Check.REFERENCES,
        done=True,
        evidence="Two of them answered.",
        by=UserFactory(is_superuser=True),
        now=AT,
    )
    made.refresh_from_db()
    return made


def add_message_report() -> Report:
    """Nine messages of two people; the client reports the fifth and blocks the mentor."""
    client, mentor = ClientFactory(user__name="Ann"), MentorFactory(user__name="Ada")
    sent = [
        operations.send(
            client_id=client.pk,
            mentor_id=mentor.pk,
            author=mentor.user if number % 2 else client.user,
            text=f"Words no. {number}",
            now=AT,
        )
        for number in range(1, 10)
    ]
    where = sent[0].conversation_id
    safety.block(conversation_id=where, by=client.user, now=AT)
    return safety.report(
        conversation_id=where,
        by=client.user,
        reason="outside",
        words="Wants a transfer.",
        now=AT,
        message_id=sent[4].pk,
    )


def add_webhook() -> Delivery:
    """A person's endpoint and the site's, and an event that neither took."""
    owner = UserFactory()
    endpoints = [
        Endpoint.objects.create(
            owner=one,
            made_by=owner,
            url=f"https://hooks.example.org/{uuid4()}",
            secret="sealed",
            created_at=AT,
        )
        for one in (owner, None)
    ]
    event = Event.objects.create(
        kind="session.confirmed",
        object_id="ses_1",
        occurred_at=AT,
        people=[owner.pk],
        data={"id": "ses_1"},
    )
    promise(event, [(one.pk, True) for one in endpoints], now=AT)
    for delivery in event.deliveries.order_by("pk"):
        record(
            endpoint_id=delivery.endpoint_id,
            delivery_id=delivery.pk,
            url=delivery.endpoint.url,
            lease=None,
            at=AT,
            outcome=Outcome(duration_ms=15, status=500, error="It answered 500.", body=b"oh"),
            now=AT,
        )
    return delivery


def add_failed_email(template: str = "session_reminder") -> Email:
    """One that was given up, made of the sample of its template."""
    put_email(
        key=f"row:{uuid4()}",
        template=template,
        to="chloe@example.com",
        language="en",
        context=dict(SAMPLES[template]),
    )
    email = Email.objects.latest("created_at", "id")
    Email.objects.filter(pk=email.pk).update(
        failed_at=email.created_at + timedelta(hours=18), attempts=24, last_error="No such box"
    )
    email.refresh_from_db()
    return email


def add_erasure() -> Erasure:
    """Somebody who asked to be erased, and for whom it waits."""
    user = ClientFactory().user
    return Erasure.objects.create(user=user, requested_by=user, requested_at=AT)


def add_consent() -> Consent:
    """A document that was published, and somebody who agreed to its version."""
    page = add_document(f"terms-{uuid4().hex}", requires_acceptance=True, show_in_menus=False)
    version = LegalVersion.objects.get(page=page)
    return Consent.objects.create(
        user=ClientFactory().user, version=version, at=AT, source=Consent.Source.APP
    )


def add_rows(*, name: str = "Chloe Client") -> None:
    """Add one row to every list."""
    _, payment = add_session(client_name=name)
    add_package()
    add_payouts()
    add_report()
    add_message_report()
    add_application()
    add_failed_email()
    add_webhook()
    add_erasure()
    add_consent()
    billing.reduced_session(discount_minor=2_000, credit_minor=1_000)
    token = uuid4().hex
    Category.objects.create(name=f"Category {token}")
    GatewayEvent.objects.create(
        gateway="stripe",
        event_id=f"evt_{token}",
        type="payment_intent.succeeded",
        object_type="payment_intent",
        object_id=payment.gateway_intent_id or "",
        payload={"id": f"evt_{token}"},
        created_at=AT,
        received_at=AT,
        payment=payment,
    )
    Dispute.objects.create(
        payment=payment,
        gateway_dispute_id=f"dp_{token}",
        amount_minor=5_000,
        reason="fraudulent",
        state="needs_response",
        opened_at=AT,
        due_by=AT + timedelta(days=9),
        seen_at=AT,
        **HEADERS,
    )
    run = ReconciliationRun.objects.create(
        gateway="stripe", since=AT, until=AT + timedelta(days=1), started_at=AT
    )
    Break.objects.create(
        gateway="stripe",
        key=f"ch_{token}",
        type="amount",
        payment=payment,
        ours_minor=10_000,
        theirs_minor=9_000,
        currency="USD",
        detail="The charge is 10.00 less there.",
        occurred_at=AT,
        first_run=run,
        last_run=run,
        opened_at=AT,
    )
    add_bank(token)
    Job.objects.create(name="billing.tasks.settle", failed_at=AT, attempts=12, last_error="=1+1")
    Schedule.objects.create(name=token, func="scheduling.tasks.tick", cron="* * * * *")
    Task.objects.create(
        id=token, name=token, func="f", started=AT, stopped=AT, success=False, result="boom"
    )
