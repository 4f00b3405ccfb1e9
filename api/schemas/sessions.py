"""A session's shapes: the booking that comes in, the session that goes out, and its end."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from accounts.models import Mentor, User
from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, MoneyOut, Out, PlainText
from api.schemas.mentors import PolicyOut, Stars
from billing.cancellations import CancellationQuote
from billing.declines import failure_of
from billing.models import Payment, Refund
from cms.pictures import portrait_path
from scheduling import visits
from scheduling.models import Session
from scheduling.models.review import COMMENT_LENGTH
from scheduling.models.session import MOST_CLIENT_MOVES

SessionStatus = Literal[
    "pending", "confirmed", "in_progress", "completed", "reviewed", "cancelled", "expired"
]


class SessionRequest(Body):
    """Book the slot that a token names."""

    slot_token: Annotated[PlainText, Field(min_length=1, max_length=600)]
    goals: Annotated[PlainText, Field(max_length=2000)] = ""


class SessionQuery(BaseModel):
    """Which sessions to list: `upcoming` are those to come or running, `past` all others."""

    when: Literal["upcoming", "past"] | None = None
    status: SessionStatus | None = None
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class CancelRequest(Body):
    """Cancel a session."""

    reason: Annotated[PlainText, Field(max_length=500)] = ""


class RescheduleRequest(Body):
    """Move a session to the slot that a token of the session's own list names."""

    slot_token: Annotated[PlainText, Field(min_length=1, max_length=600)]


class ReviewRequest(Body):
    """Say how a session was. The sub-scores may be left out."""

    rating: Stars
    preparation: Stars | None = None
    clarity: Stars | None = None
    usefulness: Stars | None = None
    comment: Annotated[PlainText, Field(max_length=COMMENT_LENGTH)] = ""


class MentorRef(Out):
    """The mentor of a session."""

    slug: str
    name: str
    portrait_url: Annotated[str, Field(description="Relative to this host: photo or drawing.")]
    time_zone: Annotated[str, Field(description="The mentor's own, to be named beside a time.")]

    @classmethod
    def of(cls, mentor: Mentor) -> "MentorRef":
        return cls(
            slug=mentor.slug,
            name=mentor.user.name,
            portrait_url=portrait_path(mentor.slug),
            time_zone=mentor.user.time_zone,
        )


class ClientRef(Out):
    """The client of a session."""

    name: str


class SessionTypeRef(Out):
    """The kind of a session."""

    id: str
    name: str
    duration_minutes: int


PaymentStatus = Literal["created", "pending", "succeeded", "failed", "cancelled"]


class FailureOut(Out):
    """Why the latest try to pay did not go through; the payer alone sees it."""

    code: str
    message: str

    @classmethod
    def of(cls, payment: Payment, reader: User) -> "FailureOut | None":
        """Return it for the payer; load the payment with its purchase and client."""
        failure = failure_of(payment)
        if failure is None or payment.purchase.client.user_id != reader.pk:
            return None
        return cls(code=failure.code, message=failure.message)


class PaymentRef(Out):
    """The payment that counts for a session: the paid one, else the latest attempt."""

    id: str
    gateway: str
    status: PaymentStatus
    paid_at: datetime | None
    refunded: MoneyOut
    late: Annotated[
        bool, Field(description="The money came after the hold, and all of it goes back.")
    ]
    failure: FailureOut | None

    @classmethod
    def of(cls, payment: Payment, reader: User) -> "PaymentRef":
        return cls(
            id=payment.public_id,
            gateway=payment.gateway,
            status=payment.state,  # type: ignore[arg-type]
            paid_at=payment.succeeded_at,
            refunded=MoneyOut.minor(payment.refunded_minor, payment.currency),
            late=payment.late,
            failure=FailureOut.of(payment, reader),
        )


SessionOutcome = Literal["held", "client_absent", "mentor_absent"]


class RoomHours(Out):
    """When the session's video room can be entered."""

    opens_at: datetime
    closes_at: datetime

    @classmethod
    def of(cls, session: Session) -> "RoomHours | None":
        hours = visits.hours_of(session)
        return cls(opens_at=hours.opens_at, closes_at=hours.closes_at) if hours else None


class JoinOut(RoomHours):
    """The way into the room: open `url` in a browser, or hand `token` to the provider's own kit."""

    url: str
    token: str
    provider: Literal["jitsi", "livekit"]


class SeriesRef(Out):
    """The series that a session was booked in, and its place among the `count` of it."""

    id: str
    position: int
    count: int

    @classmethod
    def of(cls, session: Session) -> "SeriesRef | None":
        """Return it; load the session with its series."""
        series = session.series
        if series is None or session.position is None:
            return None
        return cls(id=series.public_id, position=session.position, count=series.count)


