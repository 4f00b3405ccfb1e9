"""What running the platform costs, as finance enters it. History: a mistake is reversed by a row.

The papers behind a cost lie in the database beside it: they are evidence, are backed up with
the books, and are never served to anybody who may not see costs.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.models.purchase import CURRENCY_CODE
from kernel.ids import public_id, uuid7

COST_ACCOUNTS = ("5100", "5110", "5120", "5130", "5190")


class Cost(models.Model):
    """An amount paid to a supplier on a day; or, where `reverses` is set, the end of such a row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()
    account = models.CharField(max_length=4)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    supplier = models.CharField(max_length=120)
    memo = models.CharField(max_length=200, blank=True, default="")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reversed_by", null=True, blank=True
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(account__in=COST_ACCOUNTS), name="billing_cost_account"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_cost_currency"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_cost_of_something"
            ),
            models.CheckConstraint(condition=~Q(supplier=""), name="billing_cost_from_somebody"),
        ]
        indexes: ClassVar = [models.Index(fields=["-day", "-id"], name="billing_cost_newest")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("cst", self.pk)


class CostDocument(models.Model):
    """An invoice or a receipt, as it came."""

    cost = models.OneToOneField(
        Cost, primary_key=True, on_delete=models.PROTECT, related_name="document"
    )
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name
