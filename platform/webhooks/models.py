"""Endpoints, events, and how each event came to each endpoint.

An event is immutable, a delivery moves by `webhooks.states`, an attempt is history; triggers of
migration 0002 hold it, and that a person's endpoint is told of nothing that is not theirs to see.
All but endpoints may be dropped once it is older than ninety days.
"""

from typing import ClassVar
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import User
from kernel.ids import public_id, uuid7
from webhooks.states import State

URL_LENGTH = 2000
DESCRIPTION_LENGTH = 200
BODY_LENGTH = 2048
KIND_LENGTH = 40


class Endpoint(models.Model):
    """An address to which events are sent: a person's own, or without an `owner` the site's.

    No `kinds` means all of them. `failures` counts failed attempts in a row, since
    `failing_since`; until `rest_until` it is left alone. `busy_until` is the lease of the courier
    that has an attempt under way: there is one at a time.
    """

    class Reason(models.TextChoices):
        BY_OWNER = "by_owner", "Switched off"
        BY_STAFF = "by_staff", "Switched off by the staff"
        GONE = "gone", "It answered that it is gone (410)"
        FAILING = "failing", "Every attempt of five days failed"
        UNREADABLE = "unreadable", "Its secret cannot be read: rotate it"
        REMOVED = "removed", "Removed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=URL_LENGTH)
    description = models.CharField(max_length=DESCRIPTION_LENGTH, blank=True, default="")
    kinds = ArrayField(models.CharField(max_length=KIND_LENGTH), default=list, blank=True)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=10, choices=Reason, blank=True, default="")
    removed_at = models.DateTimeField(null=True, blank=True)
    secret = models.TextField()
    previous_secret = models.TextField(blank=True, default="")
    previous_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    rest_until = models.DateTimeField(null=True, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions: ClassVar = [
            ("manage_endpoint", "Can make, change and switch the site's webhook endpoints")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "url"],
                condition=Q(removed_at=None),
                nulls_distinct=False,
                name="webhooks_endpoint_once",
            ),
            models.CheckConstraint(
                condition=Q(url__regex=r"^https?://[^\s]+$"), name="webhooks_endpoint_address"
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_reason="")
                | Q(
                    disabled_at__isnull=False,
                    disabled_reason__in=[
                        "by_owner",
                        "by_staff",
                        "gone",
                        "failing",
                        "unreadable",
                        "removed",
                    ],
                ),
                name="webhooks_endpoint_disabled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) & ~Q(disabled_reason="removed") & ~Q(secret="")
                | Q(
                    removed_at__isnull=False,
                    disabled_reason="removed",
                    secret="",
                    previous_secret="",
                ),
                name="webhooks_endpoint_removed_without_secrets",
            ),
            models.CheckConstraint(
                condition=Q(previous_secret="", previous_until=None)
                | (~Q(previous_secret="") & Q(previous_until__isnull=False)),
                name="webhooks_endpoint_previous_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="webhooks_endpoint_failing_since",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("whk", self.pk)

    @property
    def status(self) -> str:
        """Where it stands: `enabled` or `disabled`."""
        return "disabled" if self.disabled_at else "enabled"

    @property
    def host(self) -> str:
        """What is shown of the address to others than its owner: the rest may be a secret."""
        return urlsplit(self.url).netloc


class Event(models.Model):
    """One thing that happened, as it is sent. Immutable by trigger.

    `people` are the users who may see the object: no other person's endpoint gets it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=KIND_LENGTH)
    object_id = models.CharField(max_length=60)
    occurred_at = models.DateTimeField()
    people = ArrayField(models.UUIDField(), default=list)
    data = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__regex=r"^[a-z_]+(\.[a-z_]+)+$"), name="webhooks_event_kind"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["occurred_at"], name="webhooks_event_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def public_id(self) -> str:
        return public_id("evt", self.pk)


class Delivery(models.Model):
    """One event on its way to one endpoint, or there, or given up.

    `tries` counts since it was last promised, `attempts` all of them. `due_at` is the next try.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in State], default=State.WAITING
    )
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "webhook delivery"
        verbose_name_plural = "webhook deliveries"
        permissions: ClassVar = [("replay_delivery", "Can have webhooks sent again")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhooks_delivery_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None)
                | Q(state__in=["delivered", "failed", "missed"], ended_at__isnull=False),
                name="webhooks_delivery_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "due_at", "id"],
                condition=Q(state="waiting"),
                name="webhooks_delivery_due",
            ),
            models.Index(
                fields=["endpoint", "-created_at", "-id"], name="webhooks_delivery_newest"
            ),
            models.Index(fields=["-created_at", "-id"], name="webhooks_delivery_log"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("whd", self.pk)


class Attempt(models.Model):
    """One call that was made: what it took and what came back. Append-only by trigger.

    Without a `status_code` nothing came back; `error` then says why.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="log")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    succeeded = models.BooleanField()
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.CharField(max_length=BODY_LENGTH, blank=True, default="")
    duration_ms = models.PositiveIntegerField()
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["delivery", "number"], name="webhooks_attempt_one_per_number"
            ),
            models.CheckConstraint(
                condition=Q(succeeded=True, status_code__gte=200, status_code__lt=300, error="")
                | (Q(succeeded=False) & ~Q(error="")),
                name="webhooks_attempt_succeeded_by_2xx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} no. {self.number}"
