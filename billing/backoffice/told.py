"""What people did to a row, from the audit log, as lines of its timeline."""

from contextlib import suppress
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from kernel.backoffice.components import Happening
from kernel.display import state_words
from kernel.ids import BadPublicId, parse_public_id, public_id
from kernel.models import AuditEntry


def audited(**objects: list[str]) -> list[Happening]:
    """Return what was done to these objects (`payment=["pay_…"]`): by whom, with their reason."""
    condition = Q(pk=None)
    for object_type, object_ids in objects.items():
        condition |= Q(object_type=object_type, object_id__in=object_ids)
    entries = list(AuditEntry.objects.filter(condition).order_by("at", "pk"))
    names = _names({one.actor for one in entries})
    return [
        Happening(
            at=one.at,
            what=state_words(one.action.replace(".", "_")),
            who=names.get(one.actor, one.actor),
            detail=str(one.data.get("reason", "")),
        )
        for one in entries
    ]


def _names(actors: set[str]) -> dict[str, str]:
    people: list[UUID] = []
    for actor in actors:
        with suppress(BadPublicId):  # `system`, or a job
            people.append(parse_public_id("usr", actor))
    rows = User.objects.filter(pk__in=people).values_list("pk", "name")
    return {public_id("usr", pk): name for pk, name in rows}
