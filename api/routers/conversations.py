"""Messages over HTTP: the own conversations, what is in them, write, and mark as read."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from accounts.models import Mentor
from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, no_such, parse_id
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import client_of, principal_of, sign_in_of, user_of
from api.schemas.base import problems
from api.schemas.conversations import (
    ConversationBegin,
    ConversationOut,
    ConversationPage,
    ConversationQuery,
    MessageList,
    MessageOut,
    MessageQuery,
    MessageSend,
    ReadUpTo,
    StreamTicketOut,
)
from kernel import clock
from kernel.ids import public_id
from messaging import operations, queries, tickets
from messaging.models import Conversation, Message

router = Router(tags=["conversations"])


@router.get(
    "",
    operation_id="conversations_list",
    auth=allowed("conversations_list"),
    response={200: ConversationPage, **problems(400, 422)},
    summary="List the own conversations",
)
def conversations_list(request: HttpRequest, query: Query[ConversationQuery]) -> ConversationPage:
    """As a client and as a mentor, the newest message first, each with what is unread."""
    user = user_of(request)
    page = paginate(
        queries.conversation_rows(user),
        key="last_sent_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of("conversations", principal_of(request), {}),
    )
    items = [ConversationOut.of(queries.item_of(row, user)) for row in page.items]
    return ConversationPage(items=items, next=page.next, prev=page.prev)


@router.post(
    "",
    operation_id="conversations_begin",
    auth=allowed("conversations_begin"),
    response={201: MessageOut, **problems(400, 403, 404, 409, 413, 415, 422)},
    summary="Write to a mentor",
)
def conversations_begin(
    request: HttpRequest, payload: ConversationBegin, key: IdempotencyKey
) -> HttpResponse:
    """Before booking too. One client and one mentor have one conversation."""
    client = client_of(request)

    def act(_: object) -> MessageOut:
        mentor = Mentor.objects.filter(slug=payload.mentor, status=Mentor.Status.LIVE).first()
        if mentor is None:
            raise no_such("mentor")
        return _send(request, client_id=client.pk, mentor_id=mentor.pk, text=payload.text)

    return once(request, key, payload, act)


@router.post(
    "/stream",
    operation_id="conversations_stream",
    auth=allowed("conversations_stream"),
    response={201: StreamTicketOut, **problems(403)},
    summary="Get a ticket to the live messages",
)
def conversations_stream(request: HttpRequest) -> Status[StreamTicketOut]:
    """Good for one minute and one opening; to go on, add `&after=` the last event's id."""
    ticket = tickets.issue(sign_in_id=sign_in_of(request), now=clock.now())
    url = f"{settings.STREAM_URL}/stream/messages?ticket={ticket.secret}"
    return Status(201, StreamTicketOut(url=url, expires_at=ticket.expires_at))


@router.get(
    "/{conversation_id}/messages",
    operation_id="conversations_messages",
    auth=allowed("conversations_messages"),
    response={200: MessageList, **problems(404, 422)},
    summary="Read messages",
)
def conversations_messages(
    request: HttpRequest, conversation_id: PublicId, query: Query[MessageQuery]
) -> MessageList:
    """The newest, or those before a number, in the order of writing. Reading marks nothing."""
    pk = parse_id("cnv", conversation_id, "conversation")
    found = queries.messages_in(
        conversation_id=pk, reader=user_of(request), limit=query.limit, before=query.before
    )
    return MessageList(
        items=[MessageOut.of(one, conversation_id=public_id("cnv", pk)) for one in found],
        before=found[0].number if found and found[0].number > 1 else None,
    )


@router.post(
    "/{conversation_id}/messages",
    operation_id="conversations_send",
    auth=allowed("conversations_send"),
    response={201: MessageOut, **problems(400, 404, 409, 413, 415, 422)},
    summary="Write a message",
)
def conversations_send(
    request: HttpRequest, conversation_id: PublicId, payload: MessageSend, key: IdempotencyKey
) -> HttpResponse:
    """Writing counts as having read what came before."""

    def act(_: object) -> MessageOut:
        found = _own(request, conversation_id)
        return _send(
            request, client_id=found.client_id, mentor_id=found.mentor_id, text=payload.text
        )

    return once(request, key, payload, act)


@router.post(
    "/{conversation_id}/read",
    operation_id="conversations_read",
    auth=allowed("conversations_read"),
    response={200: ConversationOut, **problems(404, 413, 415, 422)},
    summary="Mark as read",
)
def conversations_read(
    request: HttpRequest, conversation_id: PublicId, payload: ReadUpTo
) -> ConversationOut:
    """Up to a number or to the end; the mark never goes back, so repeating it does no harm."""
    user = user_of(request)
    pk = parse_id("cnv", conversation_id, "conversation")
    operations.read(conversation_id=pk, reader=user, up_to=payload.up_to, now=clock.now())
    return ConversationOut.of(queries.item_of(queries.conversation_rows(user).get(pk=pk), user))


def _own(request: HttpRequest, text: str) -> Conversation:
    """Return the conversation of a public id; raise NotFound for another's."""
    pk = parse_id("cnv", text, "conversation")
    found: Conversation | None = queries.visible_to(user_of(request)).filter(pk=pk).first()
    if found is None:
        raise no_such("conversation")
    return found


def _send(request: HttpRequest, *, client_id: UUID, mentor_id: UUID, text: str) -> MessageOut:
    user = user_of(request)
    sent: Message = operations.send(
        client_id=client_id, mentor_id=mentor_id, author=user, text=text, now=clock.now()
    )
    [seen] = queries.messages_in(
        conversation_id=sent.conversation_id, reader=user, limit=1, after=sent.number - 1
    )
    return MessageOut.of(seen, conversation_id=public_id("cnv", sent.conversation_id))
