"""Tell of what happened, in the transaction in which it is written down. Knows no room above.

A room says how to find what it wants told and who may see it. Where nobody listens, one prepared
statement is all that it costs; nothing is kept then. Nothing leaves here: `courier` does that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from kernel.prepared import execute
from kernel.timestamps import rfc3339
from webhooks.courier import wake
from webhooks.kinds import Kind
from webhooks.models import Delivery, Endpoint, Event
from webhooks.states import State

# Asked at every booking, payment and message, mostly in vain: prepared, and past the ORM.
_ANYBODY = """
SELECT 1 FROM webhooks_endpoint WHERE removed_at IS NULL AND (kinds = '{}' OR $1 = ANY (kinds))
LIMIT 1
"""


def emit(
    *,
    kind: Kind,
    object_id: str,
    people: Callable[[], Iterable[UUID]],
    data: Callable[[], Mapping[str, Any]],
    at: datetime,
) -> Event | None:
    """Promise the event to every endpoint that asks for it; return None where none does.

    Call it in the transaction of the fact. `object_id` is the public id that the API shows the
    object by, `people` are the users who may see it, `data` are JSON values and instants: thin,
    because a reader asks the API for the rest. Both are asked for only where somebody listens.
    A disabled endpoint has it as missed, to be replayed.
    """
    if execute(_ANYBODY, (str(kind),)) is None:
        return None
    told = list(dict.fromkeys(people()))
    mine = Q(owner=None) | Q(owner__in=told, owner__is_active=True)
    asks = Q(kinds=[]) | Q(kinds__contains=[str(kind)])
    listening = Endpoint.objects.filter(mine, asks, removed_at=None).order_by("pk")
    found = [(one.pk, one.disabled_at is None) for one in listening]
    if not found:
        return None
    event = Event.objects.create(
        kind=str(kind),
        object_id=object_id,
        occurred_at=at,
        people=told,
        data=_plain({"id": object_id, **data()}),
    )
    promise(event, found, now=at)
    return event


def promise(event: Event, listening: Sequence[tuple[UUID, bool]], *, now: datetime) -> None:
    """Add a delivery of the event for each (endpoint, is it enabled), and wake a courier."""
    Delivery.objects.bulk_create(
        Delivery(
            endpoint_id=endpoint_id,
            event=event,
            state=State.WAITING if enabled else State.MISSED,
            created_at=now,
            due_at=now,
            ended_at=None if enabled else now,
        )
        for endpoint_id, enabled in listening
    )
    if any(enabled for _, enabled in listening):
        wake()


def _plain(value: Any) -> Any:
    """Return JSON values, with instants as the API writes them."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, datetime):
        return rfc3339(value)
    return value
