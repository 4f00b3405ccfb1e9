"""An event as the bytes that are sent: the same for each attempt, whoever gets them."""

import json

from kernel.timestamps import rfc3339
from webhooks.models import Event


def body_of(event: Event) -> bytes:
    """Return `{"type", "timestamp", "data"}` as compact JSON."""
    message = {
        "type": event.kind,
        "timestamp": rfc3339(event.occurred_at),
        "data": event.data,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
