"""Our answer to a dispute: what the bank was told, kept as it was sent.

Words and documents are frozen when the answer is written; only what became of it is added.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from billing.models.dispute import Dispute
from kernel.ids import public_id, uuid7


class DisputeAnswer(models.Model):
    """One answer to one dispute. A bank hears one; one that the gateway refused may be followed.

    `record` and `policy` are what our own rows said on that day; `statement` is a person's.
    `claimed_until` is the lease of whoever is sending it, `claims` says how often one was taken.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="answers")
    client_name = models.CharField(max_length=200)
    client_email = models.CharField(max_length=254)
    service = models.CharField(max_length=500)
    service_date = models.DateField()
    record = models.TextField()
    policy = models.TextField(blank=True, default="")
    statement = models.TextField()
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    claims = models.PositiveSmallIntegerField(default=0, db_default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dispute"],
                condition=Q(failed_at=None),
                name="billing_disputeanswer_one_stands",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(failed_at=None),
                name="billing_disputeanswer_one_end",
            ),
            models.CheckConstraint(
                condition=~Q(statement="") & ~Q(record=""),
                name="billing_disputeanswer_says_something",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at", "id"],
                condition=Q(submitted_at=None, failed_at=None),
                name="billing_disputeanswer_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("ans", self.pk)


class AnswerDocument(models.Model):
    """A document of an answer: a PDF, JPEG or PNG, one for each slot. Never changed.

    The bytes lie in the row, so that they are written, backed up and dropped with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    answer = models.ForeignKey(DisputeAnswer, on_delete=models.PROTECT, related_name="documents")
    slot = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["answer", "slot"], name="billing_answerdocument_one_a_slot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot}: {self.name}"
