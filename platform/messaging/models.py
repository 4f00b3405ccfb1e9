"""Conversations, their messages and what each person has read. Who may write what is elsewhere.

Messages are history (trigger in migration 0002) and keep what was typed; contact details are
masked where they are read (`messaging.queries`), because a paid session lifts the mask.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Client, Mentor, User
from kernel.ids import public_id, uuid7

TEXT_LENGTH = 4000


class Conversation(models.Model):
    """All that one client and one mentor write to each other. There is one, by constraint.

    `length` counts its messages; their numbers run from 1 to it, without a hole, by trigger.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+")
    length = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    last_sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["client", "mentor"], name="messaging_conversation_one_per_pair"
            ),
            models.CheckConstraint(
                condition=Q(last_sent_at__gte=F("created_at")),
                name="messaging_conversation_time_goes_forward",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["client", "-last_sent_at", "-id"], name="conversation_of_client"),
            models.Index(fields=["mentor", "-last_sent_at", "-id"], name="conversation_of_mentor"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("cnv", self.pk)


class Message(models.Model):
    """One message. Append-only by trigger; `number` is its place in the conversation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages"
    )
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=TEXT_LENGTH)
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "number"], name="messaging_message_one_per_number"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="messaging_message_from_1"),
            models.CheckConstraint(condition=~Q(text=""), name="messaging_message_says_something"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id("msg", self.pk)


class ReadMark(models.Model):
    """Up to which number a person has read a conversation; it only moves forward."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="marks")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "reader"], name="messaging_mark_one_per_reader"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} up to {self.number}"
