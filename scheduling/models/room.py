"""A meeting's video room, and what its provider told of its door. Append-only by trigger."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from kernel.ids import uuid7
from scheduling.models.meeting import Meeting


class Room(models.Model):
    """The room of one meeting: a name that nobody guesses, at the provider of its first pass."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="room")
    name = models.CharField(max_length=60, unique=True)
    provider = models.CharField(max_length=20)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.provider}"


class RoomVisit(models.Model):
    """One of a meeting's people came through the door of its room, or went.

    `at` is the provider's word for when, `told_at` ours for when we heard it. The provider's own
    `event_id` is unique: what is told twice counts once.
    """

    class Move(models.TextChoices):
        JOINED = "joined"
        LEFT = "left"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="visits")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    move = models.CharField(max_length=6, choices=Move.choices)
    at = models.DateTimeField()
    told_at = models.DateTimeField()
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="scheduling_roomvisit_told_once"
            ),
            models.CheckConstraint(
                condition=Q(move__in=["joined", "left"]), name="scheduling_roomvisit_move_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["room", "at", "id"], name="roomvisit_of_room"),
            models.Index(fields=["provider", "-at"], name="roomvisit_last_heard"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.move} at {self.at:%Y-%m-%d %H:%M}"
