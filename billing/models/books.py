"""Where the books are shut: periods that finance closed, and instants whose knowledge is sealed.

Both only ever move forward. Triggers of the migration refuse an entry booked into a closed
period or posted before a seal, and hold all postings still while either line moves.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.models.ledger import LedgerAccount
from kernel.ids import public_id, uuid7


class Seal(models.Model):
    """Nothing is posted before `as_of` any more: what was known then can be told again.

    Reports "as of" an instant count what was posted before it, so under a seal they are final.
    """

    as_of = models.DateTimeField(primary_key=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d %H:%M:%S}"


class PeriodClose(models.Model):
    """The books of [since, until): proposed by one person, closed by another, never reopened.

    `content_hash` covers the totals that were proposed; who approves closes exactly these.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)
    open_breaks = models.JSONField(default=list, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "period"
        permissions: ClassVar = [("approve_periodclose", "Can close a period")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(since__lt=F("until")), name="billing_periodclose_window"
            ),
            models.CheckConstraint(
                condition=Q(content_hash__regex=r"^[0-9a-f]{64}$"),
                name="billing_periodclose_hashed",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="billing_periodclose_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False, approved_at=None),
                name="billing_periodclose_withdrawn_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["until"],
                condition=Q(withdrawn_at=None),
                name="billing_periodclose_one_live",
            ),
        ]
        indexes: ClassVar = [
            # The guard of every posting asks this index for its greatest value.
            models.Index(
                fields=["until"],
                condition=Q(approved_at__isnull=False),
                name="billing_periodclose_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} – {self.until:%Y-%m-%d}"

    @property
    def public_id(self) -> str:
        return public_id("cls", self.pk)

    @property
    def state(self) -> str:
        if self.approved_at:
            return "closed"
        return "withdrawn" if self.withdrawn_at else "proposed"


class PeriodTotal(models.Model):
    """What one account said when its period was closed. History.

    `line_hash` covers each line of the account in the period, so a cent that is moved between
    two of them later shows, though no total does.
    """

    id = models.BigAutoField(primary_key=True)
    period = models.ForeignKey(PeriodClose, on_delete=models.PROTECT, related_name="totals")
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    debit_minor = models.PositiveBigIntegerField()
    credit_minor = models.PositiveBigIntegerField()
    closing_minor = models.BigIntegerField()
    lines = models.PositiveBigIntegerField()
    line_hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "account"], name="billing_periodtotal_account_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.closing_minor:+d}"
