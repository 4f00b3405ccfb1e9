"""Conversations, their messages and what each person has read. Who may write what is elsewhere.

Messages are history (trigger in migration 0002) and keep what was typed; contact details are
masked where they are read (`messaging.queries`), because a paid session lifts the mask.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Client, Mentor, RefreshFamily, User
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
        indexes: ClassVar = [models.Index(fields=["sent_at"], name="message_sent_at")]

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


class Inbox(models.Model):
    """How many messages a person was sent or wrote, in all conversations; by trigger alone.

    Its row is what gives `Delivery` its numbers, one message at a time: a number is never visible
    before a lower one of the same person, so "whatever is behind n" loses nothing (ADR 0019).
    """

    person = models.OneToOneField(
        User, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    length = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.person_id}: {self.length}"


class Delivery(models.Model):
    """A message's place in a person's inbox. Append-only, by trigger alone."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "number"], name="messaging_delivery_one_per_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} no. {self.number}"


class Digest(models.Model):
    """A letter that told a person of what was unread, `through` a number of their inbox.

    Append-only by trigger.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    through = models.PositiveBigIntegerField()
    promised_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "through"], name="messaging_digest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} through no. {self.through}"


class StreamTicket(models.Model):
    """What lets a browser open its stream once: an EventSource cannot send a bearer token."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    sign_in = models.ForeignKey(RefreshFamily, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.expires_at}"
