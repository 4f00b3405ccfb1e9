"""A client's bank takes a payment back: the dispute, and what a lost one took from whom.

That funds were withdrawn or reinstated are facts with an amount and the gateway's id of their
own; they are written once. The gateway decides on everything here, we only write it down.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from billing.models.payment import Payment
from billing.models.purchase import CURRENCY_CODE
from billing.states import DISPUTE, OPEN_DISPUTE_STATES, DisputeEvent, DisputeState
from kernel.ids import public_id, uuid7

_OPEN = [state.value for state in OPEN_DISPUTE_STATES]


class Dispute(models.Model):
    """One dispute or inquiry about a payment.

    `amount_minor` is the bank's own number: it may be more or less than was paid. `fee_minor` is
    what the gateway took for the trouble, `fee_returned_minor` the part of it that came back.
    `further_minor` is what `DisputeMovement`s took beyond these two; a trigger adds it up.
    `closed_at` is when we learned the end; gateways do not date it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    gateway_dispute_id = models.CharField(max_length=80, unique=True)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(
        max_length=25, choices=[(state.value, state.value) for state in DisputeState]
    )
    opened_at = models.DateTimeField()
    due_by = models.DateTimeField(null=True, blank=True)
    withdrawal_id = models.CharField(max_length=80, null=True, blank=True, unique=True)
    withdrawn_minor = models.PositiveBigIntegerField(null=True, blank=True)
    fee_minor = models.BigIntegerField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reinstatement_id = models.CharField(max_length=80, null=True, blank=True, unique=True)
    reinstated_minor = models.PositiveBigIntegerField(null=True, blank=True)
    fee_returned_minor = models.BigIntegerField(null=True, blank=True)
    reinstated_at = models.DateTimeField(null=True, blank=True)
    further_minor = models.BigIntegerField(default=0, db_default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        permissions: ClassVar = [("answer_dispute", "Can answer disputes")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_dispute_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_dispute_currency"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DisputeState]),
                name="billing_dispute_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, closed_at=None)
                | (~Q(state__in=_OPEN) & Q(closed_at__isnull=False)),
                name="billing_dispute_closed_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(
                    withdrawal_id=None, withdrawn_minor=None, fee_minor=None, withdrawn_at=None
                )
                | Q(
                    withdrawal_id__isnull=False,
                    withdrawn_minor__gt=0,
                    fee_minor__isnull=False,
                    withdrawn_at__isnull=False,
                ),
                name="billing_dispute_withdrawal_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    reinstatement_id=None,
                    reinstated_minor=None,
                    fee_returned_minor=None,
                    reinstated_at=None,
                )
                | Q(
                    reinstatement_id__isnull=False,
                    reinstated_minor__gt=0,
                    reinstated_minor__lte=F("withdrawn_minor"),
                    fee_returned_minor__isnull=False,
                    reinstated_at__isnull=False,
                ),
                name="billing_dispute_reinstates_what_was_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(
                    further_minor__gte=Coalesce("reinstated_minor", 0)
                    - Coalesce("withdrawn_minor", 0)
                ),
                name="billing_dispute_gives_back_what_it_took",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["seen_at", "id"], condition=Q(closed_at=None), name="billing_dispute_open"
            ),
            models.Index(fields=["-opened_at", "-id"], name="billing_dispute_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("dsp", self.pk)

    @property
    def lost_minor(self) -> int:
        """What is gone for good: withdrawn, decided, and not given back."""
        decided = self.state == DisputeState.LOST or self.reinstated_minor is not None
        if self.withdrawn_minor is None or not decided:
            return 0
        return self.withdrawn_minor - (self.reinstated_minor or 0) + self.further_minor

    def transition(self, event: DisputeEvent) -> None:
        """Move `state` by the table (not saved); raise IllegalTransition for any other move."""
        self.state = DISPUTE.target(DisputeState(self.state), event)


class DisputeMovement(models.Model):
    """Money of a dispute that moved beside its first taking and its first giving back.

    Gateways take again after they gave back, give back in parts, and ask a fee of its own.
    `amount_minor` is signed as it moved our balance, `fee_minor` is what the gateway kept for
    itself (negative: gave back). Once per id of the gateway's; never changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="movements")
    gateway_movement_id = models.CharField(max_length=120, unique=True)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(amount_minor=0, fee_minor=0),
                name="billing_disputemovement_of_something",
            ),
        ]

    def __str__(self) -> str:
        return self.gateway_movement_id


class DisputeLoss(models.Model):
    """What a lost dispute took: a share of the price from its parts, the rest from the platform.

    Written when no refund of the payment is pending any more. One that turns out otherwise (a
    refund came back, the bank gave the money back) is reversed as a whole, and where something
    is still lost a new one is written: at most one of a dispute stands. What a discount and a
    credit had paid of the share goes back to them. Of a package `prepaid_minor` is the share.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="losses")
    share_minor = models.PositiveBigIntegerField()
    mentor_minor = models.PositiveBigIntegerField()
    commission_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField()
    prepaid_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    discount_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    credit_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    excess_minor = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "dispute losses"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    share_minor=F("mentor_minor")
                    + F("commission_minor")
                    + F("fee_minor")
                    + F("prepaid_minor")
                ),
                name="billing_disputeloss_parts_make_the_share",
            ),
            models.CheckConstraint(
                condition=Q(share_minor__gte=F("discount_minor") + F("credit_minor")),
                name="billing_disputeloss_gives_back_of_its_share",
            ),
            models.CheckConstraint(
                condition=Q(share_minor__gt=0) | Q(excess_minor__gt=0),
                name="billing_disputeloss_of_something",
            ),
            models.UniqueConstraint(
                fields=["dispute"],
                condition=Q(reversed_at=None),
                name="billing_disputeloss_one_stands",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share_minor} + {self.excess_minor} of {self.dispute_id}"

    @property
    def money_minor(self) -> int:
        """The client's money in the share: the discount and the credit get theirs back."""
        return self.share_minor - self.discount_minor - self.credit_minor

    @property
    def amount_minor(self) -> int:
        return self.money_minor + self.excess_minor
