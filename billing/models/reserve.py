"""Reserves: a part of a mentor's available money that is kept back for a while (2130).

What of each sale is kept is a dated rule; a person in finance can keep an amount back by hand.
A reserve is the sum of its moves, and each move is one ledger entry.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Mentor
from billing.models.purchase import CURRENCY_CODE, Purchase
from kernel.ids import public_id, uuid7


class ReserveRuleQuerySet(models.QuerySet["ReserveRule"]):
    def begun(self, *, currencies: Iterable[str], until: datetime) -> list["ReserveRule"]:
        """Return the rules of these currencies begun at `until`, the newest first; one query."""
        rules = self.filter(currency__in=list(currencies), effective_from__lte=until)
        return list(rules.order_by("-effective_from", "-id"))


class ReserveRule(models.Model):
    """What part of a share is kept back when it becomes available, and for how many days.

    From an instant on; a new rate is a new row, and a rate of zero ends the keeping. The mentor's
    own rule comes before the one for everybody; of equals the newest begun one.
    """

    class Scope(models.TextChoices):
        DEFAULT = "default", "Everybody"
        MENTOR = "mentor", "One mentor"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.DEFAULT)
    mentor = models.ForeignKey(
        Mentor, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    currency = models.CharField(max_length=3)
    rate_bps = models.PositiveIntegerField()
    hold_days = models.PositiveIntegerField()
    effective_from = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReserveRuleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rate_bps__lte=10_000), name="billing_reserverule_at_most_all"
            ),
            models.CheckConstraint(
                condition=Q(hold_days__gte=1, hold_days__lte=365), name="billing_reserverule_days"
            ),
            models.CheckConstraint(
                condition=Q(scope="mentor", mentor__isnull=False) | Q(scope="default", mentor=None),
                name="billing_reserverule_scope_named",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_reserverule_currency"
            ),
            models.UniqueConstraint(
                fields=["scope", "mentor", "currency", "effective_from"],
                nulls_distinct=False,
                name="billing_reserverule_one_per_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate_bps / 100:.2f} % for {self.hold_days} days"

    def governs(self, *, mentor_id: UUID, currency: str, at: datetime) -> bool:
        """Say whether the rule is one for a share of this mentor that is available at `at`."""
        return (
            self.currency == currency
            and self.effective_from <= at
            and self.mentor_id in (None, mentor_id)
        )


class Reserve(models.Model):
    """Money of a mentor in 2130: of one purchase by a rule, or an amount by hand with a reason.

    `amount_minor` is what is kept now, `basis_minor` the share that it was last computed of.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    purchase = models.OneToOneField(
        Purchase, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    rule = models.ForeignKey(
        ReserveRule, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reason = models.CharField(max_length=300, blank=True, default="")
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    amount_minor = models.PositiveBigIntegerField(default=0)
    basis_minor = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    purchase__isnull=False,
                    rule__isnull=False,
                    ends_at__isnull=False,
                    reason="",
                    placed_by=None,
                )
                | (Q(purchase=None, rule=None, placed_by__isnull=False) & ~Q(reason="")),
                name="billing_reserve_by_rule_or_by_hand",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(amount_minor=0),
                name="billing_reserve_released_is_empty",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["ends_at", "id"],
                condition=Q(released_at=None),
                name="billing_reserve_standing",
            ),
            models.Index(fields=["mentor", "-begun_at"], name="billing_reserve_of_mentor"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("rsv", self.pk)


class ReserveMove(models.Model):
    """Money put into a reserve or let go; its id is the key of its ledger entry. Appended."""

    class Kind(models.TextChoices):
        TAKEN = "taken", "Taken"
        RELEASED = "released", "Released"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reserve = models.ForeignKey(Reserve, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10, choices=Kind)
    amount_minor = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_reservemove_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["taken", "released"]), name="billing_reservemove_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"
