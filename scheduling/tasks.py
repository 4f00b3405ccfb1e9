"""The clock's turn on sessions; the work is in `scheduling.lifecycle`."""

from kernel import clock
from kernel.tasks import schedule
from scheduling import external_calendars, lifecycle, reminders


def tick() -> dict[str, int]:
    """Expire overdue holds, begin and end sessions. Safe at any time, twice, or late."""
    now = clock.now()
    return {
        "expired": lifecycle.expire_due(now=now),
        "advanced": lifecycle.advance_due(now=now),
    }


def read_calendars_anew() -> int:
    """Bring the days that came into reach into the mentors' calendars elsewhere."""
    return external_calendars.read_anew(now=clock.now())


def remind() -> int:
    """Promise the reminders that are due. Safe at any time, twice, or late."""
    return reminders.promise_due(now=clock.now())


def register_schedules() -> None:
    """Have the cluster tick and remind every minute, and read the kept calendars every night."""
    schedule(tick, name="scheduling: tick", cron="* * * * *")
    schedule(remind, name="scheduling: reminders", cron="* * * * *")
    schedule(read_calendars_anew, name="scheduling: calendars", cron="23 2 * * *")
