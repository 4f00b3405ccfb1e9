"""The clock's turn on sessions; the work is in `scheduling.lifecycle`."""

from kernel import clock
from kernel.tasks import schedule
from scheduling import calendar_reader, lifecycle, reminders


def tick() -> dict[str, int]:
    """Expire overdue holds, begin and end sessions. Safe at any time, twice, or late."""
    now = clock.now()
    return {
        "expired": lifecycle.expire_due(now=now),
        "advanced": lifecycle.advance_due(now=now),
    }


def fetch_calendars() -> int:
    """Have the mentors' calendars elsewhere asked whose hour has come."""
    return calendar_reader.promise_due(now=clock.now())


def read_calendars_anew() -> int:
    """Bring the days that came into reach into the mentors' calendars elsewhere."""
    return calendar_reader.promise_all_anew(now=clock.now())


def remind() -> int:
    """Promise the reminders that are due. Safe at any time, twice, or late."""
    return reminders.promise_due(now=clock.now())


def register_schedules() -> None:
    """Have the cluster tick and remind every minute, ask calendars, read the kept ones nightly."""
    schedule(tick, name="scheduling: tick", cron="* * * * *")
    schedule(remind, name="scheduling: reminders", cron="* * * * *")
    schedule(fetch_calendars, name="scheduling: calendars' addresses", cron="*/5 * * * *")
    schedule(read_calendars_anew, name="scheduling: calendars", cron="23 2 * * *")
