"""What one of a session's two people reports of it over HTTP, and what was decided."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Body, Out, PlainText
from scheduling.models import Incident
from scheduling.models.incident import REASON_LENGTH


class IncidentRequest(Body):
    """Report an emergency while the session runs, or that the other one did not come."""

    kind: Literal["emergency", "absence"]
    reason: Annotated[PlainText, Field(min_length=1, max_length=REASON_LENGTH)]


class IncidentOut(Out):
    """A report. `moot`: the session ended otherwise, or another report was decided first.

    `withdrawn`: whoever reported it took it back.
    """

    id: str
    kind: Literal["emergency", "absence"]
    by: Literal["client", "mentor"]
    reason: str
    status: Literal[
        "open",
        "mentor_fault",
        "pro_rata",
        "mentor_absent",
        "client_absent",
        "dismissed",
        "moot",
        "withdrawn",
    ]
    held_minutes: Annotated[
        int | None, Field(description="Of the session's length, where they decided on the share.")
    ]
    decision: Annotated[str, Field(description="Why the staff decided so; empty while it is open.")]
    created_at: datetime
    decided_at: datetime | None

    @classmethod
    def of(cls, incident: Incident) -> "IncidentOut":
        """Return the shape."""
        return cls(
            id=incident.public_id,
            kind=incident.kind,  # type: ignore[arg-type]
            by=incident.side,  # type: ignore[arg-type]
            reason=incident.reason,
            status=incident.state,  # type: ignore[arg-type]
            held_minutes=incident.held_minutes,
            decision=incident.decision,
            created_at=incident.created_at,
            decided_at=incident.decided_at,
        )


class IncidentList(Out):
    """All reports of a session, the oldest first; there are four at most."""

    items: list[IncidentOut]
