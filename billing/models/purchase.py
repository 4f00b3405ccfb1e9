"""What a client buys, and the dated rates by which its price is split.

A purchase freezes the rates of its day; its price and its parts never change afterwards (a
trigger in the database holds that).
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Category, Client, Mentor
from billing.models.discount import CURRENCY_CODE, Discount
from billing.models.package import Package, PackageCredit
from kernel.ids import public_id, uuid7
from scheduling.models import Session
from scheduling.states import State

__all__ = ["CURRENCY_CODE", "CommissionRule", "FeeSchedule", "Purchase"]


class CommissionRuleQuerySet(models.QuerySet["CommissionRule"]):
    def in_force(self, *, mentor: Mentor, at: datetime) -> "CommissionRule":
        """Return the rule for a sale by `mentor` at the instant `at`.

        The mentor's own rule comes before that of the mentor's category, and this before the
        default; of equals the newest begun one.
        Raises CommissionRule.DoesNotExist where not even a default has begun.
        """
        scope = CommissionRule.Scope
        for_mentor = Q(scope=scope.DEFAULT) | Q(scope=scope.MENTOR, mentor=mentor)
        if mentor.category_id is not None:
            for_mentor |= Q(scope=scope.CATEGORY, category=mentor.category_id)
        closest = models.Case(
            models.When(scope=scope.MENTOR, then=0),
            models.When(scope=scope.CATEGORY, then=1),
            default=2,
        )
        rules = self.filter(for_mentor, effective_from__lte=at)
        rule = rules.order_by(closest, "-effective_from", "-id").first()
        if rule is None:
            raise self.model.DoesNotExist(f"No commission rule is in force at {at:%Y-%m-%d}.")
        return rule

    def default_in_force(self, *, at: datetime) -> "CommissionRule":
        """Return the rule for everybody at the instant `at`, as it is told before any sale.

        Raises CommissionRule.DoesNotExist where none has begun.
        """
        begun = self.filter(scope=CommissionRule.Scope.DEFAULT, effective_from__lte=at)
        rule = begun.order_by("-effective_from", "-id").first()
        if rule is None:
            raise self.model.DoesNotExist(f"No commission rule is in force at {at:%Y-%m-%d}.")
        return rule


class CommissionRule(models.Model):
    """The platform's share of a price from a day on. A new rate is a new row."""

    class Scope(models.TextChoices):
        DEFAULT = "default", "Everybody"
        CATEGORY = "category", "A category"
        MENTOR = "mentor", "One mentor"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.DEFAULT)
    mentor = models.ForeignKey(
        Mentor, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rate_bps = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = CommissionRuleQuerySet.as_manager()

    class Meta:
        permissions: ClassVar = [
            ("set_commissionrule", "Can add rates that begin in the future, of every kind"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rate_bps__lte=10_000), name="billing_commissionrule_at_most_all"
            ),
            models.CheckConstraint(
                condition=Q(scope="mentor", mentor__isnull=False, category=None)
                | Q(scope="category", mentor=None, category__isnull=False)
                | Q(scope="default", mentor=None, category=None),
                name="billing_commissionrule_scope_named",
            ),
            models.UniqueConstraint(
                fields=["scope", "mentor", "category", "effective_from"],
                nulls_distinct=False,
                name="billing_commissionrule_one_per_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.rate_bps / 100:.2f} % from {self.effective_from:%Y-%m-%d}"


class FeeScheduleQuerySet(models.QuerySet["FeeSchedule"]):
    def in_force(self, *, gateway: str, currency: str, at: datetime) -> "FeeSchedule":
        """Return what `gateway` takes in `currency` at the instant `at`.

        Raises FeeSchedule.DoesNotExist where the gateway does not sell in that currency.
        """
        begun = self.filter(gateway=gateway, currency=currency, effective_from__lte=at)
        schedule = begun.order_by("-effective_from", "-id").first()
        if schedule is None:
            raise self.model.DoesNotExist(f"{gateway} has no fee schedule for {currency}.")
        return schedule


class FeeSchedule(models.Model):
    """What a gateway takes of a charge, as quoted: `bps` of it plus a fixed amount."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gateway = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    bps = models.PositiveIntegerField()
    fixed_minor = models.PositiveBigIntegerField()
    minimum_price_minor = models.PositiveBigIntegerField()
    effective_from = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = FeeScheduleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_feeschedule_currency"
            ),
            models.CheckConstraint(
                condition=Q(bps__lte=10_000), name="billing_feeschedule_at_most_all"
            ),
            models.UniqueConstraint(
                fields=["gateway", "currency", "effective_from"],
                name="billing_feeschedule_one_per_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.currency} {self.bps} bps + {self.fixed_minor}"


class Purchase(models.Model):
    """What a client buys of a mentor: a session, or a package of sessions.

    `recognised_at`: the commission was earned (2200 → 4010). `released_at`: the mentor's share
    became available (2110 → 2120). Both say in which accounts the parts live now.
    `session` may move on to the session that took the same time again.

    `price_minor` is the price that is split. Of it the platform's discount pays `discount_minor`
    and the client's credit `credit_minor`; the rest, `to_pay_minor`, is for a gateway. Where
    nothing is left to pay, `settled_at` says since when it counts as paid. A discount that the
    mentor bears, `mentor_discount_minor`, was taken off before: the price asked was
    `list_price_minor`.

    A session that a credit of a package pays for is a purchase too, of the credit's part of the
    package's price: `prepaid_minor` is all of it, and no gateway has a part in it. Where the
    credit went back whole, `credit_returned_at` says when; it can pay for another session then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.OneToOneField(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    package = models.OneToOneField(
        Package, on_delete=models.PROTECT, null=True, blank=True, related_name="purchase"
    )
    package_credit = models.ForeignKey(
        PackageCredit, on_delete=models.PROTECT, null=True, blank=True, related_name="purchases"
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    price_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    fee_bps = models.PositiveIntegerField()
    fee_fixed_minor = models.PositiveBigIntegerField()
    commission_bps = models.PositiveIntegerField()
    commission_rule = models.ForeignKey(CommissionRule, on_delete=models.PROTECT, related_name="+")
    fee_minor = models.PositiveBigIntegerField()
    commission_minor = models.PositiveBigIntegerField()
    mentor_minor = models.PositiveBigIntegerField()
    discount = models.ForeignKey(
        Discount, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discount_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    mentor_discount_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    credit_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    prepaid_minor = models.PositiveBigIntegerField(default=0, db_default=0)
    credit_returned_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    recognised_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_minor=F("fee_minor") + F("commission_minor") + F("mentor_minor")),
                name="billing_purchase_parts_make_the_price",
            ),
            models.CheckConstraint(
                condition=Q(price_minor__gt=0), name="billing_purchase_price_positive"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_purchase_currency"
            ),
            models.CheckConstraint(
                condition=Q(
                    price_minor__gte=F("discount_minor") + F("credit_minor") + F("prepaid_minor")
                ),
                name="billing_purchase_pays_at_most_its_price",
            ),
            models.CheckConstraint(
                condition=Q(discount=None, discount_minor=0, mentor_discount_minor=0)
                | Q(discount__isnull=False),
                name="billing_purchase_discount_named",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None)
                | Q(price_minor=F("discount_minor") + F("credit_minor") + F("prepaid_minor")),
                name="billing_purchase_settled_without_a_gateway",
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=False, package=None)
                | Q(
                    session=None,
                    package__isnull=False,
                    package_credit=None,
                    discount=None,
                    credit_minor=0,
                ),
                name="billing_purchase_of_a_session_or_a_package",
            ),
            models.CheckConstraint(
                condition=Q(package_credit=None, prepaid_minor=0, credit_returned_at=None)
                | Q(
                    package_credit__isnull=False,
                    prepaid_minor=F("price_minor"),
                    settled_at__isnull=False,
                ),
                name="billing_purchase_prepaid_whole",
            ),
            models.UniqueConstraint(
                fields=["package_credit"],
                condition=Q(credit_returned_at=None),
                name="billing_purchase_credit_pays_for_one",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(recognised_at=None),
                name="billing_purchase_unrecognised",
            ),
            models.Index(
                fields=["id"], condition=Q(released_at=None), name="billing_purchase_unreleased"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("pur", self.pk)

    @property
    def booked(self) -> Session:
        """The session that was bought. For those who know that it is no package."""
        if self.session is None:
            raise ValueError(f"Purchase {self.public_id} is of a package, not of a session.")
        return self.session

    def is_awaited(self, *, now: datetime) -> bool:
        """Say whether its money is still wanted: the hold lives, or the package's time to pay."""
        if self.session is not None:
            ends_at = self.session.expires_at
            return self.session.state == State.PENDING and ends_at is not None and now < ends_at
        return self.package is not None and self.package.can_be_paid(now=now)

    @property
    def reference(self) -> str:
        """The public id of what was bought: the session, or the package."""
        bought = self.session or self.package
        return bought.public_id if bought else self.public_id

    @property
    def list_price_minor(self) -> int:
        """The price that was asked, before any discount."""
        return self.price_minor + self.mentor_discount_minor

    @property
    def taken_off_minor(self) -> int:
        """What discounts take off the price that was asked, whoever bears them."""
        return self.discount_minor + self.mentor_discount_minor

    @property
    def to_pay_minor(self) -> int:
        """What a gateway is asked for."""
        return self.price_minor - self.discount_minor - self.credit_minor - self.prepaid_minor
