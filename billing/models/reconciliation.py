"""What the gateway's own records say, stored as they came, and where they disagree with ours.

Raw rows are history: a row that the gateway later shows differently is a second row. A run
remembers which rows it saw, so that its result can be computed again.
"""

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from billing.models.payment import Payment
from billing.models.payout import Payout
from kernel.ids import public_id, uuid7


class CutOff(models.Model):
    """How far a gateway's records are believed: the last full UTC day that is older than `age`.

    `overlap` is how far back each night looks besides, for what was listed late.
    """

    gateway = models.CharField(max_length=20, primary_key=True)
    age = models.DurationField(default=timedelta(hours=12))
    overlap = models.DurationField(default=timedelta(days=7))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(age__gte=timedelta(0), overlap__gte=timedelta(0)),
                name="billing_cutoff_not_in_the_future",
            ),
        ]

    def __str__(self) -> str:
        return self.gateway


class ReconciliationRun(models.Model):
    """One comparison of a gateway's movements with the ledger over [since, until).

    `days` are earlier days that it looked at again, because a break of theirs was open. The
    ledger is taken as of `started_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gateway = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    days = ArrayField(models.DateField(), default=list, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, default="")
    counts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(since__lt=F("until")), name="billing_reconciliationrun_window"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["gateway", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.gateway} {self.since:%Y-%m-%d} – {self.until:%Y-%m-%d}"


class GatewayTransaction(models.Model):
    """One version of one balance transaction, as the gateway listed it. Append-only.

    `run` is the first that saw it so. Neither a foreign key nor an index by an id, the gateway's or
    ours, is on the way in: they would take longer than a million rows to be read and matched
    (benchmarks, job E). Rows come in the order of time, so block ranges find them. Only the
    sequence gives an id (GENERATED ALWAYS), which is what keeps it unique. A session takes a
    thousand at once, so an id tells the order within one run and connection alone: `run` first.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(
        ReconciliationRun,
        on_delete=models.PROTECT,
        related_name="rows",
        db_constraint=False,
        db_index=False,
    )
    gateway = models.CharField(max_length=20)
    transaction_id = models.CharField(max_length=80)
    category = models.CharField(max_length=60)
    source_id = models.CharField(max_length=80, blank=True, default="", db_default="")
    payment_ref = models.UUIDField(null=True, blank=True)
    refund_ref = models.UUIDField(null=True, blank=True)
    intent_id = models.CharField(max_length=80, blank=True, default="", db_default="")
    payout_ref = models.UUIDField(null=True, blank=True)
    transfer_id = models.CharField(max_length=80, blank=True, default="", db_default="")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    occurred_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # One index of both: what a row costs on its way in is the index, not its columns.
            BrinIndex(
                fields=["run", "occurred_at"], autosummarize=True, name="billing_gatewaytx_blocks"
            ),
            models.Index(
                fields=["gateway", "transfer_id"],
                condition=~Q(transfer_id=""),
                name="billing_gatewaytx_of_transfer",
            ),
            # What is looked for in days that a run did not ask for: all but the many charges.
            models.Index(
                fields=["gateway", "source_id"],
                condition=~Q(category__in=["charge", "payment"]),
                name="billing_gatewaytx_of_source",
            ),
        ]

    def __str__(self) -> str:
        return self.transaction_id


class SeenAgain(models.Model):
    """Rows that a run saw and an earlier one had stored, many at a time. Append-only.

    Those rows lie in [since, until], both ends included: block ranges find them by it.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="+")
    transaction_ids = ArrayField(models.BigIntegerField())
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.run_id} {len(self.transaction_ids)}"


class Break(models.Model):
    """A difference between our books and the gateway's, with a stable identity.

    (leg, gateway, key, type) is one break for ever: a run that meets it again updates it, the
    run that no longer meets it closes it. `key` is the gateway's object id or our public id;
    of a bank line that nobody claims, `gateway` is "bank".
    """

    class Type(models.TextChoices):
        CHARGE_MISSING_HERE = "charge_missing_here", "Charge missing here"
        CHARGE_MISSING_THERE = "charge_missing_there", "Charge missing there"
        REFUND_MISSING_HERE = "refund_missing_here", "Refund missing here"
        REFUND_MISSING_THERE = "refund_missing_there", "Refund missing there"
        AMOUNT = "amount", "Amount differs"
        FEE = "fee", "Fee differs"
        CURRENCY = "currency", "Currency differs"
        STATUS_REFUNDED_THERE = "status_refunded_there", "Ours paid, theirs refunded"
        STATUS_REFUNDED_HERE = "status_refunded_here", "Ours refunded, theirs paid"
        DUPLICATE_CHARGE = "duplicate_charge", "Duplicate charge"
        DISPUTE_MISSING_HERE = "dispute_missing_here", "Dispute missing here"
        UNKNOWN_CATEGORY = "unknown_category", "Unknown category"
        PAYOUT_MISSING_HERE = "payout_missing_here", "Payout missing here"
        PAYOUT_MISSING_THERE = "payout_missing_there", "Payout missing there"
        STATUS_PAID_THERE = "status_paid_there", "Ours not paid, theirs paid"
        STATUS_RETURNED_THERE = "status_returned_there", "Ours paid out, theirs returned"
        STATUS_RETURNED_HERE = "status_returned_here", "Ours returned, theirs paid out"
        GATEWAY_PAYOUT_MISSING_HERE = "gateway_payout_missing_here", "Gateway payout missing here"
        GATEWAY_PAYOUT_MISSING_THERE = (
            "gateway_payout_missing_there",
            "Gateway payout missing there",
        )
        PAYOUT_SUM = "payout_sum", "Payout sum unexplained"
        BANK_LINE_MISSING = "bank_line_missing", "Missing at the bank"
        BANK_LINE_UNKNOWN = "bank_line_unknown", "Unknown bank line"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed by itself"
        RESOLVED = "resolved", "Resolved"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    leg = models.CharField(max_length=1, default="A")
    gateway = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    type = models.CharField(max_length=30, choices=Type)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    payout = models.ForeignKey(
        Payout, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ours_minor = models.BigIntegerField(null=True, blank=True)
    theirs_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    detail = models.CharField(max_length=300)
    occurred_at = models.DateTimeField()
    first_run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="+")
    last_run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="breaks")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=120, blank=True, default="")
    resolution = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        permissions: ClassVar = [("resolve_break", "Can answer breaks")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["leg", "gateway", "key", "type"], name="billing_break_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None)
                | Q(state__in=["closed", "resolved"], closed_at__isnull=False),
                name="billing_break_closed_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | ~Q(resolved_by="") & ~Q(resolution=""),
                name="billing_break_resolved_by_somebody_with_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["occurred_at", "id"], condition=Q(state="open"), name="billing_break_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"

    @property
    def our_currency(self) -> str:
        """The currency of `ours_minor`; `currency` is theirs, and they may differ."""
        ours = self.payment or self.payout
        return ours.currency if ours else self.currency

    @property
    def public_id(self) -> str:
        return public_id("brk", self.pk)
