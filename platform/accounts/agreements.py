"""What a newcomer agreed to when registering. Where that is kept is plugged in by a floor above.

Documents are pages, so their versions stand in `cms`, which may not be imported here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models import User


class Keep(Protocol):
    """Write down, in the caller's transaction, that the person agreed `at` that instant."""

    def __call__(self, *, user: "User", ids: list[UUID], at: datetime) -> None: ...


class _Book:
    keep: Keep | None = None


def keep_through(keep: Keep) -> None:
    """Say where agreements are kept; called once, when the application starts."""
    _Book.keep = keep


def said(ids: Sequence[UUID], *, now: datetime) -> dict[str, Any]:
    """Return what a registration carries of it until its code comes back."""
    return {"agreed": {"ids": [str(one) for one in ids], "at": now.isoformat()}} if ids else {}


def note(*, user: "User", registration: dict[str, Any]) -> None:
    """Keep what the registration that has just become real agreed to, if it did."""
    agreed = registration.get("agreed")
    if agreed is not None and _Book.keep is not None:
        _Book.keep(
            user=user,
            ids=[UUID(one) for one in agreed["ids"]],
            at=datetime.fromisoformat(agreed["at"]),
        )
