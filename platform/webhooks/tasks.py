"""What the clock does with webhooks; the work is in `webhooks.courier` and `webhooks.retention`."""

from kernel import clock
from kernel.tasks import schedule
from webhooks import retention
from webhooks.courier import deliver_due


def forget_old() -> int:
    """Drop what is older than it is kept. Safe at any time, twice, or late."""
    return retention.forget(now=clock.now())


def register_schedules() -> None:
    """Look every minute for what is due, and once a night for what is old."""
    schedule(deliver_due, name="webhooks: deliver", cron="* * * * *")
    schedule(forget_old, name="webhooks: forget", cron="23 3 * * *")
