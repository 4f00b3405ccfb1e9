"""A mentor's debt that will not come back: written off by two persons, or left standing.

The approver is another person than who asked: a CHECK and a trigger, for superusers too.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Mentor
from billing.models.purchase import CURRENCY_CODE
from kernel.ids import public_id, uuid7


class WriteOff(models.Model):
    """What somebody asks to write off, and what another person said to it.

    One undecided per mentor and currency. Its id is the key of its ledger entry.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    declined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions: ClassVar = [
            ("request_writeoff", "Can ask for a mentor's debt to be written off"),
            ("approve_writeoff", "Can write off a mentor's debt that another person asked for"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mentor", "currency"],
                condition=Q(approved_at=None, declined_at=None),
                name="billing_writeoff_one_undecided",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_writeoff_amount_positive"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_writeoff_has_a_reason"),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_writeoff_currency"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False, declined_at=None),
                name="billing_writeoff_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by=None)
                | Q(declined_at__isnull=False, declined_by__isnull=False),
                name="billing_writeoff_declined_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("wof", self.pk)


class WriteOffRecovery(models.Model):
    """A part of a written-off debt that came back, because what had made the debt was reversed.

    Its id is the key of its ledger entry; a reversal brings back at most once. Rows are appended.
    """

    class Source(models.TextChoices):
        REFUND = "refund", "A refund that failed"
        DISPUTE_LOSS = "dispute_loss", "A lost dispute that was won after all"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    source_type = models.CharField(max_length=20, choices=Source)
    source_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "write-off recoveries"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_writeoffrecovery_of_something"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_writeoffrecovery_currency"
            ),
            models.CheckConstraint(
                condition=Q(source_type__in=["refund", "dispute_loss"]),
                name="billing_writeoffrecovery_source_known",
            ),
            models.UniqueConstraint(
                fields=["source_type", "source_id"], name="billing_writeoffrecovery_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_type} {self.source_id}: {self.amount_minor} {self.currency}"
