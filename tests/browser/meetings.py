"""Meetings for the browser tests of video rooms, made in the demo's own database.

Everything is paid at the stand-in through the product's operations. Nobody waits an hour for a
session's end: `…_over` does what the minute's tasks do at the instant at which it is decided, and
the clock looks at this one session alone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from psycopg.types.range import Range

from accounts.models import Client, Mentor
from billing import cancellations, checkout, payments, refunds
from billing.models import Payment, Refund
from kernel import clock
from kernel.ids import parse_public_id
from scheduling import lifecycle, visits
from scheduling.models import Meeting, Session
from tests.factories.people import ClientFactory
from tests.factories.sessions import pending_session
from tests.journeys.demo import PASSWORD

MINUTE = timedelta(minutes=1)
SOON, RUNNING = (
    "To meet in the room.",
    "To be met in the room.",
)  # their goals, which tell them apart


def meetings() -> dict[str, Any]:
    """One that begins in five minutes, and one that has been running for half an hour."""
    now = clock.now()
    return {
        "soon": _meeting(SOON, client("Clara Comes"), starts_at=now + 5 * MINUTE),
        "running": _meeting(RUNNING, client("Walt Waits"), starts_at=now - 30 * MINUTE),
    }


def soon_over() -> dict[str, Any]:
    """Let the first one be over."""
    return _over(_newest(SOON))


def running_over() -> dict[str, Any]:
    """Let the second one be over."""
    return _over(_newest(RUNNING))


def begins(session: str) -> dict[str, Any]:
    """Let the session with this public name be five minutes ahead."""
    _move(_named(session), clock.now() + 5 * MINUTE)
    return {}


def ends(session: str) -> dict[str, Any]:
    """Let it be over, and some days past; return how it ended, and who had come."""
    row = _named(session)
    told = _over(row)
    earlier = Session.objects.filter(mentor=row.mentor, ends_at__lt=clock.now()).count()
    _move(row, row.starts_at - (earlier + 1) * timedelta(days=1))  # a day that no other has
    return told


def _named(session: str) -> Session:
    return Session.objects.select_related("mentor").get(pk=parse_public_id("ses", session))


def _over(session: Session) -> dict[str, Any]:
    """Return how the session ended, and who had gone through its door."""
    at = session.ends_at + settings.ROOM_SETTLING
    lifecycle.advance_due(now=at, among=Q(pk=session.pk))
    cancellations.refund_absences(now=at)
    for refund in Refund.objects.filter(payment__purchase__session=session):
        refunds.send(refund_id=refund.pk, now=clock.now())
    session.refresh_from_db()
    return _told(session)


def _told(session: Session) -> dict[str, Any]:
    payment = Payment.objects.filter(purchase__session=session).latest("pk")  # the last way tried
    return {
        "state": session.state,
        "outcome": session.outcome,
        "visits": [[one.user.name, one.move] for one in visits.visits_of(session)],
        "refunds": list(payment.refunds.values_list("amount_minor", "cause", "bearer")),
    }


def _newest(goals: str) -> Session:
    rows = Session.objects.filter(goals=goals).select_related("client", "mentor")
    return rows.latest("id")


def _mentor() -> Mentor:
    """One of the demo's mentors who has nothing else to do today; those have a portrait."""
    now = clock.now()
    today = Range(now - 90 * MINUTE, now + 90 * MINUTE)
    busy = Meeting.objects.filter(live=True, during__overlap=today).values("mentor")
    free = Mentor.objects.filter(user__email__endswith="@mentors.example.com").exclude(pk__in=busy)
    mentor = free.latest("id")
    mentor.user.set_password(PASSWORD)
    mentor.user.save()
    return signs_in(mentor)


def client(name: str) -> Client:
    """A client of this name of whom nobody has heard, who can sign in."""
    made: Client = ClientFactory(user__name=name, user__password=PASSWORD)
    return signs_in(made)


def signs_in[Person: (Mentor, Client)](person: Person) -> Person:
    """Confirm the person's address, without which nobody signs in."""
    user = person.user
    known = {"verified": True, "primary": True}
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults=known)
    return person


def _meeting(goals: str, client: Client, *, starts_at: datetime) -> dict[str, str]:
    """An hour for USD 100.00 from `starts_at`, with whoever has the time."""
    session = paid(goals, client, _mentor(), starts_at=starts_at)
    return {
        "session": session.public_id,
        "client": client.user.email,
        "mentor": session.mentor.user.email,
        "name": session.mentor.user.name,
    }


def paid(goals: str, client: Client, mentor: Mentor, *, starts_at: datetime) -> Session:
    """An hour for USD 100.00 from `starts_at`, booked and paid while it was still to come."""
    session = hold(goals, client, mentor, starts_at=clock.now() + 5 * MINUTE)
    _pay(session)
    _move(session, starts_at)
    session.refresh_from_db()
    return session


def hold(goals: str, client: Client, mentor: Mentor, *, starts_at: datetime) -> Session:
    """The same, not yet paid: a quarter of an hour is left for that."""
    now = clock.now()
    session = pending_session(mentor=mentor, client=client, starts_at=starts_at)
    held = {"created_at": now, "expires_at": now + 15 * MINUTE, "goals": goals}
    Session.objects.filter(pk=session.pk).update(**held)
    session.refresh_from_db()
    return session


def _pay(session: Session) -> None:
    now = clock.now()
    started = checkout.start(
        session_id=session.pk, client=session.client, gateway="stripe", now=now
    )
    pay_for(started)


def pay_for(started: checkout.Started) -> None:
    """Pay what was begun at the stand-in, and have us look at it."""
    intent = started.client_secret.partition("_secret_")[0]
    httpx.post(
        f"{settings.STRIPE_API_BASE}/v1/payment_intents/{intent}/confirm",
        data={"payment_method": "pm_card_visa"},
        headers={"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"},
        timeout=20,
    ).raise_for_status()
    payments.settle(payment_id=started.payment.pk, now=clock.now())


def _move(session: Session, starts_at: datetime) -> None:
    ends_at = starts_at + 60 * MINUTE
    during = Range(starts_at, ends_at, "[)")
    with transaction.atomic():  # both have the same time, as of the commit
        Meeting.objects.filter(pk=session.meeting_id).update(during=during, blocked=during)
        Session.objects.filter(pk=session.pk).update(
            starts_at=starts_at, ends_at=ends_at, during=during
        )


ALL: dict[str, Callable[..., dict[str, Any]]] = {
    "meetings": meetings,
    "soon_over": soon_over,
    "running_over": running_over,
    "begins": begins,
    "ends": ends,
}
