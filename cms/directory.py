"""The directory of mentors: search, filters, facets, one profile. A fixed number of queries.

Words come from the live pages, prices, lengths, free times and ratings from scheduling.
Every live mentor is read as one light row and narrowed in `cms.filtering`; text is matched by
PostgreSQL's indexes. Measure before this grows past some ten thousand mentors.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Mentor
from cms.filtering import Entry, Filters, Offer, Sort, facets, narrow, position
from cms.models import MentorProfilePage
from kernel.errors import NotFound
from kernel.money import Money
from scheduling import queries as scheduling
from scheduling.models import Review, Schedule, SessionType
from scheduling.models.review import ReviewQuerySet
from scheduling.soonest import first_free

FEW = 5  # below so many matches of words, likeness of letters is asked too (typos, beginnings)
DEFAULT_LIMIT = 20
SHOWN_REVIEWS = 10


class MentorNotFound(NotFound):
    """No live mentor has this slug."""

    code = "mentor_not_found"


@dataclass(frozen=True, slots=True)
class Results:
    """One page of the directory. `next` and `prev` are positions (JSON values), or None."""

    items: tuple[Entry, ...]
    total: int
    next: list[Any] | None
    prev: list[Any] | None
    facets: Mapping[str, Mapping[str, int]]
    relaxed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A mentor's public page: the directory's entry, the page's words, the newest reviews."""

    entry: Entry
    bio: str
    page: MentorProfilePage
    reviews: tuple[Review, ...]


def search(
    *,
    filters: Filters,
    now: datetime,
    limit: int = DEFAULT_LIMIT,
    after: Sequence[Any] | None = None,
    before: Sequence[Any] | None = None,
) -> Results:
    """Return the page of live mentors that follows `after` or precedes `before`.

    Where nothing fits, filters are dropped one family after the other and `relaxed` names them.
    """
    entries = _entries(q=filters.q)
    if filters.asks_for_time:
        entries = _with_free_times(entries, filters=filters, now=now)
    found, relaxed = narrow(entries, filters)
    by_time = filters.sort is Sort.SOONEST
    if by_time and (not filters.asks_for_time or "free" in relaxed):
        found = _with_the_soonest(found, now=now, limit=limit, after=after, before=before)
    found.sort(key=lambda entry: position(entry, filters.sort))
    start, stop = _window(
        [position(entry, filters.sort) for entry in found], limit, after=after, before=before
    )
    items = found[start:stop]
    if not by_time and (not filters.asks_for_time or "free" in relaxed):
        items = _with_free_times(items, filters=Filters(), now=now)
    return Results(
        items=tuple(items),
        total=len(found),
        next=position(items[-1], filters.sort) if items and stop < len(found) else None,
        prev=position(items[0], filters.sort) if items and start > 0 else None,
        facets=facets(entries, filters),
        relaxed=relaxed,
    )


def chosen(*, mentor_ids: Sequence[UUID], now: datetime) -> list[Entry]:
    """Return these mentors in this order, without those who are not live."""
    entries = {entry.mentor_id: entry for entry in _entries(q="")}
    found = [entries[mentor_id] for mentor_id in mentor_ids if mentor_id in entries]
    return _with_free_times(found, filters=Filters(), now=now)


def mentor(slug: str, *, now: datetime) -> Profile:
    """Return a live mentor's profile; raise MentorNotFound for any other slug."""
    page = (
        MentorProfilePage.objects.live()
        .filter(mentor__slug=slug, mentor__status=Mentor.Status.LIVE)
        .select_related("mentor__user", "portrait")
        .first()
    )
    if page is None:
        raise _not_found(slug)
    (entry,) = _with_free_times(
        _entries(q="", mentor_id=page.mentor_id), filters=Filters(), now=now
    )
    return Profile(
        entry=entry,
        bio=page.bio,
        page=page,
        reviews=tuple(scheduling.reviews_of(mentor_id=page.mentor_id)[:SHOWN_REVIEWS]),
    )


def reviews(slug: str) -> ReviewQuerySet:
    """Return a live mentor's visible reviews, newest first; raise MentorNotFound for others."""
    pages = MentorProfilePage.objects.live().filter(
        mentor__slug=slug, mentor__status=Mentor.Status.LIVE
    )
    mentor_id = pages.values_list("mentor_id", flat=True).first()
    if mentor_id is None:
        raise _not_found(slug)
    return scheduling.reviews_of(mentor_id=mentor_id)


