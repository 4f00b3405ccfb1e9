"""Limit how often one person, or one anonymous source, may read and change things.

A signed-in person is counted by id, so that many people behind one address do not share a limit;
everyone else by address. Changes are counted one by one, reads by batches (`kernel.leases`). What
guards passwords is stricter and lives in `accounts.throttle`.
"""

from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from accounts.models import User
from accounts.sources import source_of
from kernel import clock, limits
from kernel.leases import leases
from kernel.limits import Limit

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SharedLimit(BaseThrottle):
    """django-ninja's throttle port over the shared counter."""

    def allow_request(self, request: HttpRequest) -> bool:
        return count(request)


def count(request: HttpRequest) -> bool:
    """Count the call and say whether it is allowed; leave the headers for the boundary to send."""
    now = clock.now()
    person = getattr(request, "user", None)
    subject = person.public_id if isinstance(person, User) else source_of(request)
    if request.method in _SAFE:
        limit = _limit("reads", settings.API_READS_PER_MINUTE)
        state = leases.count(limit, subject=subject, now=now)
    else:
        limit = _limit("writes", settings.API_WRITES_PER_MINUTE)
        state = limits.count(limit, subject=subject, now=now)
    headers = {
        "RateLimit-Policy": f'"{limit.name}";q={limit.quota};w=60',
        "RateLimit": f'"{limit.name}";r={state.remaining};t={state.reset_seconds}',
    }
    if not state.allowed:
        headers["Retry-After"] = str(state.reset_seconds)
    request.rate_limit_headers = headers  # type: ignore[attr-defined]
    return state.allowed


@lru_cache(maxsize=8)
def _limit(name: str, quota: int) -> Limit:
    return Limit(name, quota, timedelta(minutes=1))


def is_counted(request: HttpRequest) -> bool:
    """Say whether the call has been counted: an operation does it once it knows who calls."""
    return hasattr(request, "rate_limit_headers")
