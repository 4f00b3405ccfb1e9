"""The platform's own bank: its accounts, the statements that were brought in, and their lines.

A line is history, and it is the bank's: who it belongs to is written beside it (`BankMatch`),
never into it. `identity` is what makes a line the same line in two overlapping statements.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.models.purchase import CURRENCY_CODE
from billing.models.treasury import GatewayPayout
from kernel.ids import public_id, uuid7


class BankAccount(models.Model):
    """One account of the platform at its bank. `mapping` is how its CSV files are read.

    What arrived before `since` is not asked for: the first statement begins there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)
    number = models.CharField("IBAN or number", max_length=40, blank=True, default="")
    currency = models.CharField(max_length=3)
    since = models.DateField()
    mapping: "models.JSONField[Any]" = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_bankaccount_currency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.currency})"

    @property
    def public_id(self) -> str:
        return public_id("bac", self.pk)


class BankStatement(models.Model):
    """A file that was brought in: what it said of itself, and what came of it. Append-only."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        CAMT = "camt.053", "CAMT.053"
        MT940 = "mt940", "MT940"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    filename = models.CharField(max_length=120)
    format = models.CharField(max_length=10, choices=Format)
    sha256 = models.CharField(max_length=64)
    opening_minor = models.BigIntegerField(null=True, blank=True)
    closing_minor = models.BigIntegerField(null=True, blank=True)
    begins_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    rows = models.PositiveIntegerField()
    known = models.PositiveIntegerField(default=0)
    errors: "models.JSONField[Any]" = models.JSONField(default=list, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    imported_at = models.DateTimeField()

    class Meta:
        permissions: ClassVar = [("import_bankstatement", "Can bring bank statements in")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "sha256"], name="billing_bankstatement_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-imported_at", "-id"])]

    def __str__(self) -> str:
        return self.filename

    @property
    def public_id(self) -> str:
        return public_id("bst", self.pk)


class BankLine(models.Model):
    """One line of the bank's: positive came in, negative went out. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    identity = models.CharField(max_length=64)
    booked_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    text = models.CharField(max_length=500, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")
    counterparty = models.CharField(max_length=140, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "identity"], name="billing_bankline_once"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="billing_bankline_not_zero"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-booked_on", "-id"], name="billing_bankline_newest"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("bln", self.pk)


class BankMatch(models.Model):
    """This line is the arrival of this payout; `by` an exact key, or a person. Append-only."""

    class By(models.TextChoices):
        REFERENCE = "reference", "The gateway's reference in the text"
        ID = "id", "The gateway's id in the text"
        PERSON = "person", "A person"

    id = models.BigAutoField(primary_key=True)
    line = models.OneToOneField(BankLine, on_delete=models.PROTECT, related_name="match")
    payout = models.OneToOneField(GatewayPayout, on_delete=models.PROTECT, related_name="match")
    by = models.CharField(max_length=10, choices=By)
    matched_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.line_id} {self.payout_id}"
