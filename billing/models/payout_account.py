"""Where a mentor's money goes, what is paid out at the least, and what is held back.

The gateway knows the bank account; we know only its name for the mentor and whether it may
receive.
"""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Mentor
from billing.models.purchase import CURRENCY_CODE
from billing.states import PAYOUT_ACCOUNT, PayoutAccountEvent, PayoutAccountState
from kernel.ids import public_id, uuid7


class PayoutAccount(models.Model):
    """A mentor's destination at one gateway; one that is not closed per mentor and gateway.

    The row is committed before the gateway is asked to make the payee, under the key
    `payee:<id>`. `asked_for` is what the gateway still wants from the mentor. `destination` is the
    gateway's id of what is paid; it never changes, and one that replaces another is an account of
    its own, paid from `usable_from` on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2, blank=True, default="")
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in PayoutAccountState],
        default=PayoutAccountState.ONBOARDING,
    )
    gateway_account_id = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - unique where set
    destination = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 - written once
    asked_for = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    usable_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mentor", "gateway"],
                condition=~Q(state="closed"),
                name="billing_payoutaccount_one_live",
            ),
            models.UniqueConstraint(
                fields=["gateway", "gateway_account_id"], name="billing_payoutaccount_payee_once"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_payoutaccount_currency"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PayoutAccountState]),
                name="billing_payoutaccount_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(gateway_account_id__isnull=False),
                name="billing_payoutaccount_active_is_known_there",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None)),
                name="billing_payoutaccount_closed_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("pya", self.pk)

    def transition(self, event: PayoutAccountEvent) -> None:
        """Move `state` by the table (not saved); raise IllegalTransition for any other move."""
        self.state = PAYOUT_ACCOUNT.target(PayoutAccountState(self.state), event)


class PayoutHold(models.Model):
    """Finance keeps a mentor's money back for a reason, until somebody lifts it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions: ClassVar = [("place_payouthold", "Can hold mentors' payouts, and lift that")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mentor"], condition=Q(lifted_at=None), name="billing_payouthold_one_live"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_payouthold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="billing_payouthold_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor}: {self.reason}"


class PayoutMinimumQuerySet(models.QuerySet["PayoutMinimum"]):
    def in_force(self, *, currency: str, at: datetime) -> "PayoutMinimum":
        """Return the newest minimum begun at the instant `at`; raise DoesNotExist without one."""
        begun = self.filter(currency=currency, effective_from__lte=at)
        newest = begun.order_by("-effective_from", "-id").first()
        if newest is None:
            raise PayoutMinimum.DoesNotExist
        return newest


class PayoutMinimum(models.Model):
    """The least that is paid out in a currency, from an instant on. A new rate is a new row."""

    currency = models.CharField(max_length=3)
    minimum_minor = models.PositiveBigIntegerField()
    effective_from = models.DateTimeField()

    objects = PayoutMinimumQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["currency", "effective_from"], name="billing_payoutminimum_once"
            ),
            models.CheckConstraint(
                condition=Q(minimum_minor__gt=0), name="billing_payoutminimum_positive"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_payoutminimum_currency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.minimum_minor} from {self.effective_from:%Y-%m-%d}"


class MentorBalance(models.Model):
    """What the books hold of one mentor in one currency, read through a database view.

    Positive is owed to the mentor; a negative `available_minor` is owed by them.
    """

    id = models.CharField(primary_key=True, max_length=40, editable=False)
    mentor = models.ForeignKey(Mentor, on_delete=models.DO_NOTHING, related_name="+")
    currency = models.CharField(max_length=3)
    pending_minor = models.BigIntegerField()
    available_minor = models.BigIntegerField()
    reserve_minor = models.BigIntegerField()
    in_transit_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "billing_mentorbalance"

    def __str__(self) -> str:
        return f"{self.mentor} {self.currency}"
