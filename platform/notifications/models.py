"""The outbox: each message is a row written in the transaction of what it tells."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kernel.ids import uuid7


class Email(models.Model):
    """One e-mail to one address. `key` makes it unique: one event mails a person once.

    An attempt moves `next_attempt_at` before it is made; after the last one `failed_at` is set.
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
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = "e-mail"
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(sent_at=None, failed_at=None),
                name="email_due",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(sent_at__isnull=False, failed_at__isnull=False),
                name="email_sent_or_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.to}"
