"""What the clock does with accounts: forget what is long over."""

from datetime import timedelta

from accounts.models import Ceremony, EmailCode, RefreshFamily
from kernel import clock
from kernel.tasks import schedule, task

KEPT = timedelta(days=30)


@task
def tidy() -> None:
    """Delete codes and sign-ins that ran out more than 30 days ago, and what was begun in vain."""
    now = clock.now()
    long_ago = now - KEPT
    Ceremony.objects.filter(expires_at__lt=now).delete()
    EmailCode.objects.filter(expires_at__lt=long_ago).delete()
    RefreshFamily.objects.filter(expires_at__lt=long_ago).delete()


def register_schedules() -> None:
    """Tidy every night."""
    schedule(tidy, name="accounts: tidy", cron="40 3 * * *")
