"""Sessions over HTTP: hold, list, read, move, what cancelling would give back, cancel."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status

from accounts.models import User
from api.idempotency import IdempotencyKey, once
from api.lookups import SESSION_RELATIONS, PublicId, refund_by_id, session_of
from api.pagination import paginate, scope_of
from api.permissions import allowed
from api.principal import client_of, principal_of, user_of
from api.schemas.base import problems
from api.schemas.mentors import ReviewOut, SlotList
from api.schemas.sessions import (
    CancelledSession,
    CancelRequest,
    QuoteOut,
    RefundOut,
    RescheduleRequest,
    ReviewRequest,
    SessionOut,
    SessionPage,
    SessionQuery,
    SessionRequest,
)
from api.slot_lists import From, TimeZone, To, slot_list
from billing import cancellations
from billing.cancellations import Cancelled
from billing.queries import payment_for_session, payments_for_sessions
from kernel import clock, idempotency
from kernel.errors import Forbidden
from kernel.idempotency import Attempt
from messaging import safety
from scheduling import rescheduling, reviews, slot_tokens
from scheduling.booking import hold_slot
from scheduling.models import Session
from scheduling.queries import sessions_visible_to
from scheduling.states import CancelledBy

router = Router(tags=["sessions"])

SessionId = Annotated[PublicId, Path(..., alias="session_id")]


@router.post(
    "",
    operation_id="sessions_create",
    auth=allowed("sessions_create"),
    response={201: SessionOut, **problems(400, 403, 409, 422)},
    summary="Hold a slot",
)
def sessions_create(
    request: HttpRequest, body: SessionRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """A pending session until `expires_at`. 409 `slot_taken` names three free alternatives."""
    client, reader = client_of(request), user_of(request)

    def act(attempt: Attempt) -> SessionOut:
        held = attempt.recovery.get("session")
        if held is None:
            now = clock.now()
            offer = slot_tokens.read(body.slot_token, now)
            safety.require_bookable(client=client, mentor_id=offer.mentor_id)
            held = hold_slot(
                client=client,
                slot_token=body.slot_token,
                goals=body.goals,
                now=now,
                within=lambda session: idempotency.reach(attempt, session=session.public_id),
            ).public_id
        return _shown(session_of(reader, held), reader)

    return once(request, key, body, act)


@router.get(
    "",
    operation_id="sessions_list",
    auth=allowed("sessions_list"),
    response={200: SessionPage, **problems(400, 422)},
    summary="List the own sessions",
)
def sessions_list(request: HttpRequest, query: Query[SessionQuery]) -> SessionPage:
    """`upcoming` in the order of time; `past`, and all without `when`, the newest first."""
    reader = user_of(request)
    rows = sessions_visible_to(reader).select_related(*SESSION_RELATIONS)
    if query.when == "upcoming":
        rows = rows.upcoming(now=clock.now())
    elif query.when == "past":
        rows = rows.past(now=clock.now())
    page = paginate(
        rows.filter(state=query.status) if query.status else rows,
        key="starts_at",
        descending=query.when != "upcoming",
        cursor=query.cursor,
        limit=query.limit,
        scope=scope_of(
            "sessions", principal_of(request), query.model_dump(include={"when", "status"})
        ),
    )
    payments = payments_for_sessions(sessions=page.items)
    items = [
        SessionOut.of(session, reader, payment=payments.get(session.pk)) for session in page.items
    ]
    return SessionPage(items=items, next=page.next, prev=page.prev)


@router.get(
    "/{session_id}",
    operation_id="sessions_get",
    auth=allowed("sessions_get"),
    response={200: SessionOut, **problems(404, 422)},
    summary="Read a session",
)
def sessions_get(request: HttpRequest, session_id: SessionId) -> SessionOut:
    """One of the own sessions."""
    reader = user_of(request)
    return _shown(session_of(reader, session_id), reader)


@router.get(
    "/{session_id}/slots",
    operation_id="sessions_slots",
    auth=allowed("sessions_slots"),
    response={200: SlotList, **problems(403, 404, 409, 422)},
    summary="List the times that a session may move to",
)
def sessions_slots(
    request: HttpRequest,
    session_id: SessionId,
    start: From = None,
    end: To = None,
    tz: TimeZone = None,
) -> SlotList:
    """On the session's own terms; its own time counts as free. Each token moves it there."""
    now = clock.now()
    session = _clients_own(session_of(user_of(request), session_id), user_of(request))
    rescheduling.require_movable(session, now=now)
    kind = session.session_type
    return slot_list(session_type=kind, start=start, end=end, tz=tz, now=now, moving=session)


