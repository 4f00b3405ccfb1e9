"""Write down who did what; knows nothing of what it means."""

from typing import Any

from kernel import clock
from kernel.models import AuditEntry


def record(
    *, actor: str, action: str, object_type: str, object_id: str, data: dict[str, Any] | None = None
) -> AuditEntry:
    """Append one entry in the caller's transaction. `actor` is `system` or a public user id."""
    return AuditEntry.objects.create(
        at=clock.now(),
        actor=actor,
        action=action,
        object_type=object_type,
        object_id=object_id,
        data=data or {},
    )
