"""One attempt to settle a purchase with a gateway's money.

The row is committed before the gateway is called; its id is the idempotency key there.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from billing.models.purchase import CURRENCY_CODE, Purchase
from billing.states import FLAGS, LIVE_PAYMENT_STATES, PAYMENT, PaymentEvent, PaymentState
from kernel.ids import public_id, uuid7


class Payment(models.Model):
    """What a client pays through one gateway for one purchase.

    `refunded_minor` and `pending_refund_minor` are kept by a trigger on the refunds, and a
    CHECK holds them within what was captured: no code can promise the same money twice.
    `disputed_minor` is what disputes withdrew and did not give back, `held_by_dispute` says that
    one of them is undecided (or its loss not booked yet); triggers on the disputes keep both.
    `late`: the money came after the hold had ended and the time was gone. `succeeded_at` is the
    gateway's instant, `booked_at` the one at which the ledger learned of it.
    `actual_fee_minor` is in `fee_currency`, that of the gateway's balance.
    `description` is what the payer reads at the gateway; it is frozen, because an order that is
    repeated under its key has to be the same.
    `capture_ordered_at` is committed before an approved intent's money is asked for, and taken
    back where the gateway declined; `captures_declined` counts those answers.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=20)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=127, blank=True, default="", db_default="")
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in PaymentState],
        default=PaymentState.CREATED,
    )
    gateway_intent_id = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - unique where set
    gateway_charge_id = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - unique where set
    gateway_balance_transaction_id = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - unique where set
    actual_fee_minor = models.BigIntegerField(null=True, blank=True)
    fee_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    failure_code = models.CharField(max_length=80, blank=True, default="")
    late = models.BooleanField(default=False)
    capture_ordered_at = models.DateTimeField(null=True, blank=True)
    captures_declined = models.PositiveSmallIntegerField(default=0, db_default=0)
    refunded_minor = models.PositiveBigIntegerField(default=0)
    pending_refund_minor = models.PositiveBigIntegerField(default=0)
    disputed_minor = models.PositiveBigIntegerField(default=0)
    held_by_dispute = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions: ClassVar = [("settle_payment", "Can deal with money that was not asked for")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_payment_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_payment_currency"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PaymentState]),
                name="billing_payment_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | Q(succeeded_at__isnull=False),
                name="billing_payment_succeeded_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=F("refunded_minor") + F("pending_refund_minor")),
                name="billing_payment_refunds_within_captured",
            ),
            models.CheckConstraint(
                condition=Q(state="succeeded") | Q(refunded_minor=0, pending_refund_minor=0),
                name="billing_payment_refunds_of_captured",
            ),
            models.CheckConstraint(
                condition=Q(state="succeeded") | Q(disputed_minor=0, held_by_dispute=False),
                name="billing_payment_disputes_of_captured",
            ),
            models.UniqueConstraint(
                fields=["purchase"],
                condition=Q(state__in=[state.value for state in LIVE_PAYMENT_STATES]),
                name="billing_payment_one_live",
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_intent_id"], name="billing_payment_intent_once"
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_charge_id"], name="billing_payment_charge_once"
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_balance_transaction_id"],
                name="billing_payment_balance_transaction_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at", "id"],
                condition=Q(state__in=["created", "pending"]),
                name="billing_payment_open",
            ),
            # Captured, and the gateway has not said yet what it took.
            models.Index(
                fields=["created_at", "id"],
                condition=Q(state="succeeded", gateway_balance_transaction_id=None),
                name="billing_payment_fee_awaited",
            ),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(failure_code__in=FLAGS),
                name="billing_payment_flagged",
            ),
            models.Index(fields=["-created_at", "-id"], name="billing_payment_newest"),
            models.Index(
                fields=["gateway", "succeeded_at"],
                condition=Q(state="succeeded"),
                name="billing_payment_captured",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("pay", self.pk)

    @property
    def refundable_minor(self) -> int:
        """What is captured, not yet promised back and not disputed, in minor units.

        Nothing while a dispute holds the money: gateways refuse any refund of such a charge.
        """
        if self.state != PaymentState.SUCCEEDED or self.held_by_dispute:
            return 0
        gone = self.refunded_minor + self.pending_refund_minor + self.disputed_minor
        return max(0, self.amount_minor - gone)

    def transition(self, event: PaymentEvent) -> None:
        """Move `state` by the table (not saved); raise IllegalTransition for any other move."""
        self.state = PAYMENT.target(PaymentState(self.state), event)
