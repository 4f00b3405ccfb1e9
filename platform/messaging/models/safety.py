"""Blocks, which end the writing in a conversation, and reports, which bring it before the staff.

Both are history (triggers in `0006_blocks_and_reports`): a block is lifted once, a report decided
once, and nothing else of them ever changes.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from kernel.ids import public_id, uuid7
from messaging.models.talk import Conversation, Message

WORDS_LENGTH = 1000
REASON_LENGTH = 500


class Block(models.Model):
    """While it is not lifted, nobody writes in the conversation; what was written stays.

    Placed by one of the two people, or by the staff (`by_staff`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="blocks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_staff = models.BooleanField(default=False)
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "by", "by_staff"],
                condition=Q(lifted_at=None),
                name="messaging_block_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="messaging_block_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} by {self.by_id}"


class Report(models.Model):
    """What one person of a conversation tells the staff of the other, or of one message of theirs.

    Whoever is reported never learns of it. Open until it is decided, once.
    """

    class Reason(models.TextChoices):
        HARASSMENT = "harassment", "Insults, threats or harassment"
        SPAM = "spam", "Advertising or spam"
        OUTSIDE = "outside", "Wants to be paid outside of here"
        DISHONEST = "dishonest", "Pretends to be somebody else, or cheats"
        OTHER = "other", "Something else"

    class Decision(models.TextChoices):
        DISMISSED = "dismissed", "Dismissed"
        WARNED = "warned", "Warned"
        BLOCKED = "blocked", "Conversation blocked"
        DEACTIVATED = "deactivated", "Account deactivated"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="reports")
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="reports", null=True, blank=True
    )
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    words = models.CharField(max_length=WORDS_LENGTH, blank=True, default="")
    made_at = models.DateTimeField()
    decision = models.CharField(max_length=12, choices=Decision, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decision_reason = models.CharField(max_length=REASON_LENGTH, blank=True, default="")

    class Meta:
        verbose_name = "message report"
        permissions: ClassVar = [("decide_report", "Can read and decide message reports")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reporter", "conversation", "message"],
                condition=Q(decided_at=None),
                nulls_distinct=False,
                name="messaging_report_one_open",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["harassment", "spam", "outside", "dishonest", "other"]),
                name="messaging_report_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decision="", decision_reason="")
                | Q(
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decision__in=["dismissed", "warned", "blocked", "deactivated"],
                )
                & ~Q(decision_reason=""),
                name="messaging_report_decided_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-made_at", "-id"], name="report_newest")]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("rpt", self.pk)

    @property
    def state(self) -> str:
        """Where it stands: `open`, or how it was decided."""
        return self.decision or "open"
