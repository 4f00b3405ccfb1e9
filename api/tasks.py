"""What the API forgets each night: old Idempotency-Keys and finished rate windows."""

from kernel import clock, idempotency, limits
from kernel.tasks import schedule, task


@task
def forget() -> None:
    """Drop idempotency records older than 30 days and rate counts whose window is over."""
    now = clock.now()
    idempotency.purge(now=now)
    limits.purge(now=now)


def register_schedules() -> None:
    """Declare the nightly clean-up."""
    schedule(forget, name="Forget old request keys", cron="23 3 * * *")
