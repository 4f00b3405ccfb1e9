"""How a person, or a rule, ended a break: who, why, and what was posted for it.

A row is kept for good; the entry that it called for is keyed by its id. Above a limit another
person approves, and until then nothing is posted: the database holds both to it.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.models.bank import BankLine
from billing.models.purchase import CURRENCY_CODE
from billing.models.reconciliation import Break
from billing.models.treasury import GatewayPayout
from kernel.ids import public_id, uuid7


class BreakResolution(models.Model):
    """One answer to one break. `done_at`: it stands; `withdrawn_at`: it never came to that.

    `debit` and `credit` are codes of accounts, or empty where nothing is posted. What both sides
    said is kept with it: where one of them says something new, the break is open again. What is
    parked in suspense leaves the break open. `remembers`: its approval makes a rule of it.
    """

    class Action(models.TextChoices):
        POST = "post", "Post the difference"
        MATCH = "match", "Match the bank's line"
        ACCEPT = "accept", "Nothing to post"
        PARK = "park", "Park it in suspense"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    broken = models.ForeignKey(Break, on_delete=models.PROTECT, related_name="resolutions")
    action = models.CharField(max_length=10, choices=Action)
    debit = models.CharField(max_length=4, blank=True, default="")
    credit = models.CharField(max_length=4, blank=True, default="")
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    payout = models.ForeignKey(
        GatewayPayout, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ours_minor = models.BigIntegerField(null=True, blank=True)
    theirs_minor = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=500)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    prepared_at = models.DateTimeField()
    needs_approval = models.BooleanField(default=False)
    remembers = models.BooleanField(default=False, db_default=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions: ClassVar = [
            ("approve_breakresolution", "Can approve answers to breaks that others prepared")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(needs_approval=False) | Q(done_at=None) | Q(approved_by__isnull=False),
                name="billing_breakresolution_approved_where_it_must",
            ),
            models.CheckConstraint(
                condition=Q(needs_approval=False) | Q(prepared_by__isnull=False),
                name="billing_breakresolution_rules_stay_below_the_limit",
            ),
            models.CheckConstraint(
                condition=Q(remembers=False) | Q(needs_approval=True) & ~Q(debit=""),
                name="billing_breakresolution_rules_are_approved",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(withdrawn_at=None),
                name="billing_breakresolution_done_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(debit="", credit="", amount_minor=0)
                | (~Q(debit="") & ~Q(credit="") & ~Q(debit=F("credit")) & ~Q(amount_minor=0)),
                name="billing_breakresolution_two_accounts",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_breakresolution_reason"),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_breakresolution_currency"
            ),
            # One answer at a time: the second person decides on this one.
            models.UniqueConstraint(
                fields=["broken"],
                condition=Q(done_at=None, withdrawn_at=None),
                name="billing_breakresolution_one_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("brs", self.pk)


class ResolutionLimit(models.Model):
    """Up to this amount one person resolves a break; above it, and without a row, two do."""

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=3)
    limit_minor = models.PositiveBigIntegerField()
    effective_from = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["currency", "effective_from"], name="billing_resolutionlimit_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.limit_minor}"


class CategoryAccount(models.Model):
    """Where a gateway's kind of movement is posted from now on, as two people said in `resolution`.

    A trigger takes no rule, and no other account of one, without an approved answer that says it.
    """

    id = models.BigAutoField(primary_key=True)
    gateway = models.CharField(max_length=20)
    category = models.CharField(max_length=60)
    code = models.CharField(max_length=4)
    resolution = models.ForeignKey(
        BreakResolution, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "category"], name="billing_categoryaccount_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.category}: {self.code}"
