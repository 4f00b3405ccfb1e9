"""The mentor's time: one meeting is one stretch of it. No client, no price here."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.db import models
from django.db.models import F, Q

from accounts.models import Mentor
from kernel.ids import public_id, uuid7
from scheduling.models.ranges import MinutesBetween
from scheduling.models.session_type import SessionType


class Meeting(models.Model):
    """A stretch of a mentor's time; two live ones never overlap, by constraint.

    `blocked` is `during` and the mentor's one gap behind it, so two meetings keep exactly one
    gap between them. `day` is the mentor's own date of the start, under which it is counted.
    A meeting whose last live session is gone is no longer live.

    A group meeting is offered by its mentor: it has the session type, as many seats as that had
    when it was offered, and stands without a client until it is withdrawn. At `decide_at` it
    needs `minimum` paid seats; `decided_at` is when it was found to have them.
    """

    class Withdrawer(models.TextChoices):
        MENTOR = "mentor", "its mentor"
        MINIMUM = "minimum", "too few clients at the cut-off"
        PLATFORM = "platform", "the platform"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField()
    gap_minutes = models.PositiveSmallIntegerField(default=0)
    blocked = DateTimeRangeField()
    day = models.DateField()
    capacity = models.PositiveSmallIntegerField(default=1)
    seats_taken = models.PositiveSmallIntegerField(default=0, db_default=0)
    live = models.BooleanField(default=True)
    session_type = models.ForeignKey(
        SessionType, on_delete=models.PROTECT, null=True, related_name="+"
    )
    minimum = models.PositiveSmallIntegerField(null=True)
    decide_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(
        max_length=10, choices=Withdrawer, blank=True, default="", db_default=""
    )
    withdraw_reason = models.CharField(max_length=500, blank=True, default="", db_default="")

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
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("capacity")),
                name="scheduling_meeting_seats_within_capacity",
            ),
            models.CheckConstraint(
                condition=Q(
                    session_type=None,
                    capacity=1,
                    minimum=None,
                    decide_at=None,
                    decided_at=None,
                    withdrawn_at=None,
                )
                | Q(
                    session_type__isnull=False,
                    capacity__gte=2,
                    minimum__gte=1,
                    minimum__lte=F("capacity"),
                    decide_at__isnull=False,
                ),
                name="scheduling_meeting_group_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="", withdraw_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__in=["mentor", "minimum", "platform"]),
                name="scheduling_meeting_withdrawal_whole",
            ),
            models.CheckConstraint(
                condition=Q(live=True) | Q(session_type=None) | Q(withdrawn_at__isnull=False),
                name="scheduling_meeting_group_stands_until_withdrawn",
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
            models.Index(fields=["mentor", "day"], condition=Q(live=True), name="meeting_live_day"),
            models.Index(
                fields=["session_type"],
                condition=Q(live=True, session_type__isnull=False),
                name="meeting_group_live",
            ),
            models.Index(
                fields=["decide_at"],
                condition=Q(live=True, decided_at=None, withdrawn_at=None, decide_at__isnull=False),
                name="meeting_to_decide",
            ),
        ]

    def __str__(self) -> str:
        return f"meeting of {self.mentor_id} {self.during}"

    @property
    def public_id(self) -> str:
        return public_id("mtg", self.pk)

    @property
    def duration_minutes(self) -> int:
        """The length that it has, whatever its session type has become."""
        return int((self.during.upper - self.during.lower).total_seconds()) // 60

    @property
    def is_group(self) -> bool:
        return self.session_type_id is not None


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
