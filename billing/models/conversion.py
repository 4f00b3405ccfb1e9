"""Money of a sale that the gateway's balance holds in another currency.

A gateway without a balance in the sale's currency turns the money into its own, at its rate of
that moment. What it gave, it tells; nothing here is computed from a rate.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from billing.models.payment import Payment
from billing.models.purchase import CURRENCY_CODE
from billing.models.refund import Refund
from kernel.ids import uuid7


class Conversion(models.Model):
    """One movement of the gateway's balance: `sale_minor` of the sale became `settled_minor`.

    Both are signed as they moved the balance (a charge adds, a refund takes) and without the fee.
    `difference_minor` is what was left of the exchange, in the settled currency, once all of the
    sale had gone back: a gain is positive. Never changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="conversions")
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="conversions"
    )
    gateway = models.CharField(max_length=20)
    transaction_id = models.CharField(max_length=80)
    sale_minor = models.BigIntegerField()
    sale_currency = models.CharField(max_length=3)
    settled_minor = models.BigIntegerField()
    settled_currency = models.CharField(max_length=3)
    difference_minor = models.BigIntegerField(default=0)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "transaction_id"], name="billing_conversion_once"
            ),
            models.CheckConstraint(
                condition=Q(sale_minor__gt=0, settled_minor__gte=0)
                | Q(sale_minor__lt=0, settled_minor__lte=0),
                name="billing_conversion_one_direction",
            ),
            models.CheckConstraint(
                condition=Q(sale_currency__regex=CURRENCY_CODE)
                & Q(settled_currency__regex=CURRENCY_CODE)
                & ~Q(sale_currency=F("settled_currency")),
                name="billing_conversion_two_currencies",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.sale_minor} {self.sale_currency} = {self.settled_minor} {self.settled_currency}"
        )
