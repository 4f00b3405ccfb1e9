"""The outbox: each message is a row written in the transaction of what it tells."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kernel.ids import uuid7

# Neither sent, nor given up, nor withdrawn.
_WAITING = Q(sent_at=None, failed_at=None, withdrawn_at=None)


class EmailQuerySet(models.QuerySet["Email"]):
    """Reading messages by where they stand."""

    def waiting(self) -> Self:
        """Messages that are still to be sent."""
        return self.filter(_WAITING)

    def due(self, *, now: datetime) -> Self:
        """Those of them whose next attempt has come."""
        return self.waiting().filter(next_attempt_at__lte=now)


class Email(models.Model):
    """One e-mail to one address. `key` makes it unique: one event mails a person once.

    An attempt moves `next_attempt_at` before it is made; after the last one `failed_at` is set.
    Where there is a `condition`, it is asked before each attempt; a message that has become untrue
    is withdrawn with the reason, and by constraint and trigger never sent afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=60)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    ics = models.TextField(blank=True, default="")
    ics_method = models.CharField(max_length=10, blank=True, default="")
    condition = models.CharField(max_length=120, blank=True, default="", db_default="")
    condition_arguments = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True, default="", db_default="")

    objects = EmailQuerySet.as_manager()

    class Meta:
        verbose_name = "e-mail"
        permissions: ClassVar = [("retry_email", "Can have failed e-mails tried again")]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=_WAITING,
                name="email_due",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(failed_at=None, withdrawn_at=None)
                | Q(sent_at=None, withdrawn_at=None)
                | Q(sent_at=None, failed_at=None),
                name="email_one_end",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="") & ~Q(condition="")),
                name="email_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.to}"

    @property
    def state(self) -> str:
        """Where it stands: `sent`, `failed`, `withdrawn` or `waiting`."""
        ends = (
            ("sent", self.sent_at),
            ("failed", self.failed_at),
            ("withdrawn", self.withdrawn_at),
        )
        return next((name for name, at in ends if at is not None), "waiting")
