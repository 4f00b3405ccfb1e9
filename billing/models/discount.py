"""Codes and campaigns that lower what a client pays; their terms never change once they stand.

Who bears a discount is the mentor (the price that is split is lower) or the platform (the split
is of the full price, and 5060 pays the difference).
"""

from datetime import datetime
from typing import ClassVar

from django.db import connection, models
from django.db.models import F, Q

from accounts.models import Client, Mentor, User
from kernel.ids import public_id, uuid7
from kernel.money import divide_half_even

CURRENCY_CODE = r"^[A-Z]{3}$"
WHOLE_BPS = 10_000


class DiscountQuerySet(models.QuerySet["Discount"]):
    def running(self, *, at: datetime) -> "DiscountQuerySet":
        """Return those that can be used at the instant `at`."""
        begun = self.filter(is_active=True, starts_at__lte=at)
        return begun.filter(Q(ends_at=None) | Q(ends_at__gt=at))


class Discount(models.Model):
    """A percentage or an amount off a price, by a code, or for everybody (a campaign: no code).

    `mentor` narrows it to one mentor's sessions; one that the mentor bears names the mentor.
    `max_uses` and `max_uses_per_client` count purchases that were paid or still can be; a
    trigger refuses the purchase that would exceed them.
    """

    class Bearer(models.TextChoices):
        PLATFORM = "platform", "The platform"
        MENTOR = "mentor", "The mentor"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, null=True, blank=True, unique=True)
    name = models.CharField(max_length=120)
    bearer = models.CharField(max_length=10, choices=Bearer)
    percent_bps = models.PositiveIntegerField(null=True, blank=True)
    amount_minor = models.PositiveBigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    mentor = models.ForeignKey(
        Mentor, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    max_uses = models.PositiveIntegerField(null=True, blank=True)
    max_uses_per_client = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = DiscountQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(percent_bps__gt=0, percent_bps__lte=WHOLE_BPS, amount_minor=None)
                | Q(percent_bps=None, amount_minor__gt=0, currency__regex=CURRENCY_CODE),
                name="billing_discount_percent_or_amount",
            ),
            models.CheckConstraint(
                condition=Q(currency="") | Q(currency__regex=CURRENCY_CODE),
                name="billing_discount_currency",
            ),
            models.CheckConstraint(
                condition=Q(code=None) | Q(code__regex=r"^[A-Z0-9-]{3,40}$"),
                name="billing_discount_code_in_capitals",
            ),
            models.CheckConstraint(
                condition=Q(bearer="platform") | Q(bearer="mentor", mentor__isnull=False),
                name="billing_discount_bearer_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="billing_discount_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.code or self.name

    @property
    def public_id(self) -> str:
        return public_id("dis", self.pk)

    def off(self, price_minor: int) -> int:
        """Return what it takes off a price, which it never exceeds."""
        if self.amount_minor is not None:
            return min(price_minor, self.amount_minor)
        return divide_half_even(price_minor * (self.percent_bps or 0), WHOLE_BPS)


def uses(*, discount: Discount, client: Client) -> tuple[int, int]:
    """Return how often a discount is in use: by everybody, and by this client."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT billing_discount_uses(%s, NULL), billing_discount_uses(%s, %s)",
            [discount.pk, discount.pk, client.pk],
        )
        everybody, own = cursor.fetchone()
    return everybody, own
