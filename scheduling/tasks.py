"""The clock's turn on sessions; the work is in `scheduling.lifecycle`."""

from kernel import clock
from kernel.tasks import schedule
from scheduling import lifecycle


def tick() -> dict[str, int]:
    """Expire overdue holds, begin and end sessions. Safe at any time, twice, or late."""
    now = clock.now()
    return {
        "expired": lifecycle.expire_due(now=now),
        "advanced": lifecycle.advance_due(now=now),
    }


def register_schedules() -> None:
    """Have the cluster tick every minute."""
    schedule(tick, name="scheduling: tick", cron="* * * * *")