def _not_found(slug: str) -> MentorNotFound:
    return MentorNotFound(f"No mentor is listed under {slug!r}; search the directory again.")


def _window(
    positions: Sequence[list[Any]],
    limit: int,
    *,
    after: Sequence[Any] | None,
    before: Sequence[Any] | None,
) -> tuple[int, int]:
    if before is not None:
        stop = sum(place < list(before) for place in positions)
        return max(0, stop - limit), stop
    start = 0 if after is None else sum(place <= list(after) for place in positions)
    return start, min(start + limit, len(positions))


def _entries(*, q: str, mentor_id: UUID | None = None) -> list[Entry]:
    pages = MentorProfilePage.objects.live().filter(mentor__status=Mentor.Status.LIVE)
    if mentor_id is not None:
        pages = pages.filter(mentor_id=mentor_id)
    rows = list(
        pages.order_by("mentor__slug").values_list(
            "mentor_id",
            "mentor__slug",
            "title",
            "headline",
            "expertise",
            "mentor__location",
            "mentor__languages",
        )
    )
    ids = [row[0] for row in rows]
    zones = dict(Schedule.objects.filter(mentor__in=ids).values_list("mentor_id", "time_zone"))
    offers = _offers(ids)
    rated = scheduling.ratings(ids)
    relevance = _relevance(q) if q else dict.fromkeys(ids, 0.0)
    return [
        Entry(
            mentor_id=pk,
            slug=slug,
            name=name,
            headline=headline,
            expertise=tuple(expertise),
            location=location,
            languages=tuple(languages),
            time_zone=zones.get(pk, "UTC"),
            offers=offers.get(pk, ()),
            relevance=relevance.get(pk),
            rated=rated[pk],
        )
        for pk, slug, name, headline, expertise, location, languages in rows
    ]


def _offers(mentor_ids: Iterable[UUID]) -> dict[UUID, tuple[Offer, ...]]:
    kinds = (
        SessionType.objects.filter(mentor__in=list(mentor_ids), is_active=True)
        .select_related("policy")
        .order_by("duration_minutes", "price_minor", "id")
    )
    offers: dict[UUID, tuple[Offer, ...]] = {}
    for kind in kinds:
        offer = Offer(
            id=kind.pk,
            name=kind.name,
            duration_minutes=kind.duration_minutes,
            price=Money(kind.price_minor, kind.currency),
            policy=kind.policy.frozen(),
            capacity=kind.capacity,
        )
        offers[kind.mentor_id] = (*offers.get(kind.mentor_id, ()), offer)
    return offers


def _relevance(q: str) -> dict[UUID, float]:
    """Return a score by mentor: words first (above 1), then likeness of letters (below 1)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT mentor_id, 1 + ts_rank(document, query)
            FROM cms_mentorprofilepage,
                 websearch_to_tsquery('english', unaccent(%s)) AS query
            WHERE document @@ query
            """,
            [q],
        )
        scores = dict(cursor.fetchall())
        if len(scores) < FEW:
            cursor.execute(
                """
                SELECT mentor_id, word_similarity(asked, words)
                FROM cms_mentorprofilepage, lower(unaccent(%s)) AS asked
                WHERE asked <%% words
                """,
                [q],
            )
            scores = dict(cursor.fetchall()) | scores
    return scores


def _with_free_times(entries: Sequence[Entry], *, filters: Filters, now: datetime) -> list[Entry]:
    free = scheduling.next_free(
        mentor_ids=[entry.mentor_id for entry in entries],
        now=now,
        start=filters.free_from,
        end=filters.free_to,
    )
    return [replace(entry, free_at=free.get(entry.mentor_id)) for entry in entries]


def _with_the_soonest(
    entries: Sequence[Entry],
    *,
    now: datetime,
    limit: int,
    after: Sequence[Any] | None,
    before: Sequence[Any] | None,
) -> list[Entry]:
    """Return the entries with the free times that the page and all before it need.

    The others stand without one, which puts them behind the page.
    """
    ids = [entry.mentor_id for entry in entries]
    place = after if before is None else before
    if place is not None and place[0]:  # among those who have no time: everybody is before them
        free = scheduling.next_free(mentor_ids=ids, now=now)
    else:
        free = first_free(
            mentor_ids=ids,
            now=now,
            count=limit if before is None else 0,
            past=None if place is None else datetime.fromisoformat(place[1]),
        )
    return [replace(entry, free_at=free.get(entry.mentor_id)) for entry in entries]
