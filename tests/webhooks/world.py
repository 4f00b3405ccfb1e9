"""Endpoints and events for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from kernel import clock
from tests.factories.people import UserFactory
from webhooks import endpoints
from webhooks.emitting import emit
from webhooks.endpoints import Wish
from webhooks.kinds import Kind
from webhooks.models import Endpoint, Event

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def made(
    url: str, *, owner: User | None = None, kinds: Sequence[str] = (), at: datetime = NOON
) -> tuple[Endpoint, str]:
    """An endpoint and its secret; without an owner it is the site's."""
    by = owner or UserFactory()
    return endpoints.make(owner=owner, by=by, wish=Wish(url=url, kinds=kinds), now=at)


def told(
    *people: User,
    kind: Kind = Kind.SESSION_CONFIRMED,
    at: datetime | None = None,
    number: int = 0,
    **data: Any,
) -> Event | None:
    """Tell of a session that these people may see."""
    return emit(
        kind=kind,
        object_id=f"ses_{number:026d}",
        people=lambda: [person.pk for person in people],
        data=lambda: {"status": "confirmed", **data},
        at=at or clock.now(),
    )
