"""The ticket to a stream: made for a signed-in person, good for one minute and for one opening.

Only its digest is kept. Redeeming deletes the row, so that of two who bring it one gets in.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from accounts.tokens import living
from messaging.models import StreamTicket

GOOD_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A secret, shown once."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Who opened a stream, and by which sign-in: the stream ends with it."""

    person_id: UUID
    sign_in_id: UUID


def issue(*, sign_in_id: UUID, now: datetime) -> Ticket:
    """Return a new ticket of the sign-in; what it let run out is swept away."""
    StreamTicket.objects.filter(sign_in_id=sign_in_id, expires_at__lte=now).delete()
    ticket = Ticket(secret=secrets.token_urlsafe(32), expires_at=now + GOOD_FOR)
    StreamTicket.objects.create(
        digest=_digest(ticket.secret), sign_in_id=sign_in_id, expires_at=ticket.expires_at
    )
    return ticket


def redeem(*, secret: str, now: datetime) -> Holder | None:
    """Use the ticket up; None where it is none, was used, ran out, or its sign-in has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM messaging_streamticket WHERE digest = %s RETURNING sign_in_id, expires_at",
            [_digest(secret)],
        )
        found = cursor.fetchone()
    if found is None or found[1] <= now:
        return None
    person_id = living(family_ids=[found[0]], now=now).get(found[0])
    return Holder(person_id=person_id, sign_in_id=found[0]) if person_id else None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
