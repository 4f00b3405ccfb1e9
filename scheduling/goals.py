"""Goals: a client sets one, cuts it into milestones, reports progress, completes it.

Each report is kept; the newest counts. Knows no page; each function opens its own transaction.
"""

from datetime import datetime
from textwrap import shorten
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.models import Client
from kernel.errors import Invalid, NotFound, Refusal
from kernel.texts import typed
from scheduling.models import Goal, GoalProgress, Milestone, Session
from scheduling.models.goal import NOTE_LENGTH, TITLE_LENGTH

MOST_OPEN_GOALS = 50
MOST_MILESTONES = 20


class GoalCompleted(Refusal):
    """The goal is reached; nothing more is reported on it."""

    code = "goal_completed"


class TooManyGoals(Refusal):
    """The client has as many open goals as the list can hold with sense."""

    code = "too_many_goals"


class TooManyMilestones(Refusal):
    """The goal has as many milestones as it can."""

    code = "too_many_milestones"


class MilestoneReached(Refusal):
    """The milestone was reached before."""

    code = "milestone_reached"


def set_goal(
    *, client: Client, now: datetime, title: str = "", session_id: UUID | None = None
) -> Goal:
    """Set a goal, begun at one of the client's sessions or without one.

    Without a title it is what the client wrote at that booking, cut to a title's length.
    Raises Invalid, NotFound for another's session, TooManyGoals.
    """
    with transaction.atomic():
        Client.objects.select_for_update(no_key=True).get(pk=client.pk)
        if session_id is not None:
            own = Session.objects.filter(pk=session_id, client=client).first()
            if own is None:
                raise NotFound("There is no such session, or it is not yours.")
            title = title.strip() or shorten(own.goals, TITLE_LENGTH, placeholder=" …")
        title = typed(title, name="title", longest=TITLE_LENGTH, needed=True)
        if Goal.objects.filter(client=client, completed_at=None).count() >= MOST_OPEN_GOALS:
            raise TooManyGoals(f"You have {MOST_OPEN_GOALS} open goals; complete one first.")
        return Goal.objects.create(
            client=client, session_id=session_id, title=title, created_at=now
        )


def add_milestone(*, goal_id: UUID, client: Client, title: str, now: datetime) -> Milestone:
    """Add the next step. Raises NotFound, GoalCompleted, TooManyMilestones, Invalid."""
    title = typed(title, name="title", longest=TITLE_LENGTH, needed=True)
    with transaction.atomic():
        goal = _open_goal(goal_id, client)
        last = goal.milestones.aggregate(last=Max("position"))["last"] or 0
        if last >= MOST_MILESTONES:
            raise TooManyMilestones(
                f"Goal {goal.public_id} has {MOST_MILESTONES} milestones; set another goal.",
                goal_id=goal.public_id,
            )
        return Milestone.objects.create(goal=goal, position=last + 1, title=title, created_at=now)


def reach_milestone(*, milestone_id: UUID, client: Client, now: datetime) -> Milestone:
    """Mark a step as reached, once. Raises NotFound, GoalCompleted, MilestoneReached."""
    with transaction.atomic():
        milestone = Milestone.objects.filter(pk=milestone_id).first()
        if milestone is None:
            raise NotFound("There is no such milestone, or it is not yours.")
        _open_goal(milestone.goal_id, client)
        milestone.refresh_from_db()
        if milestone.reached_at is not None:
            raise MilestoneReached(
                f"“{milestone.title}” was reached on {milestone.reached_at:%Y-%m-%d}.",
                milestone_id=milestone.public_id,
            )
        milestone.reached_at = now
        milestone.save(update_fields=["reached_at"])
        return milestone


def record_progress(
    *, goal_id: UUID, client: Client, percent: int, now: datetime, note: str = ""
) -> GoalProgress:
    """Report how far the goal is, 0 to 100 percent; it may go back. Raises like the others."""
    if not 0 <= percent <= 100:
        raise Invalid("percent is 0 to 100.", pointer="/percent")
    note = typed(note, name="note", longest=NOTE_LENGTH)
    with transaction.atomic():
        goal = _open_goal(goal_id, client)
        return GoalProgress.objects.create(goal=goal, at=now, percent=percent, note=note)


def complete(*, goal_id: UUID, client: Client, now: datetime, note: str = "") -> Goal:
    """End a goal as reached, with a last report of 100 percent. Raises like the others."""
    note = typed(note, name="note", longest=NOTE_LENGTH)
    with transaction.atomic():
        goal = _open_goal(goal_id, client)
        GoalProgress.objects.create(goal=goal, at=now, percent=100, note=note)
        goal.completed_at = now
        goal.save(update_fields=["completed_at"])
        return goal


def _open_goal(goal_id: UUID, client: Client) -> Goal:
    """Return the client's goal with its row locked, so that its parts have one writer."""
    goal = Goal.objects.select_for_update(of=("self",)).filter(pk=goal_id, client=client).first()
    if goal is None:
        raise NotFound("There is no such goal, or it is not yours.")
    if goal.completed_at is not None:
        raise GoalCompleted(
            f"Goal {goal.public_id} was reached on {goal.completed_at:%Y-%m-%d}; set a new one.",
            goal_id=goal.public_id,
        )
    return goal
