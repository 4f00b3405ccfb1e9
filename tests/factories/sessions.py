"""Session rows without the booking journey, moved along the lifecycle table by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from psycopg.types.range import Range

from accounts.models import Client, Mentor
from scheduling.models import CancellationPolicy, Meeting, Session, SessionType
from tests.factories.people import ClientFactory, MentorFactory

STARTS_AT = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)


def session_type(*, mentor: Mentor, price_minor: int, currency: str) -> SessionType:
    """A 60 minute session type under the policy of two tiers (all until 24 h, then half)."""
    policy, _ = CancellationPolicy.objects.get_or_create(name="Standard", version=1)
    return SessionType.objects.create(
        mentor=mentor,
        name="Coaching",
        duration_minutes=60,
        price_minor=price_minor,
        currency=currency,
        policy=policy,
    )


def pending_session(
    *,
    price_minor: int = 10_000,
    currency: str = "USD",
    starts_at: datetime = STARTS_AT,
    mentor: Mentor | None = None,
    client: Client | None = None,
) -> Session:
    """A hold of one hour, for a mentor and a client of its own unless they are given."""
    mentor = mentor or MentorFactory()
    client = client or ClientFactory()
    ends_at = starts_at + timedelta(hours=1)
    during = Range(starts_at, ends_at, "[)")
    kind = session_type(mentor=mentor, price_minor=price_minor, currency=currency)
    meeting = Meeting.objects.create(
        mentor=mentor, during=during, blocked=during, day=date(2027, 3, 1), seats_taken=1
    )
    return Session.objects.create(
        meeting=meeting,
        client=client,
        mentor=mentor,
        session_type=kind,
        state="pending",
        starts_at=starts_at,
        ends_at=ends_at,
        during=during,
        expires_at=starts_at - timedelta(days=2),
        price_minor=price_minor,
        currency=currency,
        policy=kind.policy.frozen(),
        created_at=starts_at - timedelta(days=3),
    )


def confirm(session: Session) -> None:
    """Paid two days before the start."""
    _move(
        session,
        state="confirmed",
        expires_at=None,
        confirmed_at=session.starts_at - timedelta(days=2),
    )


def begin(session: Session) -> None:
    """Begun on time."""
    _move(session, state="in_progress", started_at=session.starts_at)


def complete(session: Session) -> None:
    """Begun and ended on time."""
    begin(session)
    _move(session, state="completed", completed_at=session.ends_at)


def cancel(session: Session, *, at: datetime, by: str, refund_bps: int) -> None:
    """Cancelled, with what the policy gives back; the meeting is released."""
    _move(
        session,
        state="cancelled",
        live=False,
        expires_at=None,
        cancelled_at=at,
        cancelled_by=by,
        refund_bps=refund_bps,
    )
    Meeting.objects.filter(pk=session.meeting_id).update(live=False, seats_taken=0)


def expire(session: Session) -> None:
    """The hold's time is over."""
    _move(session, state="expired", live=False, expired_at=session.expires_at, expires_at=None)
    Meeting.objects.filter(pk=session.meeting_id).update(live=False, seats_taken=0)


def _move(session: Session, **values: Any) -> None:
    Session.objects.filter(pk=session.pk).update(**values)
    session.refresh_from_db()
