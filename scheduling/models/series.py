"""Several sessions that were booked as one: the rule, and who has them. Frozen by trigger."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Client, Mentor
from kernel.ids import public_id, uuid7
from scheduling.models.session_type import SessionType

FEWEST_SESSIONS, MOST_SESSIONS = 2, 10
MOST_WEEKS_APART = 8
# A series is paid when it is booked, and PayPal gives nothing back after 180 days.
FARTHEST_DAYS = 150


class Series(models.Model):
    """`count` sessions of one type, every so many weeks at the same hour of the mentor's clock.

    `asked` is how many the client wanted; `left_out` names those that could not be had, where
    the client took the rest: `[{"starts_at", "reason", "detail"}]`. What becomes of each session
    is its own; one that moves stays in its series.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    session_type = models.ForeignKey(SessionType, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    every_weeks = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()
    left_out = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=MOST_WEEKS_APART),
                name="scheduling_series_weeks_in_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    asked__lte=MOST_SESSIONS,
                    count__gte=FEWEST_SESSIONS,
                    count__lte=models.F("asked"),
                ),
                name="scheduling_series_count_in_range",
            ),
            # The composite key that a session's (series, client, mentor) refers to.
            models.UniqueConstraint(
                fields=["id", "client", "mentor"], name="scheduling_series_identity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.count} sessions)"

    @property
    def public_id(self) -> str:
        return public_id("srs", self.pk)

    @property
    def rule(self) -> str:
        """The rule as RFC 5545 writes it, on the wall clock of `time_zone`."""
        every = f";INTERVAL={self.every_weeks}" if self.every_weeks > 1 else ""
        return f"FREQ=WEEKLY{every};COUNT={self.asked}"
