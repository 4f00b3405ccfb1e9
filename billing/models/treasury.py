"""Money from a gateway to the platform's own bank: our row of it, and what the gateway listed.

Facts (sent, arrived, failed) are dated and written once. The raw records are history: each run
writes down what it was shown, and of which movements it was told that a payout consists.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.models.purchase import CURRENCY_CODE
from billing.models.reconciliation import ReconciliationRun
from kernel.ids import public_id, uuid7


class GatewayPayout(models.Model):
    """A payout of the gateway to our bank. Negative where the gateway collects from the bank.

    `arrived_at` is when the bank says so, or the gateway where no bank account is kept here;
    `failed_at` is when we learned that it came to nothing, or came back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gateway = models.CharField(max_length=20)
    gateway_payout_id = models.CharField(max_length=80)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, blank=True, default="")
    sent_at = models.DateTimeField()
    arrives_on = models.DateField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "gateway_payout_id"], name="billing_gatewaypayout_once"
            ),
            models.CheckConstraint(
                condition=~Q(amount_minor=0), name="billing_gatewaypayout_not_zero"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_gatewaypayout_currency"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["currency", "arrives_on"],
                condition=Q(arrived_at=None, failed_at=None),
                name="billing_gatewaypayout_open",
            ),
            models.Index(fields=["-sent_at", "-id"], name="billing_gatewaypayout_newest"),
        ]

    def __str__(self) -> str:
        return self.gateway_payout_id

    @property
    def public_id(self) -> str:
        return public_id("gpo", self.pk)

    @property
    def state(self) -> str:
        """In transit, arrived, or failed (also where it came back after it had arrived)."""
        if self.failed_at:
            return "failed"
        return "arrived" if self.arrived_at else "in_transit"


class GatewayPayoutRecord(models.Model):
    """A payout to our bank as one run was shown it. Append-only.

    `items_minor` is the sum of the nets of its items, or NULL where the gateway names none.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="payouts")
    gateway_payout_id = models.CharField(max_length=80)
    status = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, blank=True, default="")
    sent_at = models.DateTimeField()
    arrives_on = models.DateField()
    items = models.PositiveIntegerField(default=0)
    items_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "gateway_payout_id"], name="billing_gatewaypayoutrecord_once_a_run"
            ),
        ]

    def __str__(self) -> str:
        return self.gateway_payout_id


class GatewayPayoutItem(models.Model):
    """A movement that a payout to our bank consists of, as it was listed first. Append-only."""

    id = models.BigAutoField(primary_key=True)
    gateway = models.CharField(max_length=20)
    gateway_payout_id = models.CharField(max_length=80)
    transaction_id = models.CharField(max_length=80)
    category = models.CharField(max_length=60)
    source_id = models.CharField(max_length=80, blank=True, default="")
    net_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    occurred_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "gateway_payout_id", "transaction_id", "net_minor"],
                name="billing_gatewaypayoutitem_once",
            ),
        ]

    def __str__(self) -> str:
        return self.transaction_id
