"""Money that a gateway took and no sale of ours asked for, on its way back to who paid it.

The row is committed before the gateway is called; its id is the idempotency key there.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from billing.models.payment import Payment
from billing.models.purchase import CURRENCY_CODE
from billing.states import FLAGS, LIVE_REFUND_STATES, REFUND, PaymentState, RefundEvent, RefundState
from kernel.ids import public_id, uuid7


class Surplus(models.Model):
    """A charge that is given back whole: `amount_minor` of it was still there when that was said.

    `fee_minor` is what the gateway took for the charge, and keeps. One that failed is over, and
    another row may be made of the same charge.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="surpluses")
    gateway = models.CharField(max_length=20)
    intent_id = models.CharField(max_length=80)
    charge_id = models.CharField(max_length=80)
    amount_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    received_at = models.DateTimeField()
    requested_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=500)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in RefundState],
        default=RefundState.CREATED,
    )
    gateway_refund_id = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - unique where set
    failure_code = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "surpluses"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "intent_id"],
                condition=Q(state__in=[state.value for state in LIVE_REFUND_STATES]),
                name="billing_surplus_one_live",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_surplus_has_a_reason"),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_surplus_currency"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["created", "pending"], settled_at=None)
                | Q(state__in=["succeeded", "failed", "cancelled"], settled_at__isnull=False),
                name="billing_surplus_settled_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("srp", self.pk)

    def transition(self, event: RefundEvent) -> None:
        """Move `state` as a refund's (not saved); raise IllegalTransition for any other move."""
        self.state = REFUND.target(RefundState(self.state), event)


def not_gone_back() -> models.QuerySet[Surplus]:
    """Return second charges whose way back failed, and which nobody has given back anew."""
    again = Surplus.objects.filter(
        Q(state__in=LIVE_REFUND_STATES) | Q(pk__gt=OuterRef("pk")),
        gateway=OuterRef("gateway"),
        intent_id=OuterRef("intent_id"),
    )
    over = Surplus.objects.filter(~Exists(again), state__in=["failed", "cancelled"])
    return over.exclude(intent_id=F("payment__gateway_intent_id"))


def flagged_payments() -> models.QuerySet[Payment]:
    """Return payments whose money is not what was asked for and was not given back."""
    back = Surplus.objects.filter(
        payment=OuterRef("pk"),
        intent_id=OuterRef("gateway_intent_id"),
        state__in=LIVE_REFUND_STATES,
    )
    flagged = Payment.objects.filter(~Exists(back), failure_code__in=FLAGS)
    return flagged.exclude(state=PaymentState.SUCCEEDED)
