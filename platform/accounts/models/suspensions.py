"""That a mentor was taken off the market by the staff, why, and until when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models.people import Mentor, User
from kernel.ids import public_id, uuid7

REASON_LENGTH = 500


class Suspension(models.Model):
    """One suspension; it stands until it is lifted. The terms never change, rows stay.

    `was` is the status that a lift gives back. `holds_payouts`: what the mentor has earned is kept
    back as long as it stands. `ended_at` is when nothing of what was booked was left to end.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="suspensions")
    was = models.CharField(max_length=10)
    reason = models.CharField(max_length=REASON_LENGTH)
    holds_payouts = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lift_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mentor"],
                condition=Q(lifted_at=None),
                name="accounts_suspension_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(was__in=["applied", "live"]), name="accounts_suspension_was_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accounts_suspension_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lift_reason="")
                | Q(lifted_at__gte=F("at"), lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="accounts_suspension_lift_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("sus", self.pk)
