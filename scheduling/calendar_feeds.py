"""A person's sessions as a calendar to subscribe to, under a secret address that can be changed.

The document depends on the sessions alone and not on the hour at which it is asked for, so that
its ETag changes when they do.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from accounts.models import User
from kernel.errors import NotFound
from scheduling import calendars
from scheduling.models import CalendarFeed, Meeting, Session, SessionEvent

PREFIX = "cff_"
BEHIND = timedelta(days=60)
# So long a cancelled session is told as cancelled: calendars that drop what is missing need none
# of it, those that keep it are asked at least weekly.
CANCELLED_FOR = timedelta(days=30)


def feed_of(*, user: User) -> CalendarFeed | None:
    """Return the person's feed, where there is one."""
    return CalendarFeed.objects.filter(user=user).first()


def renew(*, user: User, now: datetime) -> str:
    """Return the secret of a new address; the one before is good for nothing from then on."""
    secret = PREFIX + secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"digest": _digest(secret), "created_at": now}
    )
    return secret


def close(*, user: User) -> None:
    """Make the address good for nothing. Raises NotFound where there is none."""
    deleted, _ = CalendarFeed.objects.filter(user=user).delete()
    if not deleted:
        raise NotFound("You have no calendar address.")


def reader_of(*, secret: str) -> User | None:
    """Return the active person whose address a secret is."""
    if not secret.startswith(PREFIX):
        return None
    rows = CalendarFeed.objects.select_related("user")
    feed = rows.filter(digest=_digest(secret), user__is_active=True).first()
    return feed.user if feed else None


def document(*, reader: User, now: datetime) -> str:
    """Return the calendar: what is to come, the last sixty days, what was cancelled of late.

    Two queries, whatever there is. Holds that are not paid yet are not in it. A group meeting is
    one event for its mentor, and each client's own seat for a client.
    """
    changed = SessionEvent.objects.filter(session=OuterRef("pk")).order_by("-at")
    sessions = (
        Session.objects.filter(
            Q(client__user=reader) | Q(mentor__user=reader, meeting__session_type=None)
        )
        .filter(confirmed_at__isnull=False, ends_at__gt=now - BEHIND)
        .filter(Q(live=True) | Q(cancelled_at__gt=now - CANCELLED_FOR))
        .select_related("mentor__user", "client__user", "session_type")
        .annotate(changed_at=Subquery(changed.values("at")[:1]))
        .order_by("starts_at", "id")
    )
    groups = (
        Meeting.objects.filter(mentor__user=reader, session_type__isnull=False)
        .filter(during__endswith__gt=now - BEHIND)
        .filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=now - CANCELLED_FOR))
        .select_related("session_type")
        .order_by("during", "id")
    )
    return calendars.feed(
        sessions=[(session, session.changed_at) for session in sessions],  # type: ignore[attr-defined]
        groups=list(groups),
        reader=reader,
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
