"""The kernel's tables: jobs to do, what was done by whom, and answers given under a key."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from kernel.ids import uuid7


class Job(models.Model):
    """Work promised inside a transaction, done after it, at least once.

    `name` is the dotted name of a registered task; `lease_until` is set while a worker has it,
    so that a job whose worker was killed is taken again when the lease is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - unique where set
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "dedupe_key"],
                condition=Q(done_at=None, failed_at=None, lease_until=None),
                name="kernel_job_one_waiting_per_key",
            ),
            models.CheckConstraint(
                condition=~Q(done_at__isnull=False, failed_at__isnull=False),
                name="kernel_job_done_or_failed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(done_at=None, failed_at=None),
                name="kernel_job_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"


class AuditEntry(models.Model):
    """Who did what to which object, and why. Append-only by trigger.

    `source` is the network address from which staff did it in the back office; empty elsewhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    action = models.CharField(max_length=100)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    source = models.CharField(max_length=45, blank=True, default="", db_default="")

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id", "at"]),
            models.Index(fields=["-at"], name="kernel_audit_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action} {self.object_id}"


class SavedView(models.Model):
    """The filters of one list (`listed` is its address's name) under a name; `query` is kept as
    it stands in the address. Shared with `group`, where there is one.
    """

    LONGEST = 2000

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(
        "auth.Group", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    listed = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=LONGEST)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "owner", "listed", Lower("name"), name="kernel_savedview_name_once"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(query=""), name="kernel_savedview_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(models.Model):
    """One (principal, route, key): what was asked, how far it got, and the answer given.

    *Started* is committed first, each effect commits together with its recovery point
    (`recovery`), the answer is stored last. `lease_until` tells an in-flight twin from a crash.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    principal = models.CharField(max_length=80)
    route = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    recovery = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.BinaryField(null=True, blank=True)
    content_type = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["principal", "route", "key"], name="kernel_idempotency_once"
            ),
            models.CheckConstraint(
                condition=Q(status=None, body=None) | Q(status__isnull=False, body__isnull=False),
                name="kernel_idempotency_answer_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class RateCount(models.Model):
    """How many calls were made under one key in the window that ends at `until`.

    `kernel.limits` alone writes it, with one upsert per call.
    """

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["until"], name="kernel_rate_until")]

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"


class PublicChange(models.Model):
    """A transaction that changed something that public pages show.

    Written by triggers (`kernel.sql.public`), by that transaction itself, so whoever sees the
    change sees the row; `transaction` is its number in PostgreSQL. Pages in memory are held against
    it (`kernel.page_memory.watch`). Those of hours ago are forgotten.
    """

    transaction = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Transaction {self.transaction}, {self.at:%Y-%m-%d %H:%M}"
