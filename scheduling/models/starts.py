"""Which starts a mentor's one-to-one types have, as rows to search by (`scheduling.starts`).

Minutes are whole minutes since 1970. Notice and window are not taken away: the search applies
them at its own instant (`scheduling_first_start`), so that a set stays right as time goes by.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Mentor
from scheduling.models.session_type import SessionType


class StartMark(models.Model):
    """A mentor whose starts are older than what they are made from; one row a change."""

    id = models.BigAutoField(primary_key=True)
    mentor = models.ForeignKey(
        Mentor, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )

    def __str__(self) -> str:
        return f"starts of {self.mentor_id} are to be looked at"


class StartSet(models.Model):
    """The starts of one type as runs: run i is `firsts[i]`, every `steps[i]`, to `lasts[i]`.

    A CHECK (migration 0026) has the three arrays be of one length.
    """

    session_type = models.OneToOneField(
        SessionType, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    mentor = models.ForeignKey(
        Mentor, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    minutes = models.PositiveSmallIntegerField()
    notice_minutes = models.PositiveIntegerField()
    window_days = models.PositiveSmallIntegerField()
    firsts = ArrayField(models.IntegerField())
    lasts = ArrayField(models.IntegerField())
    steps = ArrayField(models.IntegerField())

    def __str__(self) -> str:
        return f"starts of {self.session_type_id}"


class FirstStart(models.Model):
    """The first start of any of a mentor's types, and the length of that session.

    It stands as it is (None: nobody can begin) until `stands_until`; the sets are asked behind it.
    What was made long ago (`good_until`) is old: days have come into reach.
    """

    mentor = models.OneToOneField(
        Mentor,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    stands_until = models.DateTimeField()
    good_until = models.DateTimeField(db_index=True)
    zone_data = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(at=None, minutes=None) | Q(at__isnull=False, minutes__isnull=False),
                name="scheduling_firststart_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id} {self.at}"
