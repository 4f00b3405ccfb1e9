"""A group's shapes: its session type, a meeting as its mentor offers and withdraws it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, Currency, Instant, MoneyOut, Out, PlainText
from kernel.ids import public_id
from scheduling.models import Meeting, SessionType
from scheduling.models.session_type import MOST_SEATS

Seats = Annotated[int, Field(ge=1, le=MOST_SEATS)]


class GroupTypeRequest(Body):
    """Make a session type for a group; every seat of it costs `price_minor`."""

    name: Annotated[PlainText, Field(min_length=1, max_length=120)]
    duration_minutes: Annotated[int, Field(ge=5, le=1440)]
    price_minor: Annotated[int, Field(ge=0, le=10**9, description="Minor units, a seat.")]
    currency: Currency
    capacity: Annotated[int, Field(ge=2, le=MOST_SEATS, description="Seats in a meeting.")]
    minimum: Annotated[Seats, Field(description="Paid seats without which it is called off.")] = 1
    cutoff_minutes: Annotated[
        int, Field(ge=0, le=60 * 24 * 60, description="Before the start: when that is decided.")
    ] = 1440


class GroupTypeOut(Out):
    """A session type for a group."""

    id: str
    name: str
    duration_minutes: int
    price: MoneyOut
    capacity: int
    minimum: int
    cutoff_minutes: int

    @classmethod
    def of(cls, kind: SessionType) -> "GroupTypeOut":
        return cls(
            id=kind.public_id,
            name=kind.name,
            duration_minutes=kind.duration_minutes,
            price=MoneyOut.minor(kind.price_minor, kind.currency),
            capacity=kind.capacity,
            minimum=kind.minimum,
            cutoff_minutes=kind.cutoff_minutes,
        )


class MeetingRequest(Body):
    """Offer a group meeting at an instant."""

    session_type: Annotated[PlainText, Field(min_length=1, max_length=40)]
    starts_at: Instant


class MeetingWithdrawal(Body):
    """Withdraw a group meeting; its clients read the reason."""

    reason: Annotated[PlainText, Field(max_length=500)] = ""


class MeetingQuery(BaseModel):
    """A page of the own group meetings."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


MeetingStatus = Literal["offered", "decided", "withdrawn"]


class MeetingOut(Out):
    """A group meeting. `seats_left` counts a hold whose time is over as free, and so a seat that is
    owed to one of those `waiting`.

    `decided` from the cut-off on, when it had its minimum; `withdrawn_by` is `mentor`, or
    `minimum` where it had not.
    """

    id: str
    session_type: str
    starts_at: datetime
    ends_at: datetime
    status: MeetingStatus
    capacity: int
    minimum: int
    seats_left: int
    waiting: int
    decide_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdraw_reason: str | None

    @classmethod
    def of(cls, meeting: Meeting) -> "MeetingOut":
        """Return the shape; load the meeting by `groups.offered_by`."""
        assert meeting.session_type_id  # noqa: S101 - a group meeting has all three,
        assert meeting.minimum  # noqa: S101 - and the CHECK
        assert meeting.decide_at  # noqa: S101 - on them says so
        status: MeetingStatus = "decided" if meeting.decided_at else "offered"
        return cls(
            id=meeting.public_id,
            session_type=public_id("sty", meeting.session_type_id),
            starts_at=meeting.during.lower,
            ends_at=meeting.during.upper,
            status="withdrawn" if meeting.withdrawn_at else status,
            capacity=meeting.capacity,
            minimum=meeting.minimum,
            seats_left=0 if meeting.withdrawn_at else meeting.seats_left,  # type: ignore[attr-defined]
            waiting=meeting.waiting,  # type: ignore[attr-defined]
            decide_at=meeting.decide_at,
            withdrawn_at=meeting.withdrawn_at,
            withdrawn_by=meeting.withdrawn_by or None,
            withdraw_reason=meeting.withdraw_reason or None,
        )


class MeetingPage(Out):
    """A page of group meetings."""

    items: list[MeetingOut]
    next: str | None
    prev: str | None
