"""Another time for a session, as it is proposed and answered over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Body, Instant, Out, PlainText
from scheduling.models import Proposal
from scheduling.models.proposal import MESSAGE_LENGTH, MOST_STARTS


class ProposalRequest(Body):
    """Propose one to three other starts; the length stays the session's."""

    starts_at: Annotated[list[Instant], Field(min_length=1, max_length=MOST_STARTS)]
    message: Annotated[PlainText, Field(max_length=MESSAGE_LENGTH)] = ""


class AcceptRequest(Body):
    """Accept one of the proposed starts."""

    starts_at: Instant


class ProposalOut(Out):
    """Another time that one of the two proposed. `lapsed`: nobody answered in time."""

    id: str
    by: Literal["client", "mentor"]
    status: Literal["open", "accepted", "declined", "withdrawn", "superseded", "lapsed"]
    starts_at: list[datetime]
    accepted: Annotated[datetime | None, Field(description="The start that was accepted.")]
    message: str
    created_at: datetime
    answered_at: datetime | None

    @classmethod
    def of(cls, proposal: Proposal, *, now: datetime) -> "ProposalOut":
        """Return the shape; load the proposal with its session."""
        lapsed = proposal.state == "open" and not proposal.stands(now=now)
        return cls(
            id=proposal.public_id,
            by=proposal.side,  # type: ignore[arg-type]
            status="lapsed" if lapsed else proposal.state,  # type: ignore[arg-type]
            starts_at=proposal.starts,
            accepted=proposal.chosen,
            message=proposal.message,
            created_at=proposal.created_at,
            answered_at=proposal.answered_at,
        )


class ProposalList(Out):
    """All proposals for a session, the newest first; there are twelve at most."""

    items: list[ProposalOut]
