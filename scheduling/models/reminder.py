"""What was promised to whom before a session: a row for each reminder, once for each time.

Whether the e-mail left is the outbox's to say.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7
from scheduling.models.session import Session


class Reminder(models.Model):
    """One reminder of a session as it stood at `sequence`. Append-only by trigger.

    A session that moves has another sequence and is reminded of anew; nobody is reminded of the
    same time twice, by constraint.
    """

    class Kind(models.TextChoices):
        DAY = "day", "a day before"
        HOUR = "hour", "an hour before"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="reminders")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    role = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    promised_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "sequence", "kind", "role"], name="scheduling_reminder_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["day", "hour"]), name="scheduling_reminder_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["client", "mentor"]), name="scheduling_reminder_role_known"
            ),
            models.CheckConstraint(
                condition=Q(promised_at__gte=models.F("due_at")),
                name="scheduling_reminder_not_before_it_is_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} before {self.session_id} for the {self.role}"
