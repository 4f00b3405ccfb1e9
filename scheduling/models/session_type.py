"""What a mentor sells: a session type with its price, and the cancellation policy it is under."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Mentor
from kernel.ids import public_id, uuid7

MOST_SEATS = 500


def standard_tiers() -> list[dict[str, int]]:
    """Everything back until 24 hours before the start, half of it later."""
    return [
        {"hours_before": 24, "refund_bps": 10_000},
        {"hours_before": 0, "refund_bps": 5_000},
    ]


class CancellationPolicy(models.Model):
    """What a client gets back, by hours before the start. A booking keeps a frozen copy.

    A change of terms is a new row with a higher `version`; `scheduling.policies` reads `tiers`.
    """

    class LateBearer(models.TextChoices):
        PLATFORM = "platform", "The platform"
        CLIENT = "client", "The client"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    tiers = models.JSONField(default=standard_tiers)
    late_bearer = models.CharField(max_length=10, choices=LateBearer, default=LateBearer.PLATFORM)
    is_default = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "cancellation policies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "version"], name="scheduling_policy_version_once"
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="scheduling_policy_one_default",
            ),
            models.CheckConstraint(
                condition=Q(late_bearer__in=["platform", "client"]),
                name="scheduling_policy_late_bearer_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    def frozen(self) -> dict[str, Any]:
        """Return the copy that a booking keeps, whatever becomes of this row."""
        return {
            "name": self.name,
            "version": self.version,
            "tiers": self.tiers,
            "late_bearer": self.late_bearer,
        }


class SessionType(models.Model):
    """A kind of session of one mentor. A null booking rule means the schedule's.

    `capacity` is the number of seats: one, or more for a group, whose meetings the mentor offers
    one by one. A group needs `minimum` paid seats when `cutoff_minutes` are left to the start.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True, default="", db_default="")
    duration_minutes = models.PositiveSmallIntegerField()
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    policy = models.ForeignKey(CancellationPolicy, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    step_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_minutes = models.PositiveIntegerField(null=True, blank=True)
    window_days = models.PositiveSmallIntegerField(null=True, blank=True)
    max_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    max_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(default=1, db_default=1)
    minimum = models.PositiveSmallIntegerField(default=1, db_default=1)
    cutoff_minutes = models.PositiveIntegerField(default=1440, db_default=1440)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minimum__gte=1, capacity__gte=F("minimum"), capacity__lte=MOST_SEATS),
                name="scheduling_sessiontype_minimum_within_capacity",
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=5, duration_minutes__lte=1440),
                name="scheduling_sessiontype_duration_in_range",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="scheduling_sessiontype_currency_code",
            ),
            models.CheckConstraint(
                condition=Q(step_minutes=None) | Q(step_minutes__gte=5, step_minutes__lte=1440),
                name="scheduling_sessiontype_step_in_range",
            ),
            models.CheckConstraint(
                condition=Q(window_days=None) | Q(window_days__gte=1, window_days__lte=400),
                name="scheduling_sessiontype_window_in_range",
            ),
            models.CheckConstraint(
                condition=(Q(max_per_day=None) | Q(max_per_day__gte=1))
                & (Q(max_per_week=None) | Q(max_per_week__gte=1)),
                name="scheduling_sessiontype_limits_positive",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["mentor", "is_active"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.duration_minutes} min)"

    @property
    def is_group(self) -> bool:
        return self.capacity > 1

    @property
    def public_id(self) -> str:
        return public_id("sty", self.pk)
