"""When a mentor is open: one schedule, its weekly rules and what bends them.

Wall clock only, in the schedule's IANA zone (or the travel zone of the date). Instants are made
in `scheduling.slots`, once; the database never converts one.
"""

from datetime import time
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Mentor, validate_time_zone
from kernel.ids import uuid7
from scheduling.models.ranges import DateRange


class Schedule(models.Model):
    """A mentor's zone and booking rules; a session type may override all but zone and gap.

    `gap_minutes` is kept free behind every meeting. `notice_minutes` and `window_days` bound
    how soon and how far ahead a start may be booked. `version` is raised by a trigger whenever
    the schedule or one of its rules changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.OneToOneField(Mentor, on_delete=models.PROTECT, related_name="+")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    step_minutes = models.PositiveSmallIntegerField(default=30)
    gap_minutes = models.PositiveSmallIntegerField(default=0)
    notice_minutes = models.PositiveIntegerField(default=120)
    window_days = models.PositiveSmallIntegerField(default=60)
    max_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    max_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(step_minutes__gte=5, step_minutes__lte=1440),
                name="scheduling_schedule_step_in_range",
            ),
            models.CheckConstraint(
                condition=Q(gap_minutes__lte=1440), name="scheduling_schedule_gap_in_range"
            ),
            models.CheckConstraint(
                condition=Q(window_days__gte=1, window_days__lte=400),
                name="scheduling_schedule_window_in_range",
            ),
            models.CheckConstraint(
                condition=(Q(max_per_day=None) | Q(max_per_day__gte=1))
                & (Q(max_per_week=None) | Q(max_per_week__gte=1)),
                name="scheduling_schedule_limits_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"schedule of {self.mentor_id} ({self.time_zone})"


class WeeklyRule(models.Model):
    """Open each `weekday` (0 is Monday) from `start_minute` to `end_minute` of the local day.

    Minutes of the wall clock: 0 is midnight, 1440 is 24:00. Both dates are inclusive.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="weekly_rules")
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    start_minute = models.PositiveSmallIntegerField(validators=[MaxValueValidator(1439)])
    end_minute = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6), name="scheduling_weeklyrule_weekday_known"
            ),
            models.CheckConstraint(
                condition=Q(start_minute__lt=F("end_minute"), end_minute__lte=1440),
                name="scheduling_weeklyrule_start_before_end",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="scheduling_weeklyrule_valid_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"weekday {self.weekday} {clock_text(self.start_minute, self.end_minute)}"


class DateOverride(models.Model):
    """Replace the weekly rules of one date: all its rows together are that day's hours.

    A row without minutes closes the date (and counts for nothing beside a row with minutes).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="date_overrides")
    date = models.DateField()
    start_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    end_minute = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(start_minute=None, end_minute=None)
                | Q(
                    start_minute__isnull=False,
                    end_minute__isnull=False,
                    start_minute__lt=F("end_minute"),
                    end_minute__lte=1440,
                ),
                name="scheduling_dateoverride_closed_or_start_before_end",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["schedule", "date"])]

    def __str__(self) -> str:
        if self.start_minute is None or self.end_minute is None:
            return f"{self.date} closed"
        return f"{self.date} {clock_text(self.start_minute, self.end_minute)}"


class TimeOff(models.Model):
    """Instants in which the mentor is away, whatever the rules say."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="times_off")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name_plural = "times off"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False, during__lower_inf=False, during__upper_inf=False
                ),
                name="scheduling_timeoff_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"time off {self.during}"


class TravelZone(models.Model):
    """From one date to another (both inclusive) the mentor's wall clock is another zone's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="travel_zones")
    from_date = models.DateField()
    to_date = models.DateField()
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(from_date__lte=F("to_date")),
                name="scheduling_travelzone_dates_in_order",
            ),
            ExclusionConstraint(
                name="scheduling_travelzone_one_zone_a_day",
                expressions=[
                    ("schedule", "="),
                    (
                        DateRange(
                            "from_date",
                            "to_date",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.time_zone} {self.from_date} – {self.to_date}"


def clock_text(start_minute: int, end_minute: int) -> str:
    """Return such as `09:00–17:30`; the end may be 24:00."""
    start = time(start_minute // 60, start_minute % 60)
    return f"{start:%H:%M}–{end_minute // 60:02d}:{end_minute % 60:02d}"
