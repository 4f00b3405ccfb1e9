"""Write to the other person, and mark what was read. Knows no page, no e-mail and no stream.

Lock: the conversation's row gives the numbers out, one writer at a time (docs/locking.md). Each
function opens its own transaction.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Client, Mentor, User
from kernel.errors import NotFound, Refusal
from kernel.ids import uuid7
from kernel.texts import typed
from messaging import safety
from messaging.models import TEXT_LENGTH, Conversation, Message
from scheduling.queries import paid_sessions
from webhooks.emitting import emit
from webhooks.kinds import Kind


class MentorNotReachable(Refusal):
    """The mentor is not listed, and only who had a paid session with them begins to write."""

    code = "mentor_not_reachable"


def send(*, client_id: UUID, mentor_id: UUID, author: User, text: str, now: datetime) -> Message:
    """Append the author's message; the first one begins the conversation. Before booking too.

    What was typed is kept; contact details are masked where it is read. Writing counts as having
    read what came before. Raises NotFound for people who are none or where the author is neither,
    MentorNotReachable, ConversationBlocked, Invalid.
    """
    text = typed(text, name="text", longest=TEXT_LENGTH, needed=True)
    client = Client.objects.select_related("user").filter(pk=client_id).first()
    mentor = Mentor.objects.select_related("user").filter(pk=mentor_id).first()
    if client is None or mentor is None or author.pk not in {client.user_id, mentor.user_id}:
        raise NotFound("There is no such conversation, or it is not yours to see.")
    with transaction.atomic():
        conversation = _conversation(client, mentor, now)
        safety.require_open(conversation, author)
        number = conversation.length + 1
        message = Message.objects.create(
            conversation=conversation, number=number, author=author, text=text, sent_at=now
        )
        _mark(conversation.pk, author.pk, number, now)
        _announce(message, client, mentor)
        return message


def _announce(message: Message, client: Client, mentor: Mentor) -> None:
    """Tell webhooks that something was written, and by whom; never what."""
    emit(
        kind=Kind.MESSAGE_CREATED,
        object_id=message.public_id,
        people=lambda: [client.user_id, mentor.user_id],
        data=lambda: {
            "status": "sent",
            "conversation_id": message.conversation.public_id,
            "number": message.number,
            "author": "client" if message.author_id == client.user_id else "mentor",
        },
        at=message.sent_at,
    )


def _conversation(client: Client, mentor: Mentor, now: datetime) -> Conversation:
    """Return the pair's conversation, its row locked; begin it where there is none."""
    pair = Conversation.objects.select_related("client", "mentor").filter(
        client=client, mentor=mentor
    )
    found = pair.select_for_update(of=("self",), no_key=True).first()
    if found is not None:
        return found
    met = paid_sessions().filter(client=client, mentor=mentor)
    if not mentor.is_live and not met.exists():
        raise MentorNotReachable(
            f"{mentor.user.name} takes no bookings at present. Choose another mentor."
        )
    # Two first messages at once: the constraint lets one begin it, the other finds it.
    Conversation.objects.bulk_create(
        [Conversation(client=client, mentor=mentor, created_at=now, last_sent_at=now)],
        ignore_conflicts=True,
    )
    return pair.select_for_update(of=("self",), no_key=True).get()


def read(*, conversation_id: UUID, reader: User, now: datetime, up_to: int | None = None) -> None:
    """Mark the conversation as read up to a number (all of it without one); never backwards.

    Raises NotFound where the reader is neither of the two.
    """
    with transaction.atomic():
        conversation = (
            Conversation.objects.select_related("client", "mentor")
            .filter(pk=conversation_id)
            .first()
        )
        people = {conversation.client.user_id, conversation.mentor.user_id} if conversation else ()
        if conversation is None or reader.pk not in people:
            raise NotFound("There is no such conversation, or it is not yours to see.")
        last = conversation.length
        _mark(conversation_id, reader.pk, last if up_to is None else min(up_to, last), now)


def _mark(conversation_id: UUID, reader_id: UUID, number: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO messaging_readmark (id, conversation_id, reader_id, number, read_at)
            VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (conversation_id, reader_id) DO UPDATE
                SET number = excluded.number, read_at = excluded.read_at
                WHERE messaging_readmark.number < excluded.number
            """,
            [uuid7(), conversation_id, reader_id, number, now],
        )
