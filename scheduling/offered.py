"""Keep what mentors offered: hours are edited in place, so a day's are kept once it is over.

Knows nothing of bookings; the report of utilisation sets sessions against it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from accounts.models import Mentor
from kernel.spans import midnight
from kernel.turns import sole_turn
from scheduling.diaries import availability_of, read_schedules, unix
from scheduling.hours import DAY, EPOCH, merged, open_intervals, subtract
from scheduling.models import OfferedDay, Schedule

BATCH = 500
# A job that stood still for longer than this has lost the days before: nobody knows those hours.
MOST_DAYS = 40
TURN = "scheduling: offered"


def record(*, now: datetime, zone: str, since: date | None = None) -> int:
    """Write down every day of `zone` that is over and not kept yet; return how many days.

    The first time that is yesterday alone: of earlier days nobody knows the hours. `since` says
    that they were then as they are now (the demo's). A transaction for all; where another
    process is at it, nothing.
    """
    with sole_turn(TURN) as mine:
        if not mine:
            return 0
        yesterday = now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
        newest: date | None = OfferedDay.objects.aggregate(newest=Max("day"))["newest"]
        following = yesterday if newest is None else newest + timedelta(days=1)
        first = since or max(following, yesterday - timedelta(days=MOST_DAYS))
        days = [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]
        if days:
            with transaction.atomic():
                _write(days, zone)
    return len(days)


def _write(days: list[date], zone: str) -> None:
    bounds = [midnight(day, zone) for day in (*days, days[-1] + timedelta(days=1))]
    mentors = list(
        Mentor.objects.filter(status=Mentor.Status.LIVE).order_by("pk").values_list("pk", flat=True)
    )
    for start in range(0, len(mentors), BATCH):
        schedules = read_schedules(
            mentor_ids=mentors[start : start + BATCH], start=bounds[0], end=bounds[-1]
        )
        OfferedDay.objects.bulk_create(
            [
                OfferedDay(mentor_id=mentor_id, day=days[number], minutes=minutes)
                for mentor_id, number, minutes in _minutes(schedules, bounds)
            ],
            batch_size=5_000,
            ignore_conflicts=True,
        )


def _minutes(schedules: list[Schedule], bounds: list[datetime]) -> Iterator[tuple[UUID, int, int]]:
    """Yield (mentor, number of the day, minutes) for each mentor and day, closed days too."""
    edges = [unix(bound) for bound in bounds]
    for schedule in schedules:
        availability = availability_of(schedule)
        opened = open_intervals(
            availability=availability,
            first=edges[0] // DAY + EPOCH - 2,
            last=edges[-1] // DAY + EPOCH + 2,
        )
        seconds = [0] * (len(edges) - 1)
        number = 0
        for opens, closes in subtract(opened, merged(availability.time_off)):
            while number < len(seconds) - 1 and edges[number + 1] <= opens:
                number += 1
            day = number
            while day < len(seconds) and edges[day] < closes:
                seconds[day] += max(0, min(closes, edges[day + 1]) - max(opens, edges[day]))
                day += 1
        for day, of_day in enumerate(seconds):
            yield schedule.mentor_id, day, of_day // 60
