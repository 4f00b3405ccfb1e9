"""Who is shown before others where nobody is chosen: a few mentors, in an order, for a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import Mentor, User
from cms import directory
from cms.filtering import Entry, Filters
from cms.models import Featuring
from kernel import audit
from kernel.errors import Forbidden, Invalid, NotFound, Refusal

FEATURE = "cms.change_featuring"
LAST_PLACE = 99
LONGEST = timedelta(days=366)


class NotFeaturable(Refusal):
    """The mentor is not live, so nobody would see it."""

    code = "not_featurable"


@transaction.atomic
def feature(*, mentor_id: UUID, place: int, until: datetime, by: User, now: datetime) -> Featuring:
    """Show the mentor before others until an instant; lower places first. Audited.

    A second call changes place and time. Locks the mentor. Raises NotFound, Forbidden, Invalid,
    NotFeaturable.
    """
    mentor = _locked(mentor_id, by)
    if not mentor.is_live:
        raise NotFeaturable(
            f"{mentor} is {mentor.get_status_display().lower()}, and seen by nobody: "
            "only live mentors are featured."
        )
    if not 1 <= place <= LAST_PLACE:
        raise Invalid(f"A place is a number from 1 to {LAST_PLACE}.", pointer="/place")
    if not now < until <= now + LONGEST:
        raise Invalid("Say a day to come, within a year.", pointer="/until")
    row, _ = Featuring.objects.update_or_create(
        mentor=mentor, defaults={"place": place, "until": until, "since": now, "by": by}
    )
    _audit(mentor, by, "mentor.featured", place=place, until=until.isoformat())
    return row


@transaction.atomic
def unfeature(*, mentor_id: UUID, by: User) -> None:
    """Show the mentor like everybody else again; nothing where that is so. Audited.

    Locks the mentor. Raises NotFound, Forbidden.
    """
    mentor = _locked(mentor_id, by)
    removed, _ = Featuring.objects.filter(mentor=mentor).delete()
    if removed:
        _audit(mentor, by, "mentor.unfeatured")


def featured(*, now: datetime, limit: int) -> Sequence[UUID]:
    """Return the live mentors who are featured now, in their order; one query."""
    rows = Featuring.objects.filter(until__gt=now, mentor__status=Mentor.Status.LIVE)
    return list(rows.order_by("place", "since").values_list("mentor_id", flat=True)[:limit])


def shown(*, now: datetime, limit: int) -> list[Entry]:
    """Return so many mentors for a page that names none: the featured, then the directory's first.

    Two queries more than the directory's own where somebody is featured, else one.
    """
    ids = featured(now=now, limit=limit)
    first = directory.chosen(mentor_ids=ids, now=now) if ids else []
    others = directory.search(filters=Filters(), now=now, limit=limit).items
    known = {entry.mentor_id for entry in first}
    return [*first, *(entry for entry in others if entry.mentor_id not in known)][:limit]


def _locked(mentor_id: UUID, by: User) -> Mentor:
    if not by.has_perm(FEATURE):
        raise Forbidden("Mentor curators say who is featured.")
    rows = Mentor.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    mentor = rows.filter(pk=mentor_id).first()
    if mentor is None:
        raise NotFound("There is no such mentor.")
    return mentor


def _audit(mentor: Mentor, by: User, action: str, **data: object) -> None:
    audit.record(
        actor=by.public_id,
        action=action,
        object_type="mentor",
        object_id=mentor.public_id,
        data=data,
    )
