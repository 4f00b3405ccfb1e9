"""A conversation's shapes: the list with what is unread, and messages as their reader sees them."""

from datetime import datetime
from typing import Annotated, Literal, Self, cast

from pydantic import BaseModel, Field, model_validator

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, Out, PlainText
from kernel.ids import public_id
from messaging.models import TEXT_LENGTH, Report
from messaging.models.safety import WORDS_LENGTH
from messaging.queries import ConversationItem, MessageItem

Text = Annotated[
    PlainText,
    Field(
        min_length=1,
        max_length=TEXT_LENGTH,
        description="Ways to reach each other outside are hidden until a session is paid.",
    ),
]
ReportReason = Literal["harassment", "spam", "outside", "dishonest", "other"]
Number = Annotated[int, Field(ge=1, le=2_147_483_647)]


class ConversationQuery(BaseModel):
    """Which page of the own conversations."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT
    mentor: Annotated[
        str | None, Field(max_length=80, description="Only the one with this mentor (a slug).")
    ] = None
    session: Annotated[
        str | None, Field(max_length=40, description="Only the one of this session's two people.")
    ] = None


class MessageQuery(BaseModel):
    """Which messages of one conversation."""

    before: Annotated[
        int, Field(ge=1, le=2_147_483_647, description="Only older ones than this number.")
    ] = 2_147_483_647
    limit: Limit = DEFAULT_LIMIT


class ConversationBegin(Body):
    """A first message, or one more where there is a conversation already.

    To a mentor (as a client), or to the other person of a session (as either).
    """

    mentor: Annotated[
        str | None, Field(min_length=1, max_length=80, description="The mentor's slug.")
    ] = None
    session: Annotated[str | None, Field(min_length=1, max_length=40)] = None
    text: Text

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.mentor is None) == (self.session is None):
            raise ValueError("Name either a mentor or a session.")
        return self


class MessageSend(Body):
    """What to say."""

    text: Text


class ReadUpTo(Body):
    """How far the conversation was read; all of it where nothing is said."""

    up_to: Number | None = None


class ReportRequest(Body):
    """What is wrong, of the whole conversation or of one message of the other."""

    reason: ReportReason
    words: Annotated[PlainText, Field(max_length=WORDS_LENGTH)] = ""
    message: Annotated[str | None, Field(min_length=1, max_length=40)] = None


class ReportOut(Out):
    """A report that waits to be looked at. Nobody but its author and the staff sees it."""

    id: str
    conversation_id: str
    message: str | None
    reason: ReportReason
    made_at: datetime

    @classmethod
    def of(cls, report: Report) -> "ReportOut":
        return cls(
            id=report.public_id,
            conversation_id=public_id("cnv", report.conversation_id),
            message=public_id("msg", report.message_id) if report.message_id else None,
            reason=cast("ReportReason", report.reason),
            made_at=report.made_at,
        )


class MessageOut(Out):
    """One message. Numbers run from 1 without a hole within a conversation."""

    id: str
    conversation_id: str
    number: int
    text: str
    mine: Annotated[bool, Field(description="Whether the reader wrote it.")]
    sent_at: datetime

    @classmethod
    def of(cls, message: MessageItem, *, conversation_id: str) -> "MessageOut":
        return cls(
            id=message.id,
            conversation_id=conversation_id,
            number=message.number,
            text=message.text,
            mine=message.by_reader,
            sent_at=message.sent_at,
        )


class MessageList(Out):
    """Messages in the order of writing."""

    items: list[MessageOut]
    before: Annotated[
        int | None,
        Field(description="Ask with this as `before` for older ones; null at the first."),
    ]


class ConversationOut(Out):
    """All that one client and one mentor wrote to each other, seen by one of them."""

    id: str
    with_name: Annotated[str, Field(description="Whom the reader talks to.")]
    mentor: Annotated[str, Field(description="The mentor's slug.")]
    unread: int
    length: Annotated[int, Field(description="How many messages there are.")]
    last_text: str
    last_mine: bool
    last_sent_at: datetime
    blocked: Annotated[bool, Field(description="Whether the reader has blocked the other.")]
    open: Annotated[bool, Field(description="Whether messages can be sent at all.")]

    @classmethod
    def of(cls, item: ConversationItem) -> "ConversationOut":
        conversation = item.conversation
        return cls(
            id=conversation.public_id,
            with_name=item.other.name,
            mentor=conversation.mentor.slug,
            unread=item.unread,
            length=conversation.length,
            last_text=item.last_text,
            last_mine=item.last_by_reader,
            last_sent_at=conversation.last_sent_at,
            blocked=item.blocked,
            open=item.open,
        )


class UnreadOut(Out):
    """What waits for the reader."""

    messages: Annotated[int, Field(description="Messages of others that were not read.")]
    conversations: Annotated[int, Field(description="In how many conversations they are.")]


class ConversationPage(Out):
    """A page of conversations, the newest message first."""

    items: list[ConversationOut]
    next: str | None
    prev: str | None


class StreamTicketOut(Out):
    """Where to open the stream, once, within a minute."""

    url: Annotated[str, Field(description="For an EventSource. Ask anew for each opening.")]
    expires_at: datetime
