"""Money that goes back to a client, with the parts that each side gives.

The parts are frozen when the refund is created; only its state and the gateway's id move.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When

from billing.models.payment import Payment
from billing.models.purchase import CURRENCY_CODE
from billing.states import REFUND, RefundEvent, RefundState
from kernel.ids import public_id, uuid7


class Refund(models.Model):
    """One refund of a payment.

    Mentor, commission and fee give their parts; the platform's discount and the client's credit
    get theirs back, and `amount_minor` is what the gateway sends to the client. `share_minor` is
    the share of the price that all this gives back: what is given, and where the client bears
    the gateway's fee, `fee_waived_minor` besides.
    Of a package it is `prepaid_minor` that gives: what was not used (2600), and no part of a split.
    `key` names the reason for it to exist once (`cancelled:<session>`), and is not the
    gateway's idempotency key, which is the row's id.
    One that failed for good is given anew as another row (`reissue_of` names it there), or a
    person says why it is owed no more (`dropped_…`).
    """

    class Cause(models.TextChoices):
        CLIENT_CANCELLED = "client_cancelled", "The client cancelled"
        MENTOR_CANCELLED = "mentor_cancelled", "The mentor cancelled"
        PLATFORM_CANCELLED = "platform_cancelled", "The platform cancelled"
        LATE_PAYMENT = "late_payment", "The money came too late"
        GOODWILL = "goodwill", "Goodwill"
        BY_POLICY = "by_policy", "By the policy"
        MENTOR_FAULT = "mentor_fault", "The mentor's doing"
        PLATFORM_FAULT = "platform_fault", "Our own doing"
        EXTERNAL = "external", "Made at the gateway"

    class Bearer(models.TextChoices):
        PLATFORM = "platform", "The platform"
        MENTOR = "mentor", "The mentor"
        CLIENT = "client", "The client"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=20, choices=Cause)
    bearer = models.CharField(max_length=10, choices=Bearer)
    share_minor = models.PositiveBigIntegerField()
    mentor_minor = models.PositiveBigIntegerField()
    commission_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField()
    fee_waived_minor = models.PositiveBigIntegerField(default=0)
    prepaid_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    discount_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    credit_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in RefundState],
        default=RefundState.CREATED,
    )
    gateway_refund_id = models.CharField(max_length=80, null=True, blank=True, unique=True)
    key = models.CharField(max_length=120, unique=True)
    requested_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=500, blank=True, default="")
    failure_code = models.CharField(max_length=80, blank=True, default="")
    reissue_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reissue"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.CharField(max_length=120, blank=True, default="")
    dropped_reason = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions: ClassVar = [
            ("reissue_refund", "Can deal with refunds that came to nothing"),
            ("give_refund", "Can give refunds by hand"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    amount_minor=F("mentor_minor")
                    + F("commission_minor")
                    + F("fee_minor")
                    + F("prepaid_minor")
                    - F("discount_minor")
                    - F("credit_minor")
                ),
                name="billing_refund_parts_make_the_amount",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) | Q(discount_minor__gt=0) | Q(credit_minor__gt=0),
                name="billing_refund_of_something",
            ),
            models.CheckConstraint(
                condition=Q(
                    share_minor=F("mentor_minor")
                    + F("commission_minor")
                    + F("fee_minor")
                    + F("prepaid_minor")
                    + Case(
                        When(bearer="client", then=F("fee_waived_minor")),
                        default=Value(0),
                        output_field=models.PositiveBigIntegerField(),
                    )
                ),
                name="billing_refund_share",
            ),
            models.CheckConstraint(
                condition=~Q(bearer="platform") | Q(fee_waived_minor=0),
                name="billing_refund_platform_waives_nothing",
            ),
            models.CheckConstraint(
                condition=Q(
                    cause__in=[
                        "client_cancelled",
                        "mentor_cancelled",
                        "platform_cancelled",
                        "late_payment",
                        "goodwill",
                        "by_policy",
                        "mentor_fault",
                        "platform_fault",
                        "external",
                    ]
                ),
                name="billing_refund_cause_known",
            ),
            models.CheckConstraint(
                condition=Q(bearer__in=["platform", "mentor", "client"]),
                name="billing_refund_bearer_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RefundState]),
                name="billing_refund_state_known",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_refund_currency"
            ),
            models.CheckConstraint(
                condition=Q(dropped_at=None, dropped_by="", dropped_reason="")
                | Q(dropped_at__isnull=False, state__in=["failed", "cancelled"])
                & ~Q(dropped_by="")
                & ~Q(dropped_reason=""),
                name="billing_refund_dropped_by_somebody_with_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at", "id"],
                condition=Q(state__in=["created", "pending"]),
                name="billing_refund_open",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("rfd", self.pk)

    def transition(self, event: RefundEvent) -> None:
        """Move `state` by the table (not saved); raise IllegalTransition for any other move."""
        self.state = REFUND.target(RefundState(self.state), event)

    @property
    def given_minor(self) -> int:
        """What the parts give, or the unused money of a package: to all who paid."""
        return self.mentor_minor + self.commission_minor + self.fee_minor + self.prepaid_minor
