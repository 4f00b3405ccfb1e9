"""The shapes of waiting for a seat: who joins where, and how the wait stands."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, Instant, Out, PlainText
from api.schemas.sessions import MentorRef, SessionTypeRef
from scheduling.models import WaitlistEntry
from scheduling.states import WaitState


class WaitRequest(Body):
    """Wait for a seat in the full meeting of a group type that begins at `starts_at`."""

    session_type: Annotated[PlainText, Field(min_length=1, max_length=40)]
    starts_at: Instant


class WaitQuery(BaseModel):
    """A page of the own places in lines."""

    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


WaitStatus = Literal["waiting", "offered", "accepted", "declined", "lapsed", "left", "closed"]
WaitReason = Literal["too_late", "withdrawn", "client_busy"]


class WaitOut(Out):
    """A place in the line before a meeting; `position` counts from 1 while it waits.

    `offered`: the seat is the session `session_id`, held until `expires_at`; pay it to take it.
    """

    id: str
    status: WaitStatus
    position: int | None
    starts_at: datetime
    ends_at: datetime
    mentor: MentorRef
    session_type: SessionTypeRef
    session_id: str | None
    expires_at: datetime | None
    reason: Annotated[WaitReason | None, Field(description="Why it was closed.")]
    joined_at: datetime

    @classmethod
    def of(cls, entry: WaitlistEntry, *, now: datetime) -> "WaitOut":
        """Return the shape; load the entry by `waitlist.visible_to`."""
        meeting, session = entry.meeting, entry.session
        kind = meeting.session_type
        assert kind  # noqa: S101 - a group meeting has one
        status = entry.status(now=now)
        waits = entry.state == WaitState.WAITING
        return cls(
            id=entry.public_id,
            status=status,  # type: ignore[arg-type]
            position=entry.ahead + 1 if waits else None,  # type: ignore[attr-defined]
            starts_at=meeting.during.lower,
            ends_at=meeting.during.upper,
            mentor=MentorRef.of(meeting.mentor),
            session_type=SessionTypeRef(
                id=kind.public_id, name=kind.name, duration_minutes=meeting.duration_minutes
            ),
            session_id=session.public_id if session else None,
            expires_at=session.expires_at if session and status == "offered" else None,
            reason=entry.reason or None,  # type: ignore[arg-type]
            joined_at=entry.created_at,
        )


class WaitPage(Out):
    """A page of places in lines."""

    items: list[WaitOut]
    next: str | None
    prev: str | None
