"""The negative control of the limit on guesses: a throttle that counts after the guess."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from accounts import throttle
from kernel import limits
from kernel.limits import Limit
from kernel.models import RateCount


@contextmanager
def check_then_count(*, what: str, account: str, source: str, now: datetime) -> Iterator[None]:
    """Look at the count, guess, and count the failure: what most throttles do."""

    limit = Limit(f"naive-{what}", 5, timedelta(minutes=5))
    counted = RateCount.objects.filter(key=limits._key(limit, source)).first()
    if counted is not None and counted.count >= limit.quota:
        raise throttle._too_many(1)
    try:
        yield
    except Exception:
        limits.count(limit, subject=source, now=now)
        raise
