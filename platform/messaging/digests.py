"""Tell a person by e-mail of what waits unread: one letter for all of it, and not too often.

Level-triggered: whoever has a message that is unread for a quarter of an hour and was not told
of it is found, unless a letter went to them in the last hours or they have switched letters off.
The letter says what the page would: contact details are masked until a session is paid. Nobody is
told of a conversation that is blocked. A letter is withdrawn when all is read before it leaves.
Knows no stream and no mail server.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import Truncator

from accounts.models import User
from kernel.ids import public_id
from kernel.turns import sole_turn
from messaging import queries
from messaging.models import Delivery, Digest, ReadMark
from notifications.conditions import condition, holds
from notifications.models import Kind
from notifications.outbox import put_email
from notifications.switches import Switch

logger = logging.getLogger(__name__)

UNREAD_FOR = timedelta(minutes=15)
PAUSE = timedelta(hours=4)
REACH = timedelta(days=2)  # of what is older nobody is told any more
SHOWN = 5  # conversations that a letter quotes
QUOTED = 240  # characters of the newest message of each

_DUE = """
    SELECT d.person_id FROM messaging_message AS m
    JOIN messaging_delivery AS d ON d.message_id = m.id AND d.person_id <> m.author_id
    JOIN accounts_user AS u ON u.id = d.person_id AND u.is_active
    LEFT JOIN messaging_readmark AS r
        ON r.conversation_id = m.conversation_id AND r.reader_id = d.person_id
    LEFT JOIN LATERAL (
        SELECT through, promised_at FROM messaging_digest
        WHERE person_id = d.person_id ORDER BY through DESC LIMIT 1) AS last ON true
    WHERE m.sent_at > %(from)s AND m.sent_at <= %(until)s
      AND m.number > COALESCE(r.number, 0) AND d.number > COALESCE(last.through, 0)
      AND (last.promised_at IS NULL OR last.promised_at <= %(told_before)s)
      AND NOT EXISTS (SELECT FROM notifications_switchedoff AS off
          WHERE off.person_id = d.person_id AND off.kind = %(kind)s)
      AND NOT EXISTS (SELECT FROM messaging_block AS b
          WHERE b.conversation_id = m.conversation_id AND b.lifted_at IS NULL)
    GROUP BY d.person_id ORDER BY min(m.sent_at), d.person_id
"""


def tell_due(*, now: datetime) -> int:
    """Promise a digest to everybody who is due one at `now`; return how many. Safe twice.

    One process at a time, and a transaction each: one that cannot be written holds up no other.
    """
    with sole_turn("messaging: digests") as mine:
        return sum(_tell_safely(person_id, now) for person_id in (_due(now) if mine else ()))


def _due(now: datetime) -> list[UUID]:
    times = {"from": now - REACH, "until": now - UNREAD_FOR, "told_before": now - PAUSE}
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {**times, "kind": Kind.MESSAGE_DIGEST.value})
        return [person_id for (person_id,) in cursor.fetchall()]


def _tell_safely(person_id: UUID, now: datetime) -> bool:
    try:
        with transaction.atomic():
            return _tell(User.objects.get(pk=person_id), now)
    except Exception:
        logger.exception("no digest for person %s", person_id)
        return False


def _tell(person: User, now: datetime) -> bool:
    """Write the row and the letter. What arrives meanwhile is told of again, never left out."""
    through = queries.end_of_inbox(person.pk)
    last = Digest.objects.filter(person=person).order_by("-through").first()
    rows = queries.conversation_rows(person).filter(unread__gt=0, closed=False)
    rows = rows.order_by("-last_sent_at", "-id")
    items = [queries.item_of(row, person) for row in rows]
    if not items:
        return False  # read or blocked in this very moment
    Digest.objects.create(person=person, through=through, promised_at=now)
    put_email(
        key=f"message-digest:{public_id('usr', person.pk)}:{through}",
        template="message_digest",
        to=person.email,
        language=person.language,
        context={
            "name": person.name,
            "first": items[0].other.name,
            "others": len(items) - 1,
            "count": sum(item.unread for item in items),
            "items": [
                {
                    "other": item.other.name,
                    "unread": item.unread,
                    "text": Truncator(item.last_text).chars(QUOTED),
                }
                for item in items[:SHOWN]
            ],
            "more": len(items[SHOWN:]),
            "link": f"{settings.PUBLIC_URL}/app/messages",
        },
        only_if=holds(
            still_unread,
            person_id=str(person.pk),
            behind=last.through if last else 0,
            through=through,
        ),
        switch=Switch(Kind.MESSAGE_DIGEST, person),
    )
    return True


@condition
def still_unread(*, person_id: str, behind: int, through: int) -> str:
    """Hold while something that the letter was written for is unread: a part of the inbox."""
    person = UUID(person_id)
    mark = ReadMark.objects.filter(conversation=OuterRef("message__conversation"), reader=person)
    told_of = Delivery.objects.filter(person=person, number__gt=behind, number__lte=through)
    unread = (
        told_of.exclude(message__author=person)
        .annotate(read_up_to=Coalesce(Subquery(mark.values("number")), 0))
        .filter(message__number__gt=F("read_up_to"))
        .exclude(queries.closed("message__conversation__"))
    )
    return "" if unread.exists() else "Everything was read, or blocked, before it left."
