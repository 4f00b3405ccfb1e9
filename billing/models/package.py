"""Packages: so many sessions of one type, paid at once and used within a period.

What is offered never changes (another offer is another row). What was bought is a `Package`;
what is left of its money is kept by triggers and never goes below zero, whoever writes.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Client, Mentor
from billing.models.discount import CURRENCY_CODE
from kernel.ids import public_id, uuid7
from scheduling.models import SessionType

MOST_SESSIONS = 100
LONGEST_DAYS = 1095


class Keeper(models.TextChoices):
    """Who has what was never used."""

    PLATFORM = "platform", "The platform"
    MENTOR = "mentor", "The mentor"


class BreakageRuleQuerySet(models.QuerySet["BreakageRule"]):
    def keeper(self, *, mentor: Mentor, at: datetime) -> Keeper:
        """Return who has what is not used of a package that `mentor` sells at the instant `at`.

        The mentor's own rule comes before that for everybody, the newest begun one before older.
        """
        rules = self.filter(Q(mentor=None) | Q(mentor=mentor), effective_from__lte=at)
        own_first = F("mentor").asc(nulls_last=True)
        rule = rules.order_by(own_first, "-effective_from", "-id").first()
        return Keeper(rule.keeper) if rule else Keeper.PLATFORM


class BreakageRule(models.Model):
    """Who has unused credits from a day on, for everybody or for one mentor. A row a change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(
        Mentor, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    keeper = models.CharField(max_length=10, choices=Keeper)
    effective_from = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = BreakageRuleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mentor", "effective_from"],
                nulls_distinct=False,
                name="billing_breakagerule_one_per_instant",
            ),
            models.CheckConstraint(
                condition=Q(keeper__in=["platform", "mentor"]), name="billing_breakagerule_keeper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.keeper} from {self.effective_from:%Y-%m-%d}"


class PackageOffer(models.Model):
    """So many sessions of one type for one price, to be used within so many days of paying."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session_type = models.ForeignKey(SessionType, on_delete=models.PROTECT, related_name="+")
    sessions = models.PositiveSmallIntegerField()
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    valid_days = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sessions__gte=2, sessions__lte=MOST_SESSIONS),
                name="billing_packageoffer_of_several",
            ),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=LONGEST_DAYS),
                name="billing_packageoffer_period",
            ),
            # A credit of nothing would pay for a session.
            models.CheckConstraint(
                condition=Q(price_minor__gte=F("sessions")), name="billing_packageoffer_price"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_packageoffer_currency"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["session_type"],
                condition=Q(withdrawn_at=None),
                name="billing_packageoffer_open",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("pko", self.pk)


class Package(models.Model):
    """What a client bought of an offer; it begins when it is paid, and ends `expires_at`.

    `unused_minor` is what 2600 holds of it: paid, less drawn, refunded, lost and expired. It is
    kept by triggers. `pay_by`: until when it can be paid for. `closed_at`: what was unused went
    back to the client, and no credit of it pays for a session any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey(PackageOffer, on_delete=models.PROTECT, related_name="packages")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    keeper = models.CharField(max_length=10, choices=Keeper)
    pay_by = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    unused_minor = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(unused_minor__gte=0), name="billing_package_never_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(begun_at=None, expires_at=None)
                | Q(begun_at__isnull=False, expires_at__isnull=False),
                name="billing_package_begins_with_its_end",
            ),
            models.CheckConstraint(
                condition=Q(keeper__in=["platform", "mentor"]), name="billing_package_keeper"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(unused_minor__gt=0),
                name="billing_package_unused",
            ),
            models.Index(fields=["client", "-created_at"], name="billing_package_of"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("pkg", self.pk)

    def can_be_paid(self, *, now: datetime) -> bool:
        """Say whether its payment is still wanted; money that comes later begins it as well."""
        return self.begun_at is None and now < self.pay_by


class PackageCredit(models.Model):
    """One session's part of a package's price; the parts of all credits sum to those of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="credits")
    number = models.PositiveSmallIntegerField()
    price_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField()
    commission_minor = models.PositiveBigIntegerField()
    mentor_minor = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["package", "number"], name="billing_packagecredit_numbered"
            ),
            models.CheckConstraint(
                condition=Q(price_minor=F("fee_minor") + F("commission_minor") + F("mentor_minor")),
                name="billing_packagecredit_parts_make_the_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.package_id}"


class PackageExpiry(models.Model):
    """What was not used in time, and who has it. A credit that comes back later is another row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="expiries")
    amount_minor = models.PositiveBigIntegerField()
    keeper = models.CharField(max_length=10, choices=Keeper)
    at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "package expiries"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_packageexpiry_of_something"
            ),
            models.CheckConstraint(
                condition=Q(keeper__in=["platform", "mentor"]), name="billing_packageexpiry_keeper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.package_id}"
