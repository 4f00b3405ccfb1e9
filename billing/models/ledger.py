"""The double-entry tables: accounts, entries and their lines. History: nothing is ever changed.

What holds here without any code of ours (triggers and checks of the migrations): every
statement that adds lines adds zero per entry and currency; lines and entries refuse UPDATE,
DELETE and TRUNCATE; an entry exists once per (source, kind); a line of an account that has a
sub-ledger names its mentor or purchase. docs/money.md explains the accounts.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Mentor
from billing.models.purchase import CURRENCY_CODE, Purchase
from kernel.ids import uuid7

# Accounts whose lines must say whose money it is, and which purchase it came from.
MENTOR_ACCOUNTS = ("2110", "2120", "2130", "2140", "2150", "5040")
PURCHASE_ACCOUNTS = ("2110", "2200", "2300", "2600", "4010", "4020", "4030", "4090")


class LedgerAccount(models.Model):
    """An account of the chart in one currency, where it matters at one gateway.

    The key is natural (`2110:USD`, `1100:stripe:USD`): a line carries code and currency in its
    foreign key, so checks need no look-up and a posting no query for ids.
    """

    key = models.CharField(primary_key=True, max_length=32, db_collation="C")
    code = models.CharField(max_length=4)
    gateway = models.CharField(max_length=20, blank=True, default="")
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[1-6][0-9]{3}$"), name="billing_ledgeraccount_code"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=CURRENCY_CODE), name="billing_ledgeraccount_currency"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """Something that happened to money: balanced lines with one source.

    `source_type` and `source_id` name our row or the gateway's object (never the gateway's
    event), so that a second delivery of the same fact finds the entry already there.
    Three dates: `occurred_at` is when it happened, `posted_at` when the books learned of it,
    `booked_at` when it counts: when it happened, or, where that period was closed already, the
    first instant that was still open.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    source_type = models.CharField(max_length=30)
    source_id = models.CharField(max_length=80)
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField()
    memo = models.CharField(max_length=200, blank=True, default="")
    booked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source_type", "source_id", "kind"], name="billing_entry_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["booked_at", "id"], name="billing_entry_by_booking"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_type}:{self.source_id}"


class Line(models.Model):
    """One side of an entry: a debit is positive, a credit negative, in minor units."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(
        LedgerAccount, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    mentor = models.ForeignKey(
        Mentor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    purchase = models.ForeignKey(
        Purchase,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="billing_line_not_zero"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "id"], name="billing_line_by_account"),
            models.Index(
                fields=["mentor", "account"],
                condition=Q(mentor__isnull=False),
                name="billing_line_by_mentor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_minor:+d} {self.currency}"
