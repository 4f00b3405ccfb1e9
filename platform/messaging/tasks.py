"""The clock's turn on messages; the work is in `messaging.digests`."""

from kernel import clock
from kernel.tasks import schedule
from messaging import digests


def tell_unread() -> int:
    """Promise the digests that are due. Safe at any time, twice, or late."""
    return digests.tell_due(now=clock.now())


def register_schedules() -> None:
    """Have the cluster look every five minutes for what waits unread."""
    schedule(tell_unread, name="messaging: digests", cron="*/5 * * * *")
