"""Calendars that mentors keep elsewhere, and when they say that a mentor is busy.

A calendar is the last file that could be read; its busy times are what the file says from then
on for as far as bookings reach. Both are the mentor's own and go with the schedule.
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from scheduling.models.availability import Schedule

NAME_LENGTH = 100


class ExternalCalendar(models.Model):
    """One calendar by its name. `skipped` says which entries of the file could not be read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schedule = models.ForeignKey(
        Schedule, on_delete=models.CASCADE, related_name="external_calendars"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    content = models.BinaryField()
    skipped = models.JSONField(default=list)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["schedule", "name"], name="scheduling_externalcalendar_one_of_a_name"
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="scheduling_externalcalendar_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(read_at__gte=models.F("received_at")),
                name="scheduling_externalcalendar_read_after_it_came",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return public_id("cal", self.pk)


class ExternalBusy(models.Model):
    """Instants in which a calendar says that the mentor is busy; merged, so none overlap."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    calendar = models.ForeignKey(ExternalCalendar, on_delete=models.CASCADE, related_name="busy")
    during = DateTimeRangeField()

    class Meta:
        verbose_name_plural = "external busy times"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False,
                    during__lower_inc=True,
                    during__upper_inc=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                ),
                name="scheduling_externalbusy_half_open",
            ),
            ExclusionConstraint(
                name="scheduling_externalbusy_no_overlap",
                expressions=[("calendar", "="), ("during", "&&")],
            ),
        ]

    def __str__(self) -> str:
        return f"busy {self.during}"
