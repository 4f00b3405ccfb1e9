"""Letting a mentor in. The checklist and the queue of the curators come with their screens."""

from django.db import transaction

from accounts.models import Mentor
from kernel import audit


@transaction.atomic
def accept(*, mentor: Mentor, actor: str) -> Mentor:
    """Make an applied mentor live; does nothing to one who is live already.

    `actor` is a public user id, or `system`.
    """
    locked = Mentor.objects.select_for_update(no_key=True).get(pk=mentor.pk)
    if locked.status == Mentor.Status.APPLIED:
        locked.status = Mentor.Status.LIVE
        locked.save(update_fields=["status"])
        audit.record(
            actor=actor,
            action="mentor.accepted",
            object_type="mentor",
            object_id=locked.public_id,
        )
    return locked
