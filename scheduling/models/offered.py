"""How much time each mentor offered on a day that is over: history, for hours change."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Mentor


class OfferedDay(models.Model):
    """What a listed mentor's hours came to on a day of the market, time off taken away.

    Written once the day is over (`scheduling.offered`), by the rules as they stood then; zero
    where they were closed. Append-only by trigger.
    """

    id = models.BigAutoField(primary_key=True)
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "mentor"], name="scheduling_offeredday_once"),
            # A day has 25 hours where the clock is put back, and two zones may be a day apart.
            models.CheckConstraint(
                condition=Q(minutes__lte=26 * 60), name="scheduling_offeredday_within_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id} {self.day}: {self.minutes} min"
