"""What this floor keeps of people, for exports and erasures."""

from typing import Any

from django.db.models import Case, QuerySet, Value, When

from accounts.models import User
from kernel.personal import ERASED, Fate, Table, keep
from webhooks.models import Event

NOWHERE = "https://erased.invalid/"
# One that failed says why, by constraint.
FAILED_STILL = Case(When(succeeded=False, then=Value(ERASED)), default=Value(""))


def events_of(user: User) -> QuerySet[Any]:
    return Event.objects.filter(people__contains=[user.pk])


def tell() -> None:
    """Name the tables; called once, at the start."""
    keep(
        Table(
            model="webhooks.endpoint",
            whose=("owner", "made_by"),
            mine=("owner",),
            section="webhook_endpoints",
            says="Addresses that are told of what happens to you.",
            shown=(
                "id",
                "url",
                "description",
                "kinds",
                "created_at",
                "disabled_at",
                "removed_at",
            ),
            fate=Fate.CHANGED,
            stays=("disabled_reason",),
            why="Deliveries refer to it for ninety days.",
        ),
        Table(
            model="webhooks.event",
            rows=events_of,
            section="webhook_events",
            says="What was told to such addresses in the last ninety days.",
            shown=("id", "kind", "object_id", "occurred_at"),
            fate=Fate.KEPT,
            stays=("kind", "object_id", "data"),
            why="It names objects by reference alone and is dropped after ninety days.",
        ),
        Table(
            model="webhooks.attempt",
            whose=("delivery__endpoint__owner",),
            says="What the servers at your own addresses answered.",
            fate=Fate.CHANGED,
            blank={"body": "", "error": FAILED_STILL},
            why="It is dropped after ninety days.",
        ),
    )
