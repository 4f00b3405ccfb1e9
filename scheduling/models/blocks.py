"""Where a mentor has time, as rows to search by: what is open, and what of it is free.

An index, made from the schedule, the meetings and the calendars elsewhere by `scheduling.blocks`,
and never asked whether a start may be booked: `scheduling.slots` decides that.
"""

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import SpGistIndex
from django.db import models
from django.db.models import F, Q

from accounts.models import Mentor

HALF_OPEN = Q(
    during__isempty=False,
    during__lower_inc=True,
    during__upper_inc=False,
    during__lower_inf=False,
    during__upper_inf=False,
)


class BlockBasis(models.Model):
    """What a mentor's blocks were made from, and from when until when they tell.

    A schedule of another version, or another edition of the time zones, has other open times.
    """

    mentor = models.OneToOneField(
        Mentor, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    schedule_version = models.PositiveIntegerField()
    zone_data = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "block bases"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(since__lt=F("until")), name="scheduling_blockbasis_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(zone_data=""), name="scheduling_blockbasis_names_its_zone_data"
            ),
        ]

    def __str__(self) -> str:
        return f"blocks of {self.mentor_id} by version {self.schedule_version}"


class BlockMark(models.Model):
    """A mentor whose blocks are older than what they are made from; written by triggers.

    One row a change, so that no writer waits for another.
    """

    id = models.BigAutoField(primary_key=True)
    mentor = models.ForeignKey(
        Mentor, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )

    def __str__(self) -> str:
        return f"{self.mentor_id} is to be looked at"


class Block(models.Model):
    """A stretch of a mentor's time, as long as can be: two neither overlap nor touch.

    A trigger sees to that, and in place of a foreign key to the mentor, once a statement.
    """

    pk = models.CompositePrimaryKey("mentor_id", "during")
    mentor = models.ForeignKey(
        Mentor, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    during = DateTimeRangeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.mentor_id} {self.during}"


class OpenBlock(Block):
    """When the mentor's rules say that he works, time off taken away."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=HALF_OPEN, name="scheduling_openblock_half_open")
        ]


class FreeBlock(Block):
    """What of the open blocks neither a live meeting nor a calendar elsewhere takes."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=HALF_OPEN, name="scheduling_freeblock_half_open")
        ]
        indexes: ClassVar = [SpGistIndex(fields=["during"], name="freeblock_during")]
