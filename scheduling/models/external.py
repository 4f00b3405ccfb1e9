"""Calendars that mentors keep elsewhere, and when they say that a mentor is busy.

A calendar is the last file that could be read; its busy times are what the file says from then
on for as far as bookings reach. Both are the mentor's own and go with the schedule.
"""

from typing import ClassVar, Literal
from urllib.parse import urlsplit

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from scheduling.models.availability import Schedule

NAME_LENGTH = 100
URL_LENGTH = 2000


class ExternalCalendar(models.Model):
    """One calendar by its name: a file that was brought, or what lies at a (secret) address.

    `content` came at `received_at` and was read at `read_at`; `skipped` says which of its entries
    could not be. Of an address, `checked_at` is the last time that it was asked; what went wrong
    since the last good answer is in `failures`, `failing_since` and `last_error`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    schedule = models.ForeignKey(
        Schedule, on_delete=models.CASCADE, related_name="external_calendars"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    url = models.CharField(max_length=URL_LENGTH, blank=True, default="")
    content = models.BinaryField()
    entries = models.PositiveIntegerField(default=0)
    skipped = models.JSONField(default=list)
    received_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    etag = models.CharField(max_length=200, blank=True, default="")
    last_modified = models.CharField(max_length=200, blank=True, default="")
    checked_at = models.DateTimeField(null=True, blank=True)
    next_fetch_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["schedule", "name"], name="scheduling_externalcalendar_one_of_a_name"
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="scheduling_externalcalendar_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(
                    received_at__isnull=False,
                    read_at__isnull=False,
                    read_at__gte=models.F("received_at"),
                )
                | Q(received_at=None, read_at=None),
                name="scheduling_externalcalendar_read_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(url="", received_at__isnull=False, checked_at=None, next_fetch_at=None)
                | (~Q(url="") & Q(next_fetch_at__isnull=False)),
                name="scheduling_externalcalendar_address_or_file",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None, last_error="", told_at=None)
                | Q(failures__gt=0, failing_since__isnull=False, checked_at__isnull=False),
                name="scheduling_externalcalendar_failing_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_fetch_at"],
                condition=Q(next_fetch_at__isnull=False),
                name="externalcalendar_due",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return public_id("cal", self.pk)

    @property
    def status(self) -> Literal["waiting", "good", "failing"]:
        """How it stands; `waiting` for the first answer of its address."""
        if self.failures:
            return "failing"
        return "waiting" if self.url and self.checked_at is None else "good"

    @property
    def host(self) -> str:
        """The public part of its address: the rest may be a secret. Empty for a file."""
        return urlsplit(self.url).hostname or ""


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
