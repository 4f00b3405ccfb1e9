"""What the clock does with messages."""

from kernel.tasks import schedule
from notifications.outbox import send_waiting


def register_schedules() -> None:
    """Look every minute for messages that still wait."""
    schedule(send_waiting, name="notifications: send what waits", cron="* * * * *")