class SessionOut(Out):
    """A session. `time_zone` is the reader's; `expires_at` ends an unpaid hold."""

    id: str
    status: SessionStatus
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    expires_at: datetime | None
    price: MoneyOut
    mentor: MentorRef
    client: ClientRef
    session_type: SessionTypeRef
    policy: PolicyOut
    goals: str
    created_at: datetime
    confirmed_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str | None
    cancel_reason: str | None
    expired_at: datetime | None
    outcome: Annotated[
        SessionOutcome | None,
        Field(description="Who came, where the video room shows it; none before the end."),
    ]
    room: Annotated[
        RoomHours | None, Field(description="None unless the session is booked and not over.")
    ]
    payment: PaymentRef | None
    replaced_by: Annotated[
        str | None, Field(description="The session that took an expired hold's time again.")
    ]
    sequence: Annotated[
        int, Field(description="Rises with each change of the invitation: a move, a cancellation.")
    ]
    moves_left: Annotated[int, Field(description="How often the client may still move it.")]
    refund_cap_bps: Annotated[
        int,
        Field(
            description="The most of the price that the client's cancelling gives back: a move "
            "keeps the policy's share of its own hour."
        ),
    ]

    series: SeriesRef | None

    @classmethod
    def of(
        cls, session: Session, reader: User, *, payment: Payment | None, **more: Any
    ) -> "SessionOut":
        """Return the shape; load the session with `api.lookups.SESSION_RELATIONS`.

        `payment` is the one of `billing.queries` that counts for the session.
        """
        replacement = getattr(session, "replaced_by", None)
        # A hold costs nothing: nobody writes to a mentor by it. What was paid is read.
        for_reader = session.confirmed_at is not None or reader.pk != session.mentor.user_id
        return cls(
            id=session.public_id,
            status=session.state,  # type: ignore[arg-type]
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            time_zone=reader.time_zone,
            expires_at=session.expires_at,
            price=MoneyOut.minor(session.price_minor, session.currency),
            mentor=MentorRef.of(session.mentor),
            client=ClientRef(name=session.client.user.name),
            session_type=SessionTypeRef(
                id=session.session_type.public_id,
                name=session.session_type.name,
                duration_minutes=session.duration_minutes,
            ),
            policy=PolicyOut.of(session.policy),
            goals=session.goals if for_reader else "",
            created_at=session.created_at,
            confirmed_at=session.confirmed_at,
            cancelled_at=session.cancelled_at,
            cancelled_by=session.cancelled_by or None,
            cancel_reason=(session.cancel_reason or None) if for_reader else None,
            expired_at=session.expired_at,
            outcome=session.outcome or None,  # type: ignore[arg-type]
            room=RoomHours.of(session),
            payment=PaymentRef.of(payment, reader) if payment else None,
            replaced_by=replacement.public_id if replacement else None,
            sequence=session.sequence,
            moves_left=MOST_CLIENT_MOVES - session.client_moves,
            refund_cap_bps=session.refund_cap_bps,
            series=SeriesRef.of(session),
            **more,
        )


class SessionPage(Out):
    """A page of sessions."""

    items: list[SessionOut]
    next: str | None
    prev: str | None


class QuoteOut(Out):
    """What cancelling now would give back, and when that next becomes less."""

    refund: MoneyOut
    credit: Annotated[MoneyOut, Field(description="What goes back to the own credit besides.")]
    prepaid: Annotated[
        MoneyOut,
        Field(description="What goes back to the package; all of it can be used again."),
    ]
    keeps: MoneyOut
    changes_at: datetime | None
    policy: PolicyOut

    @classmethod
    def of(cls, quote: CancellationQuote, session: Session) -> "QuoteOut":
        return cls(
            refund=MoneyOut.of(quote.refund),
            credit=MoneyOut.of(quote.credit),
            prepaid=MoneyOut.of(quote.prepaid),
            keeps=MoneyOut.of(quote.keeps),
            changes_at=quote.changes_at,
            policy=PolicyOut.of(session.policy),
        )


class RefundOut(Out):
    """Money on its way back."""

    id: str
    amount: MoneyOut
    status: str
    cause: str
    created_at: datetime

    @classmethod
    def of(cls, refund: Refund) -> "RefundOut":
        return cls(
            id=refund.public_id,
            amount=MoneyOut.minor(refund.amount_minor, refund.currency),
            status=refund.state,
            cause=refund.cause,
            created_at=refund.created_at,
        )


class CancelledSession(SessionOut):
    """The session after its cancellation, and the refund where one is due."""

    refund: RefundOut | None
