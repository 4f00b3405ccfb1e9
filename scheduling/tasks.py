"""The clock's turn on sessions; the work is in `scheduling.lifecycle`."""

from django.conf import settings

from kernel import clock
from kernel.tasks import schedule
from scheduling import (
    blocks,
    calendar_reader,
    groups,
    lifecycle,
    offered,
    reminders,
    starts,
    waitlist,
)


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


def refresh_blocks() -> int:
    """Bring blocks and starts of mentors whose hours, meetings or calendars changed up to date."""
    count = blocks.refresh(now=clock.now())
    starts.refresh(now=clock.now())
    return count


def rebuild_blocks() -> int:
    """Make everybody's blocks and starts anew, for the days that came into reach."""
    count = blocks.rebuild_all(now=clock.now())
    starts.rebuild_all(now=clock.now())
    return count


def keep_offered_hours() -> int:
    """Write down what mentors offered on the days that are over. Safe at any time, or twice."""
    return offered.record(now=clock.now(), zone=settings.MARKET_TIME_ZONE)


def decide_groups() -> int:
    """Decide the group meetings whose cut-off has come."""
    return groups.decide_due(now=clock.now())


def offer_seats() -> int:
    """Offer the seats that became free to those who wait for them."""
    return waitlist.offer_due(now=clock.now())


def register_schedules() -> None:
    """Have the cluster tick, remind and refresh blocks every minute; the rest as its cron says."""
    schedule(tick, name="scheduling: tick", cron="* * * * *")
    schedule(remind, name="scheduling: reminders", cron="* * * * *")
    schedule(fetch_calendars, name="scheduling: calendars' addresses", cron="*/5 * * * *")
    schedule(decide_groups, name="scheduling: groups", cron="* * * * *")
    schedule(offer_seats, name="scheduling: waitlist", cron="* * * * *")
    schedule(read_calendars_anew, name="scheduling: calendars", cron="23 2 * * *")
    schedule(refresh_blocks, name="scheduling: blocks", cron="* * * * *")
    schedule(keep_offered_hours, name="scheduling: offered hours", cron="3 * * * *")
    schedule(rebuild_blocks, name="scheduling: all blocks", cron="47 2 * * *")
