"""Messages over HTTP: the own conversations, what is in them, write, and mark as read."""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from accounts.models import Mentor
from api.idempotency import IdempotencyKey, once
from api.lookups import PublicId, no_such, parse_id, session_of
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
    ReportOut,
    ReportRequest,
    StreamTicketOut,
    UnreadOut,
)
from kernel import clock
from kernel.idempotency import Attempt, reach
from kernel.ids import public_id
from messaging import operations, queries, safety, tickets
from messaging.models import Conversation, Message

router = Router(tags=["conversations"])


@router.get(
    "",
    operation_id="conversations_list",
    auth=allowed("conversations_list"),
    response={200: ConversationPage, **problems(400, 404, 422)},
    summary="List the own conversations",
)
def conversations_list(request: HttpRequest, query: Query[ConversationQuery]) -> ConversationPage:
    """As a client and as a mentor, the newest message first, each with what is unread."""
    user = user_of(request)
    rows = queries.conversation_rows(user)
    if query.mentor is not None:
        rows = rows.filter(mentor__slug=query.mentor)
    if query.session is not None:
        met = session_of(user, query.session)
        rows = rows.filter(client=met.client_id, mentor=met.mentor_id)
    page = paginate(
        rows,
        key="last_sent_at",
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of(
            "conversations",
            principal_of(request),
            {"mentor": query.mentor, "session": query.session},
        ),
    )
    items = [ConversationOut.of(queries.item_of(row, user)) for row in page.items]
    return ConversationPage(items=items, next=page.next, prev=page.prev)


@router.post(
    "",
    operation_id="conversations_begin",
    auth=allowed("conversations_begin"),
    response={201: MessageOut, **problems(400, 403, 404, 409, 413, 415, 422)},
    summary="Write to a mentor, or about a session",
)
def conversations_begin(
    request: HttpRequest, payload: ConversationBegin, key: IdempotencyKey
) -> HttpResponse:
    """Before booking too. One client and one mentor have one conversation."""

    def pair() -> tuple[UUID, UUID]:
        if payload.session is not None:
            session = session_of(user_of(request), payload.session)
            if user_of(request).pk not in {session.client.user_id, session.mentor.user_id}:
                raise no_such("session")  # staff may see it, and have no part in it
            return session.client_id, session.mentor_id
        client = client_of(request)
        mentor = Mentor.objects.filter(slug=payload.mentor, status=Mentor.Status.LIVE).first()
        if mentor is None:
            raise no_such("mentor")
        return client.pk, mentor.pk

    return once(
        request, key, payload, lambda attempt: _send(request, attempt, pair, text=payload.text)
    )


@router.get(
    "/unread",
    operation_id="conversations_unread",
    auth=allowed("conversations_unread"),
    response=UnreadOut,
    summary="Count what is unread",
)
def conversations_unread(request: HttpRequest) -> UnreadOut:
    """In all conversations: what a badge shows."""
    found = queries.unread_for(user_of(request))
    return UnreadOut(messages=found.messages, conversations=found.conversations)


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
    "/{conversation_id}",
    operation_id="conversations_get",
    auth=allowed("conversations_get"),
    response={200: ConversationOut, **problems(404)},
    summary="Show a conversation",
)
def conversations_get(request: HttpRequest, conversation_id: PublicId) -> ConversationOut:
    """As the list shows it."""
    return _shown(request, _own(request, conversation_id).pk)


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

    def pair() -> tuple[UUID, UUID]:
        found = _own(request, conversation_id)
        return found.client_id, found.mentor_id

    return once(
        request, key, payload, lambda attempt: _send(request, attempt, pair, text=payload.text)
    )


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
    return _shown(request, pk)


@router.put(
    "/{conversation_id}/block",
    operation_id="conversations_block",
    auth=allowed("conversations_block"),
    response={200: ConversationOut, **problems(404)},
    summary="Block the other person",
)
def conversations_block(request: HttpRequest, conversation_id: PublicId) -> ConversationOut:
    """Neither of the two can write any more; the other is not told. Repeating it does no harm."""
    pk = parse_id("cnv", conversation_id, "conversation")
    safety.block(conversation_id=pk, by=user_of(request), now=clock.now())
    return _shown(request, pk)


@router.delete(
    "/{conversation_id}/block",
    operation_id="conversations_unblock",
    auth=allowed("conversations_unblock"),
    response={200: ConversationOut, **problems(404)},
    summary="Unblock the other person",
)
def conversations_unblock(request: HttpRequest, conversation_id: PublicId) -> ConversationOut:
    """Lift the own block, if there is one; `open` says whether messages can be sent again."""
    pk = parse_id("cnv", conversation_id, "conversation")
    safety.unblock(conversation_id=pk, by=user_of(request), now=clock.now())
    return _shown(request, pk)


@router.post(
    "/{conversation_id}/report",
    operation_id="conversations_report",
    auth=allowed("conversations_report"),
    response={201: ReportOut, **problems(404, 409, 413, 415, 422, 429)},
    summary="Report a conversation or a message",
)
def conversations_report(
    request: HttpRequest, conversation_id: PublicId, payload: ReportRequest
) -> Status[ReportOut]:
    """The staff look at it; the other never learns of it. Once until it is decided."""
    named = payload.message
    made = safety.report(
        conversation_id=parse_id("cnv", conversation_id, "conversation"),
        message_id=None if named is None else parse_id("msg", named, "message"),
        by=user_of(request),
        reason=payload.reason,
        words=payload.words,
        now=clock.now(),
    )
    return Status(201, ReportOut.of(made))


def _shown(request: HttpRequest, pk: UUID) -> ConversationOut:
    user = user_of(request)
    return ConversationOut.of(queries.item_of(queries.conversation_rows(user).get(pk=pk), user))


def _own(request: HttpRequest, text: str) -> Conversation:
    """Return the conversation of a public id; raise NotFound for another's."""
    pk = parse_id("cnv", text, "conversation")
    found: Conversation | None = queries.visible_to(user_of(request)).filter(pk=pk).first()
    if found is None:
        raise no_such("conversation")
    return found


def _send(
    request: HttpRequest,
    attempt: Attempt,
    pair: Callable[[], tuple[UUID, UUID]],
    *,
    text: str,
) -> MessageOut:
    """Send once: a try that follows a crash finds the message that the one before it wrote."""
    user = user_of(request)
    written = attempt.recovery.get("message")
    if written is None:
        client_id, mentor_id = pair()
        with transaction.atomic():
            sent = operations.send(
                client_id=client_id, mentor_id=mentor_id, author=user, text=text, now=clock.now()
            )
            reach(attempt, message=sent.public_id)
    else:
        sent = Message.objects.get(pk=parse_id("msg", written, "message"))
    [seen] = queries.messages_in(
        conversation_id=sent.conversation_id, reader=user, limit=1, after=sent.number - 1
    )
    return MessageOut.of(seen, conversation_id=public_id("cnv", sent.conversation_id))
