"""What the clock does with accounts: forget what is long over."""

from datetime import timedelta

from django.conf import settings

from accounts import access, exports
from accounts.models import Ceremony, EmailCode, RefreshFamily
from kernel import clock
from kernel.tasks import schedule, task

KEPT = timedelta(days=30)


@task
def tidy() -> None:
    """Delete codes and sign-ins that ran out more than 30 days ago, and what was begun in vain.

    Exports go on the day on which they expire.
    """
    now = clock.now()
    long_ago = now - KEPT
    Ceremony.objects.filter(expires_at__lt=now).delete()
    EmailCode.objects.filter(expires_at__lt=long_ago).delete()
    RefreshFamily.objects.filter(expires_at__lt=long_ago).delete()
    exports.tidy(now=now)


@task
def rotate_keys() -> None:
    """Sign access tokens with a new key once the present one is TOKEN_KEY_DAYS old.

    Tokens of the present key stay good: it verifies until the next rotation. Safe to repeat.
    """
    if settings.TOKEN_KEY_DAYS:
        access.ring().rotate_when_old(
            now=clock.now(),
            age=timedelta(days=settings.TOKEN_KEY_DAYS),
            token_lifetime=settings.ACCESS_TOKEN_LIFETIME,
        )


def register_schedules() -> None:
    """Tidy every night, and look at the age of the signing key."""
    schedule(tidy, name="accounts: tidy", cron="40 3 * * *")
    schedule(rotate_keys, name="accounts: rotate keys", cron="50 3 * * *")
