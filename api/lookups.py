"""From a public id to the object a person may see; everything else is "no such object".

A malformed id, a missing object and another person's object answer with the same words.
"""

from functools import lru_cache
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import Q, QuerySet
from pydantic import Field

from accounts.models import Mentor, User
from billing.models import Payment, Refund
from billing.queries import payments_visible_to
from kernel.errors import Invalid, NotFound
from kernel.ids import BadPublicId, parse_public_id
from scheduling.models import Goal, Session, SessionType
from scheduling.queries import goals_visible_to, sessions_visible_to

SESSION_RELATIONS = ("mentor__user", "client__user", "session_type", "replaced_by", "series")

PublicId = Annotated[str, Field(min_length=1, max_length=40)]


def no_such(what: str) -> NotFound:
    """Return the one answer for a missing object and for somebody else's."""
    return NotFound(f"There is no such {what}, or it is not yours to see.")


def parse_id(prefix: str, text: str, what: str) -> UUID:
    """Return the UUID of a public id; raise NotFound for any other text."""
    try:
        return parse_public_id(prefix, text)
    except BadPublicId:
        raise no_such(what) from None


def session_of(user: User, text: str) -> Session:
    """Return the session of a public id with what its schema shows."""
    pk = parse_id("ses", text, "session")
    rows = sessions_visible_to(user).select_related(*SESSION_RELATIONS)
    session = rows.filter(pk=pk).first()
    if session is None:
        raise no_such("session")
    return session


def goal_of(user: User, text: str) -> Goal:
    """Return the goal of a public id with its milestones and progress."""
    goal = goals_visible_to(user).filter(pk=parse_id("goa", text, "goal")).first()
    if goal is None:
        raise no_such("goal")
    return goal


def payments_of(user: User) -> QuerySet[Payment]:
    """Return the payments a person may see, with what their schema shows."""
    return (
        payments_visible_to(user)
        .select_related("purchase__session__session_type", "purchase__package__offer__session_type")
        .prefetch_related("refunds")
    )


def own_payments_of(user: User) -> QuerySet[Payment]:
    """Return what a person has paid and what was paid for their sessions, whatever else they see.

    Who works on everybody's payments has the back office's lists for it.
    """
    return payments_of(user).filter(Q(purchase__client__user=user) | Q(purchase__mentor__user=user))


def payment_of(user: User, text: str) -> Payment:
    """Return the payment of a public id."""
    pk = parse_id("pay", text, "payment")
    payment = payments_of(user).filter(pk=pk).first()
    if payment is None:
        raise no_such("payment")
    return payment


def refund_by_id(text: str | None) -> Refund | None:
    """Return the refund that a recovery point of ours names."""
    return Refund.objects.get(pk=parse_id("rfd", text, "refund")) if text else None


def session_type_of(slug: str, text: str) -> SessionType:
    """Return a live mentor's active session type, with its mentor and policy."""
    session_type = (
        SessionType.objects.select_related("mentor__user", "policy")
        .filter(
            pk=parse_id("sty", text, "session type"),
            mentor__slug=slug,
            mentor__status=Mentor.Status.LIVE,
            is_active=True,
        )
        .first()
    )
    if session_type is None:
        raise no_such("session type")
    return session_type


def own_session_type(mentor: Mentor, text: str) -> SessionType:
    """Return a mentor's own session type, offered at present or not, with its mentor."""
    session_type = (
        SessionType.objects.select_related("mentor__user")
        .filter(pk=parse_id("sty", text, "session type"), mentor=mentor)
        .first()
    )
    if session_type is None:
        raise no_such("session type")
    return session_type


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_of(name: str, *, given_as: str = "tz") -> ZoneInfo:
    """Return the zone of an IANA name; raise Invalid, naming the value, for any other text."""
    if name not in _zones():
        raise Invalid(f"{given_as} is no IANA time zone; write it like Europe/London.")
    return ZoneInfo(name)
