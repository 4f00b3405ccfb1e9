"""Write down who did what; knows nothing of what it means."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from kernel import clock
from kernel.models import AuditEntry

_source: ContextVar[str] = ContextVar("audit_source", default="")


@contextmanager
def coming_from(source: str) -> Iterator[None]:
    """Note with each entry made within from which network address it was asked for."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


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
        source=_source.get(),
    )
