"""What a client wants to reach: a goal, its milestones, and how far it got, as history.

A goal belongs to its client; it may begin at a session of that client (by trigger). Progress is
never overwritten: each report is a row, and the newest one counts.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Client
from kernel.ids import public_id, uuid7
from scheduling.models.session import Session

TITLE_LENGTH = 200
NOTE_LENGTH = 1000


class Goal(models.Model):
    """One aim in the client's own words. `completed_at` ends it; only whole goals have it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="tracked_goals"
    )
    title = models.CharField(max_length=TITLE_LENGTH)
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(title=""), name="scheduling_goal_has_a_title"),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(completed_at__gte=models.F("created_at")),
                name="scheduling_goal_completed_after_it_was_set",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["client", "-created_at", "-id"], name="goal_of_client")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def public_id(self) -> str:
        return public_id("goa", self.pk)


class Milestone(models.Model):
    """A step on the way, in the order of `position` (from 1)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=TITLE_LENGTH)
    created_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["goal", "position"], name="scheduling_milestone_one_per_position"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="scheduling_milestone_position_from_1"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="scheduling_milestone_has_a_title"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"

    @property
    def public_id(self) -> str:
        return public_id("mst", self.pk)


class GoalProgress(models.Model):
    """How far the goal was at an instant, in percent, with a note. Append-only by trigger."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="progress")
    at = models.DateTimeField()
    percent = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=NOTE_LENGTH, blank=True, default="")

    class Meta:
        verbose_name_plural = "goal progress"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(percent__lte=100), name="scheduling_progress_0_to_100"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["goal", "at", "id"], name="progress_of_goal")]

    def __str__(self) -> str:
        return f"{self.percent} %"
