"""Limit how often one person, or one anonymous source, may change things.

Reads are not counted. A signed-in person is counted by id, so that many people behind one
address do not share a limit; everyone else by address. What guards passwords is stricter and
lives in `accounts.throttle`.
"""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from accounts.models import User
from accounts.sources import source_of
from kernel import clock, limits
from kernel.limits import Limit

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SharedLimit(BaseThrottle):
    """django-ninja's throttle port over the shared counter; puts the headers on the request."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the call; leave RateLimit headers for the boundary to send."""
        if request.method in _SAFE:
            return True
        limit = Limit("writes", settings.API_WRITES_PER_MINUTE, timedelta(minutes=1))
        person = request.user
        subject = person.public_id if isinstance(person, User) else source_of(request)
        state = limits.count(limit, subject=subject, now=clock.now())
        headers = {
            "RateLimit-Policy": f'"{limit.name}";q={limit.quota};w=60',
            "RateLimit": f'"{limit.name}";r={state.remaining};t={state.reset_seconds}',
        }
        if not state.allowed:
            headers["Retry-After"] = str(state.reset_seconds)
        request.rate_limit_headers = headers  # type: ignore[attr-defined]
        return state.allowed
