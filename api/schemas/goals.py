"""A goal's shapes: its milestones, and how far it got."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.pagination import DEFAULT_LIMIT, Cursor, Limit
from api.schemas.base import Out
from kernel.ids import public_id
from scheduling.models import Goal

Percent = Annotated[int, Field(ge=0, le=100)]


class GoalQuery(BaseModel):
    """Which goals to list."""

    open: Annotated[bool | None, Field(description="Only open ones, or only completed ones.")] = (
        None
    )
    cursor: Cursor | None = None
    limit: Limit = DEFAULT_LIMIT


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
    """What a client wants to reach. `percent` is the newest report's."""

    id: str
    title: str
    session_id: str | None
    percent: Percent
    created_at: datetime
    completed_at: datetime | None
    milestones: list[MilestoneOut]
    progress: list[ProgressOut]

    @classmethod
    def of(cls, goal: Goal) -> "GoalOut":
        """Return the shape; read the goal through `scheduling.queries.goals_of`."""
        progress = [
            ProgressOut(at=report.at, percent=report.percent, note=report.note)
            for report in goal.progress.all()
        ]
        return cls(
            id=goal.public_id,
            title=goal.title,
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
