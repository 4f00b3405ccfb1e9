"""A goal's shapes: its milestones, and how far it got."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from accounts.models import User
from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Body, Out, PlainText
from kernel.ids import public_id
from scheduling.models import Goal
from scheduling.models.goal import NOTE_LENGTH, TITLE_LENGTH

Percent = Annotated[int, Field(ge=0, le=100)]


class GoalQuery(BaseModel):
    """Which goals to list."""

    open: Annotated[bool | None, Field(description="Only open ones, or only completed ones.")] = (
        None
    )
    session_id: Annotated[
        PlainText | None, Field(max_length=40, description="Only those begun at this session.")
    ] = None
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


class GoalRequest(Body):
    """Set a goal. Of a session without a title, it is what was written at the booking."""

    title: Annotated[PlainText, Field(max_length=TITLE_LENGTH)] = ""
    session_id: Annotated[PlainText | None, Field(min_length=1, max_length=40)] = None


class MilestoneRequest(Body):
    """Add a step behind those that there are."""

    title: Annotated[PlainText, Field(min_length=1, max_length=TITLE_LENGTH)]


class ProgressRequest(Body):
    """Report how far the goal is; it may go back."""

    percent: Percent
    note: Annotated[PlainText, Field(max_length=NOTE_LENGTH)] = ""


class CompleteRequest(Body):
    """End the goal as reached."""

    note: Annotated[PlainText, Field(max_length=NOTE_LENGTH)] = ""


class MilestoneOut(Out):
    """A step on the way."""

    id: str
    title: str
    reached_at: datetime | None


class ProgressOut(Out):
    """How far the goal was when this was written."""

    at: datetime
    percent: Percent
    note: str


class GoalOut(Out):
    """What a client wants to reach. `percent` is the newest report's; only its client writes."""

    id: str
    title: str
    client: Annotated[str, Field(description="Whose goal it is.")]
    own: bool
    session_id: str | None
    percent: Percent
    created_at: datetime
    completed_at: datetime | None
    milestones: list[MilestoneOut]
    progress: list[ProgressOut]

    @classmethod
    def of(cls, goal: Goal, reader: User) -> "GoalOut":
        """Return the shape; read the goal through `scheduling.queries.goals_visible_to`."""
        progress = [
            ProgressOut(at=report.at, percent=report.percent, note=report.note)
            for report in goal.progress.all()
        ]
        return cls(
            id=goal.public_id,
            title=goal.title,
            client=goal.client.user.name,
            own=goal.client.user_id == reader.pk,
            session_id=public_id("ses", goal.session_id) if goal.session_id else None,
            percent=progress[-1].percent if progress else 0,
            created_at=goal.created_at,
            completed_at=goal.completed_at,
            milestones=[
                MilestoneOut(id=step.public_id, title=step.title, reached_at=step.reached_at)
                for step in goal.milestones.all()
            ],
            progress=progress,
        )


class GoalPage(Out):
    """A page of goals, newest first."""

    items: list[GoalOut]
    next: str | None
    prev: str | None