@router.post(
    "/{session_id}/reschedule",
    operation_id="sessions_reschedule",
    auth=allowed("sessions_reschedule"),
    response={200: SessionOut, **problems(400, 403, 404, 409, 422)},
    summary="Move a session to another time",
)
def sessions_reschedule(
    request: HttpRequest, session_id: SessionId, body: RescheduleRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """Twice at most, and before the mentor's notice. 409 `slot_taken` names three free times."""
    reader = user_of(request)

    def act(attempt: Attempt) -> SessionOut:
        session = _clients_own(session_of(reader, session_id), reader)
        if "moved" not in attempt.recovery:
            rescheduling.reschedule(
                session_id=session.pk,
                slot_token=body.slot_token,
                actor=reader.public_id,
                now=clock.now(),
                within=lambda moved: idempotency.reach(attempt, moved=moved.sequence),
            )
        return _shown(session_of(reader, session_id), reader)

    return once(request, key, body, act, status=200)


@router.get(
    "/{session_id}/cancellation-quote",
    operation_id="sessions_cancellation_quote",
    auth=allowed("sessions_cancellation_quote"),
    response={200: QuoteOut, **problems(403, 404, 409, 422)},
    summary="Ask what cancelling now would give back",
)
def sessions_cancellation_quote(request: HttpRequest, session_id: SessionId) -> QuoteOut:
    """The exact refund now, what is kept, and when the refund next becomes less."""
    reader = user_of(request)
    session = session_of(reader, session_id)
    quote = cancellations.quote(session=session, by=_side(session, reader), now=clock.now())
    return QuoteOut.of(quote, session)


@router.post(
    "/{session_id}/cancel",
    operation_id="sessions_cancel",
    auth=allowed("sessions_cancel"),
    response={200: CancelledSession, **problems(400, 403, 404, 409, 422)},
    summary="Cancel a session",
)
def sessions_cancel(
    request: HttpRequest, session_id: SessionId, body: CancelRequest, key: IdempotencyKey = None
) -> HttpResponse:
    """The refund is what the quote said; it is sent to the gateway after this answer."""
    reader = user_of(request)

    def act(attempt: Attempt) -> SessionOut:
        session = session_of(reader, session_id)
        if "cancelled" not in attempt.recovery:
            cancellations.cancel(
                session_id=session.pk,
                by=_side(session, reader),
                actor=reader.public_id,
                reason=body.reason,
                now=clock.now(),
                within=lambda done: idempotency.reach(attempt, cancelled=_refund_id(done)),
            )
        refund = refund_by_id(attempt.recovery["cancelled"])
        ended = session_of(reader, session_id)
        return CancelledSession.of(
            ended,
            reader,
            payment=payment_for_session(session=ended),
            refund=RefundOut.of(refund) if refund else None,
        )

    return once(request, key, body, act, status=200)


@router.post(
    "/{session_id}/review",
    operation_id="sessions_review",
    auth=allowed("sessions_review"),
    response={201: ReviewOut, **problems(403, 404, 409, 422)},
    summary="Review a session",
)
def sessions_review(
    request: HttpRequest, session_id: SessionId, body: ReviewRequest
) -> Status[ReviewOut]:
    """Once, within thirty days of the session's end; public, and never rewritten."""
    review = reviews.leave(
        session_id=session_of(user_of(request), session_id).pk,
        client=client_of(request),
        now=clock.now(),
        **body.model_dump(),
    )
    return Status(201, ReviewOut.of(review))


def _shown(session: Session, reader: User) -> SessionOut:
    return SessionOut.of(session, reader, payment=payment_for_session(session=session))


def _clients_own(session: Session, person: User) -> Session:
    if session.client.user_id != person.pk:
        raise Forbidden("Only the client of a session moves it; a mentor proposes another time.")
    return session


def _refund_id(done: Cancelled) -> str | None:
    return done.refund.public_id if done.refund else None


def _side(session: Session, person: User) -> CancelledBy:
    if session.client.user_id == person.pk:
        return CancelledBy.CLIENT
    if session.mentor.user_id == person.pk:
        return CancelledBy.MENTOR
    raise Forbidden("Only the client and the mentor of a session may cancel it here.")
