"""What people may ask of what is kept of them: all of it as a file, and that it is erased."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models.people import User
from kernel.ids import public_id, uuid7


class PersonalExport(models.Model):
    """All that is kept of a person, as a file for them alone; it is deleted when it has expired.

    `content` is JSON, compressed with gzip. One at a time is being made of a person.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField(null=True, blank=True)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = "data export"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ready_at=None, failed_at=None),
                name="accounts_export_one_running",
            ),
            models.CheckConstraint(
                condition=Q(ready_at=None, expires_at=None, content=None)
                | Q(
                    ready_at__isnull=False,
                    expires_at__gt=F("ready_at"),
                    content__isnull=False,
                    failed_at=None,
                ),
                name="accounts_export_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="accounts_export_expiry")]

    def __str__(self) -> str:
        return f"export of {self.user_id} of {self.requested_at:%Y-%m-%d %H:%M}"

    @property
    def public_id(self) -> str:
        return public_id("exp", self.pk)

    @property
    def state(self) -> str:
        """Where it stands: `running`, `ready` or `failed`."""
        if self.failed_at is not None:
            return "failed"
        return "running" if self.ready_at is None else "ready"


class Erasure(models.Model):
    """The wish that a person is taken out of everything, and that it was done.

    Whoever asked, the person or a member of the staff, does not carry it out: by constraint.
    While it is carried out (`begun_at`, in that transaction alone) the guards of history let the
    columns that `accounts_erases` names be written over (migration 0012).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    begun_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        permissions: ClassVar = [("perform_erasure", "Can carry out the erasure of a person")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(done_at=None, withdrawn_at=None),
                name="accounts_erasure_one_open",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(done_at__isnull=False),
                name="accounts_erasure_once",
            ),
            models.CheckConstraint(
                condition=Q(done_by=None) | ~Q(done_by=F("requested_by")) & ~Q(done_by=F("user")),
                name="accounts_erasure_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(begun_at=None, done_at=None, done_by=None)
                | Q(begun_at__isnull=False, done_by__isnull=False, withdrawn_at=None),
                name="accounts_erasure_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="accounts_erasure_withdrawn_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["requested_at"],
                condition=Q(done_at=None, withdrawn_at=None),
                name="accounts_erasure_open",
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("era", self.pk)

    @property
    def state(self) -> str:
        """Where it stands: `open`, `withdrawn` or `done`."""
        if self.done_at is not None:
            return "done"
        return "open" if self.withdrawn_at is None else "withdrawn"
