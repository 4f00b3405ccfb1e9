"""The outbox: each message is a row written in the transaction of what it tells."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from kernel.ids import uuid7

# Neither sent, nor given up, nor withdrawn.
_WAITING = Q(sent_at=None, failed_at=None, withdrawn_at=None)


class Kind(models.TextChoices):
    """The kinds of e-mail that people may switch off; the labels follow "you get"."""

    REMINDER_DAY = "reminder_day", gettext_noop("reminders a day before a session")
    REMINDER_HOUR = "reminder_hour", gettext_noop("reminders an hour before a session")
    MESSAGE_DIGEST = "message_digest", gettext_noop("e-mails about unread messages")


class SwitchedOff(models.Model):
    """A kind of e-mail that a person does not want. Where there is no row, it is on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind"], name="switched_off_once"),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="switched_off_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


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
    is withdrawn with the reason, and by constraint and trigger never sent afterwards. A message
    of a `kind` is withdrawn too where its `reader` has switched that kind off.
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
    kind = models.CharField(max_length=20, choices=Kind, blank=True, default="", db_default="")
    reader = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
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
                | (
                    Q(withdrawn_at__isnull=False)
                    & ~Q(withdrawn_reason="")
                    & ~Q(condition="", kind="")
                ),
                name="email_withdrawn_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="", reader=None) | Q(kind__in=Kind.values, reader__isnull=False),
                name="email_kind_of_a_reader",
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
