"""What the curators' list says beside a profile's words: where it stands, prices, times, takings.

Facts are read for one sheet of pages at a time, in a fixed number of queries.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min

from accounts.models import Mentor
from billing import queries as billing
from cms.models import MentorProfilePage
from kernel.money import Money
from scheduling import queries as scheduling
from scheduling.models import Session, SessionType
from scheduling.scores import Rating
from scheduling.states import HELD

LATELY = timedelta(days=30)
STATES = {
    "live": "Live",
    "changed": "Live, with a draft",
    "pending": "Awaiting approval",
    "draft": "Draft",
    "applied": "Applied",
    "suspended": "Suspended",
}
TONES = {
    "live": "success",
    "changed": "info",
    "pending": "warning",
    "draft": "quiet",
    "applied": "warning",
    "suspended": "danger",
}


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """`takings` is what clients paid in LATELY; None for those who may not see payments."""

    state: str
    price_from: Money | None
    rating: Rating
    free_at: datetime | None
    sessions: int
    takings: tuple[Money, ...] | None


def state_of(page: MentorProfilePage, *, pending: bool) -> str:
    """Return one of STATES: the mentor's own standing first, then the page's."""
    if page.mentor.status != Mentor.Status.LIVE:
        return str(page.mentor.status)
    if pending:
        return "pending"
    if not page.live:
        return "draft"
    return "changed" if page.has_unpublished_changes else "live"


def read_facts(
    pages: Collection[MentorProfilePage], *, now: datetime, with_takings: bool
) -> Mapping[int, ProfileFacts]:
    """Return the facts of each page by its id. The pages are annotated with `pending`."""
    ids = [page.mentor_id for page in pages]
    since = now - LATELY
    prices = lowest_prices(ids)
    ratings = scheduling.ratings(ids)
    free = scheduling.next_free(mentor_ids=ids, now=now)
    sessions = dict(
        Session.objects.filter(
            mentor__in=ids, state__in=HELD, starts_at__gte=since, starts_at__lt=now
        )
        .values_list("mentor_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    takings = billing.takings(mentor_ids=ids, since=since, until=now) if with_takings else None
    return {
        page.pk: ProfileFacts(
            state=state_of(page, pending=page.pending),
            price_from=prices.get(page.mentor_id),
            rating=ratings[page.mentor_id],
            free_at=free.get(page.mentor_id),
            sessions=sessions.get(page.mentor_id, 0),
            takings=None if takings is None else tuple(takings.get(page.mentor_id, ())),
        )
        for page in pages
    }


def lowest_prices(mentor_ids: Collection[UUID]) -> dict[UUID, Money]:
    """Return the lowest price of what each mentor offers; one query."""
    rows = (
        SessionType.objects.filter(mentor__in=mentor_ids, is_active=True)
        .values_list("mentor_id", "currency")
        .annotate(lowest=Min("price_minor"))
        .order_by("mentor_id", "-currency")
    )
    return {mentor_id: Money(lowest, currency) for mentor_id, currency, lowest in rows}
