"""What clients have to spend: movements are history, a trigger keeps each balance above zero.

Granted by finance or earned by a referral, spent at a checkout, returned by refunds. Where a
purchase took no gateway's money, an unwinding is what a refund is elsewhere.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Client
from billing.models.purchase import CURRENCY_CODE, Purchase
from billing.models.refund import Refund
from kernel.ids import public_id, uuid7
from kernel.money import Money


class ClientCredit(models.Model):
    """A client's balance in one currency. Kept by a trigger on the movements."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    balance_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["client", "currency"], name="billing_clientcredit_one_per_currency"
            ),
            models.CheckConstraint(
                condition=Q(balance_minor__gte=0), name="billing_clientcredit_never_below_zero"
            ),
        ]

    def __str__(self) -> str:
        return str(Money(self.balance_minor, self.currency))


class CreditMovement(models.Model):
    """One change of a client's balance; `key` says why it happens once."""

    class Kind(models.TextChoices):
        GOODWILL = "goodwill", "Granted by finance"
        REFERRAL = "referral", "For a referral"
        SPENT = "spent", "Spent at a checkout"
        RETURNED = "returned", "Returned by a checkout that came to nothing"
        REFUNDED = "refunded", "Returned by a refund"
        TAKEN_BACK = "taken_back", "Taken back with a refund that failed"
        SET_OFF = "set_off", "Set off: given as goodwill before"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    key = models.CharField(max_length=120, unique=True)
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_creditmovement_currency"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["spent", "taken_back", "set_off"], amount_minor__lt=0)
                | Q(kind__in=["goodwill", "referral", "returned", "refunded"], amount_minor__gt=0),
                name="billing_creditmovement_direction",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["client", "-created_at"], name="billing_creditmovement_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"


class Unwinding(models.Model):
    """What goes back of a purchase that no gateway had a part in. Final, and never changed.

    The parts are a refund's: mentor, commission and fee give; discount and credit get, or the
    package whose credit had paid (`prepaid_minor`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="unwindings")
    cause = models.CharField(max_length=20, choices=Refund.Cause)
    bearer = models.CharField(max_length=10, choices=Refund.Bearer)
    mentor_minor = models.PositiveBigIntegerField()
    commission_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField()
    fee_waived_minor = models.PositiveBigIntegerField(default=0)
    discount_minor = models.PositiveBigIntegerField(default=0)
    credit_minor = models.PositiveBigIntegerField(default=0)
    prepaid_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    key = models.CharField(max_length=120, unique=True)
    requested_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    discount_minor=F("mentor_minor")
                    + F("commission_minor")
                    + F("fee_minor")
                    - F("credit_minor")
                    - F("prepaid_minor")
                ),
                name="billing_unwinding_gives_what_it_takes",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("unw", self.pk)


class ReferralReward(models.Model):
    """What a referral earns from a day on. A new reward is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    currency = models.CharField(max_length=3)
    amount_minor = models.PositiveBigIntegerField()
    effective_from = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["currency", "effective_from"], name="billing_referralreward_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} from {self.effective_from:%Y-%m-%d}"


class ReferralCode(models.Model):
    """By which a client brings others."""

    client = models.OneToOneField(
        Client, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    code = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """Who brought a client: once for each client, and rewarded once."""

    client = models.OneToOneField(
        Client, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    referrer = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    reward = models.OneToOneField(
        CreditMovement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(client=F("referrer")), name="billing_referral_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} by {self.referrer_id}"
