"""The mentor's time: one meeting is one stretch of it. No client, no state, no price here."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.db import models
from django.db.models import F, Q

from accounts.models import Mentor
from kernel.ids import uuid7
from scheduling.models.ranges import MinutesBetween


class Meeting(models.Model):
    """A stretch of a mentor's time; two live ones never overlap, by constraint.

    `blocked` is `during` and the mentor's one gap behind it, so two meetings keep exactly one
    gap between them. `day` is the mentor's own date of the start, under which it is counted.
    A meeting whose last live session is gone is no longer live.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    gap_minutes = models.PositiveSmallIntegerField(default=0)
    blocked = DateTimeRangeField()
    day = models.DateField()
    capacity = models.PositiveSmallIntegerField(default=1)
    live = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False,
                    during__lower_inc=True,
                    during__upper_inc=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                ),
                name="scheduling_meeting_during_half_open",
            ),
            models.CheckConstraint(
                condition=Q(
                    blocked__isempty=False,
                    blocked__lower_inc=True,
                    blocked__upper_inc=False,
                    blocked__startswith=RangeStartsWith(F("during")),
                    gap_minutes=MinutesBetween(
                        RangeEndsWith(F("blocked")), RangeEndsWith(F("during"))
                    ),
                ),
                name="scheduling_meeting_blocked_is_during_and_gap",
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1), name="scheduling_meeting_capacity_positive"
            ),
            # The composite key that a session's (meeting, mentor, during) refers to.
            models.UniqueConstraint(
                fields=["id", "mentor", "during"], name="scheduling_meeting_identity"
            ),
            ExclusionConstraint(
                name="scheduling_meeting_no_overlap",
                expressions=[
                    ("mentor", RangeOperators.EQUAL),
                    ("blocked", RangeOperators.OVERLAPS),
                ],
                condition=Q(live=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["mentor", "day"], condition=Q(live=True), name="meeting_live_day")
        ]

    def __str__(self) -> str:
        return f"meeting of {self.mentor_id} {self.during}"


class DayCount(models.Model):
    """How many live meetings a mentor has on one of his dates, kept in the booking's transaction.

    `maximum` is the limit under which the latest booking was made; null is none.
    """

    id = models.BigAutoField(primary_key=True)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveSmallIntegerField()
    maximum = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mentor", "day"], name="scheduling_daycount_once"),
            models.CheckConstraint(
                condition=Q(maximum=None) | Q(count__lte=F("maximum")),
                name="scheduling_daycount_within_maximum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id} {self.day}: {self.count}"


class WeekCount(models.Model):
    """The same for the week that begins on `monday`."""

    id = models.BigAutoField(primary_key=True)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    count = models.PositiveSmallIntegerField()
    maximum = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mentor", "monday"], name="scheduling_weekcount_once"),
            models.CheckConstraint(
                condition=Q(maximum=None) | Q(count__lte=F("maximum")),
                name="scheduling_weekcount_within_maximum",
            ),
            models.CheckConstraint(
                condition=Q(monday__iso_week_day=1), name="scheduling_weekcount_on_monday"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id} week of {self.monday}: {self.count}"
