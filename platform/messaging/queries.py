"""Reading conversations: the list with what is unread, and the messages of one.

A fixed number of queries for any number of rows. What leaves here is masked until the two have
had a paid session.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from kernel.errors import NotFound
from kernel.ids import public_id
from messaging.masking import masked
from messaging.models import Block, Conversation, Delivery, Inbox, Message, ReadMark
from scheduling.queries import paid_sessions

DEFAULT_LIMIT = 50


@dataclass(frozen=True, slots=True)
class ConversationItem:
    """A conversation in a person's list. `other` is whom they talk to; `unread` counts theirs.

    `blocked` where the reader has blocked the other; `open` where the two may write.
    """

    conversation: Conversation
    other: User
    unread: int
    last_text: str
    last_by_reader: bool
    blocked: bool
    open: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """What waits for a person: messages of others, and in how many conversations."""

    messages: int
    conversations: int


@dataclass(frozen=True, slots=True)
class MessageItem:
    """A message as its reader sees it."""

    id: str
    number: int
    text: str
    by_reader: bool
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveredItem:
    """A message and its number among all that its reader was sent or wrote."""

    number: int
    conversation_id: str
    message: MessageItem


def visible_to(user: User) -> QuerySet[Conversation]:
    """Return the conversations that the person is part of."""
    return Conversation.objects.filter(Q(client__user=user) | Q(mentor__user=user))


def conversations_for(
    user: User, *, limit: int = DEFAULT_LIMIT, before: Conversation | None = None
) -> list[ConversationItem]:
    """Return the person's conversations, the newest message first; one query.

    `before` is the last conversation of the page before this one.
    """
    rows = conversation_rows(user).order_by("-last_sent_at", "-id")
    if before is not None:
        at = before.last_sent_at
        rows = rows.filter(Q(last_sent_at__lt=at) | Q(last_sent_at=at, id__lt=before.pk))
    return [item_of(row, user) for row in rows[:limit]]


def conversation_rows(user: User) -> QuerySet[Any]:
    """Return the person's conversations with what `item_of` needs, in no order."""
    newest = Message.objects.filter(conversation=OuterRef("pk"), number=OuterRef("length"))
    own = Block.objects.filter(conversation=OuterRef("pk"), lifted_at=None, by=user, by_staff=False)
    rows: QuerySet[Any] = (
        _with_unread(user)
        .select_related("client__user", "mentor__user")
        .annotate(
            last_text=Subquery(newest.values("text")),
            last_author=Subquery(newest.values("author")),
            paid=_paid(),
            blocked=Exists(own),
            closed=closed(),
        )
    )
    return rows


def unread_for(user: User) -> Unread:
    """Count what the person has not read, in all conversations; one query."""
    # Those whose end was read are left out by their numbers, before any message is looked at.
    behind = _with_unread(user).filter(length__gt=F("read_up_to"), unread__gt=0)
    found = behind.aggregate(messages=Coalesce(Sum("unread"), 0), conversations=Count("pk"))
    return Unread(**found)


def _with_unread(user: User) -> QuerySet[Any]:
    unread = (
        Message.objects.filter(conversation=OuterRef("pk"), number__gt=OuterRef("read_up_to"))
        .exclude(author=user)
        .order_by()
        .values("conversation")
        .annotate(unread=Count("pk"))
        .values("unread")
    )
    mark = ReadMark.objects.filter(conversation=OuterRef("pk"), reader=user)
    rows: QuerySet[Any] = (
        visible_to(user)
        .annotate(read_up_to=Coalesce(Subquery(mark.values("number")), 0))
        .annotate(unread=Coalesce(Subquery(unread), 0))
    )
    return rows


def item_of(row: Any, reader: User) -> ConversationItem:
    """Return a row of `conversation_rows` as its reader sees it."""
    return ConversationItem(
        conversation=row,
        other=row.mentor.user if row.client.user_id == reader.pk else row.client.user,
        unread=row.unread,
        last_text=row.last_text if row.paid else masked(row.last_text),
        last_by_reader=row.last_author == reader.pk,
        blocked=row.blocked,
        open=not row.closed,
    )


def messages_in(
    *,
    conversation_id: UUID,
    reader: User,
    limit: int = DEFAULT_LIMIT,
    before: int | None = None,
    after: int | None = None,
) -> list[MessageItem]:
    """Return the newest messages (those before the number `before`), in the order of writing.

    With `after` the oldest ones behind that number instead. Two queries. Raises NotFound where
    the reader is neither of the two.
    """
    conversation = visible_to(reader).annotate(paid=_paid()).filter(pk=conversation_id).first()
    if conversation is None:
        raise NotFound("There is no such conversation, or it is not yours to see.")
    rows = Message.objects.filter(conversation=conversation)
    if before is not None:
        rows = rows.filter(number__lt=before)
    if after is None:
        found = list(reversed(rows.order_by("-number")[:limit]))
    else:
        found = list(rows.filter(number__gt=after).order_by("number")[:limit])
    return [
        MessageItem(
            id=message.public_id,
            number=message.number,
            text=message.text if conversation.paid else masked(message.text),
            by_reader=message.author_id == reader.pk,
            sent_at=message.sent_at,
        )
        for message in found
    ]


def end_of_inbox(person_id: UUID) -> int:
    """Return the number of the newest message that the person was sent or wrote; 0 for none."""
    return Inbox.objects.filter(person=person_id).values_list("length", flat=True).first() or 0


def deliveries_after(*, person_id: UUID, number: int, limit: int) -> list[DeliveredItem]:
    """Return what the person was sent or wrote behind a number of their inbox; one query."""
    paid = paid_sessions().filter(
        client=OuterRef("message__conversation__client"),
        mentor=OuterRef("message__conversation__mentor"),
    )
    rows = (
        Delivery.objects.filter(person=person_id, number__gt=number)
        .select_related("message")
        .annotate(paid=Exists(paid))
        .order_by("number")
    )
    return [
        DeliveredItem(
            number=row.number,
            conversation_id=public_id("cnv", row.message.conversation_id),
            message=MessageItem(
                id=row.message.public_id,
                number=row.message.number,
                text=row.message.text if row.paid else masked(row.message.text),
                by_reader=row.message.author_id == person_id,
                sent_at=row.message.sent_at,
            ),
        )
        for row in rows[:limit]
    ]


def closed(path: str = "") -> Q:
    """Say in SQL whether the two of a conversation are blocked, in whichever of their roles."""
    one, other = OuterRef(f"{path}client__user"), OuterRef(f"{path}mentor__user")
    standing = Block.objects.filter(lifted_at=None)
    # Two looks by index, where one condition for both would walk all the blocks there are.
    return Q(
        Exists(standing.filter(conversation__client__user=one, conversation__mentor__user=other))
    ) | Q(Exists(standing.filter(conversation__client__user=other, conversation__mentor__user=one)))


def _paid() -> Exists:
    """Say in SQL whether the two of a conversation ever had a paid session."""
    return Exists(paid_sessions().filter(client=OuterRef("client"), mentor=OuterRef("mentor")))
