"""Payout runs: what mentors are paid together, and the ledger lines that each payout is made of.

Triggers of the migration hold what a CHECK cannot: a payout is the sum of its lines (I6), nothing
is added once the run is frozen, amounts never change, states follow the tables.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Mentor
from billing.models.ledger import Line
from billing.models.payout_account import PayoutAccount
from billing.models.purchase import CURRENCY_CODE
from billing.states import (
    LIVE_PAYOUT_RUN_STATES,
    PAYOUT,
    PAYOUT_RUN,
    PayoutEvent,
    PayoutRunEvent,
    PayoutRunState,
    PayoutState,
)
from kernel.ids import public_id, uuid7

_BEFORE_FREEZING = ["draft", "discarded"]
_BEFORE_APPROVAL = ["draft", "frozen", "discarded"]


class PayoutRun(models.Model):
    """All payouts of one currency that were built together.

    The person who approves is neither who built nor who froze it: a CHECK, for superusers too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gateway = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in PayoutRunState],
        default=PayoutRunState.DRAFT,
    )
    minimum_minor = models.PositiveBigIntegerField()
    built_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    built_at = models.DateTimeField()
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    frozen_at = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    count = models.PositiveIntegerField(default=0)
    total_minor = models.PositiveBigIntegerField(default=0)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    # Why an approved run does not go on by itself, and when it is tried again.
    waits_for = models.CharField(max_length=300, blank=True, default="", db_default="")
    resumes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions: ClassVar = [
            ("prepare_payoutrun", "Can build, freeze, discard and resend payout runs"),
            ("approve_payoutrun", "Can approve payout runs that others prepared"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(state__in=[state.value for state in LIVE_PAYOUT_RUN_STATES]),
                name="billing_payoutrun_one_live",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("built_by")) & ~Q(approved_by=F("frozen_by"))),
                name="billing_payoutrun_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_payoutrun_currency"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PayoutRunState]),
                name="billing_payoutrun_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_BEFORE_FREEZING)
                | Q(
                    frozen_by__isnull=False,
                    frozen_at__isnull=False,
                    content_hash__regex=r"^[0-9a-f]{64}$",
                    count__gt=0,
                    total_minor__gt=0,
                ),
                name="billing_payoutrun_frozen_is_hashed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_BEFORE_APPROVAL, approved_by=None, approved_at=None)
                | (
                    ~Q(state__in=_BEFORE_APPROVAL)
                    & Q(approved_by__isnull=False, approved_at__isnull=False)
                ),
                name="billing_payoutrun_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at=None)),
                name="billing_payoutrun_done_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="discarded", discarded_by__isnull=False, discarded_at__isnull=False
                )
                | (~Q(state="discarded") & Q(discarded_by=None, discarded_at=None)),
                name="billing_payoutrun_discarded_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-built_at", "-id"], name="billing_payoutrun_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("run", self.pk)

    def transition(self, event: PayoutRunEvent) -> None:
        """Move `state` by the table (not saved); raise IllegalTransition for any other move."""
        self.state = PAYOUT_RUN.target(PayoutRunState(self.state), event)


class Payout(models.Model):
    """What one mentor is paid in a run. Its id is the gateway's key: `payout:<id>`.

    `ordered_at` is set, and committed, before the gateway is first asked. The dates say when
    each thing happened at the gateway, or was decided here; the ledger entries carry them.
    `attempt` counts orders that our balance there did not cover: each had a key of its own.
    `open_since` is when the present attempt was first ordered: money may be on its way since. It
    is none before that, and after an order that was refused for sure.
    `fee_minor` is what the gateway took of us for it, `fee_returned_minor` what of it came back.
    `revived_at`: it had failed here, its money was available again, and the gateway paid it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(PayoutAccount, on_delete=models.PROTECT, related_name="payouts")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in PayoutState],
        default=PayoutState.CREATED,
    )
    gateway_transfer_id = models.CharField(max_length=80, null=True, blank=True, unique=True)
    failure_code = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField()
    ordered_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=1, db_default=1)
    open_since = models.DateTimeField(null=True, blank=True)
    fee_minor = models.BigIntegerField(default=0, db_default=0)
    fee_returned_minor = models.BigIntegerField(default=0, db_default=0)
    paid_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    revived_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    reassigned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "mentor"], name="billing_payout_once_a_run"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="billing_payout_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_payout_currency"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PayoutState]),
                name="billing_payout_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["paid", "cleared", "returned", "reassigned"])
                | Q(paid_at__isnull=False, gateway_transfer_id__isnull=False),
                name="billing_payout_paid_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failed_at__isnull=False, revived_at=None)
                | (~Q(state="failed") & Q(failed_at=None, revived_at=None))
                | (
                    Q(state__in=["paid", "cleared", "returned", "reassigned"])
                    & Q(failed_at__isnull=False, revived_at__isnull=False)
                ),
                name="billing_payout_failed_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "reassigned"]) | Q(returned_at__isnull=False),
                name="billing_payout_returned_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state="reassigned") | Q(reassigned_at__isnull=False),
                name="billing_payout_reassigned_is_dated",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["run", "id"],
                condition=Q(state__in=["approved", "sent"]),
                name="billing_payout_in_transit",
            ),
            # Paid, and it may still come back: asked about until the window has closed.
            models.Index(
                fields=["paid_at", "id"], condition=Q(state="paid"), name="billing_payout_uncleared"
            ),
            models.Index(fields=["-created_at", "-id"], name="billing_payout_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("po", self.pk)

    def transition(self, event: PayoutEvent) -> None:
        """Move `state` by the table (not saved); raise IllegalTransition for any other move."""
        self.state = PAYOUT.target(PayoutState(self.state), event)


class PayoutLine(models.Model):
    """A ledger line of 2120 that a payout is made of; `live` while no other payout may take it.

    A trigger clears `live` when the payout fails, is discarded or reassigned.
    """

    id = models.BigAutoField(primary_key=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    live = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(live=True), name="billing_payoutline_one_live"
            ),
            models.UniqueConstraint(
                fields=["payout", "line"], name="billing_payoutline_once_a_payout"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.amount_minor:+d}"


class PayoutExclusion(models.Model):
    """Money of a mentor that is not paid in this run, and why. Written with the run.

    A mentor may be paid and have a part left out: the share of a sale that a bank holds.
    """

    class Reason(models.TextChoices):
        NEGATIVE = "negative", "The mentor owes"
        ON_HOLD = "on_hold", "On hold"
        DISPUTED = "disputed", "Held by a dispute"
        REFUND_FAILED = "refund_failed", "A failed refund is unresolved"
        NO_ACCOUNT = "no_account", "No verified payout account"
        COOL_OFF = "cool_off", "A new destination cools off"
        BELOW_MINIMUM = "below_minimum", "Below the minimum"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="exclusions")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason)
    detail = models.CharField(max_length=300, blank=True, default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "mentor"], name="billing_payoutexclusion_once_a_run"
            ),
            models.CheckConstraint(
                condition=Q(
                    reason__in=[
                        "negative",
                        "on_hold",
                        "disputed",
                        "refund_failed",
                        "no_account",
                        "cool_off",
                        "below_minimum",
                    ]
                ),
                name="billing_payoutexclusion_reason_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id} {self.reason}"
