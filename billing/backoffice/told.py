"""What people did to a row, from the audit log, as lines of its timeline."""

from collections.abc import Collection

from django.db.models import Q

from accounts.names import names_of
from kernel.backoffice.components import Happening
from kernel.display import state_words
from kernel.models import AuditEntry


def audited(*, but: Collection[str] = (), **objects: list[str]) -> list[Happening]:
    """Return what was done to these objects (`payment=["pay_…"]`): by whom, with their reason.

    Actions in `but` are left out: the row itself tells them.
    """
    condition = Q(pk=None)
    for object_type, object_ids in objects.items():
        condition |= Q(object_type=object_type, object_id__in=object_ids)
    entries = list(
        AuditEntry.objects.filter(condition).exclude(action__in=but).order_by("at", "pk")
    )
    names = names_of(one.actor for one in entries)
    return [
        Happening(
            at=one.at,
            what=state_words(one.action.replace(".", "_")),
            who=names[one.actor],
            detail=str(one.data.get("reason", "")),
        )
        for one in entries
    ]
