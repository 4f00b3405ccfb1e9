"""The directory of mentors: search, filters, facets, one profile. A fixed number of queries.

A search reads rows that are made for it (`cms.models.Listing`, `scheduling.models.FirstStart`): one
statement understands the words (`cms.wording`), one finds the page, one counts the facets, and one
more says what to relax where nobody fits. Rows that may be old are never believed about time: those
mentors' own rules are asked (`scheduling.queries.next_free`), so that what is shown can be booked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Mentor
from cms import offered, remembering, searching, wording
from cms.filtering import Entry, Filters, Offer
from cms.models import MentorProfilePage
from cms.offered import Start
from cms.remembering import Memory
from cms.searching import Search
from kernel import prepared
from kernel.errors import NotFound
from kernel.money import Money
from kernel.standing import Given, Standing
from scheduling import queries as scheduling
from scheduling.free_starts import first_starts
from scheduling.models import Review, Schedule, SessionType
from scheduling.models.review import ReviewQuerySet
from scheduling.scores import Rating

DEFAULT_LIMIT = 20
SHOWN_REVIEWS = 10
SHOWN = 17  # columns of a row ahead of the keys of its place

_OFFERED = Standing(
    lambda: (
        SessionType.objects.filter(mentor_id=Given("mentor"), is_active=True)
        .select_related("policy")
        .order_by("duration_minutes", "price_minor", "id")
    )
)
_REVIEWS = Standing(lambda: scheduling.reviews_of(mentor_id=Given("mentor"))[:SHOWN_REVIEWS])


class MentorNotFound(NotFound):
    """No live mentor has this slug."""

    code = "mentor_not_found"


@dataclass(frozen=True, slots=True)
class Results:
    """One page of the directory. `next` and `prev` are positions (JSON values), or None.

    Where more fit than are counted, `total` is how many were, and `exact` is false. `corrected` is
    what was searched for in place of the words that were typed, "" where it is the same. `made` is
    for its readers: what they have made of it, which is as good the next time it is given.
    """

    items: tuple[Entry, ...]
    total: int
    next: list[Any] | None
    prev: list[Any] | None
    facets: Mapping[str, Mapping[str, int]]
    relaxed: tuple[str, ...]
    exact: bool = True
    corrected: str = ""
    made: dict[Any, Any] = field(default_factory=dict, compare=False)


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

    Where nothing fits, filters are dropped one family after the other and `relaxed` names them; a
    position is then one of that search. A position of another order begins again, and behind one
    of the last mentor there is nobody.
    """
    if filters.timed:
        return _searched(filters, now, limit, after, before)
    asked = (filters, limit, repr(after), repr(before))
    kept = answers.get(asked)
    known = kept.answer if kept else _NOTHING
    present = remembering.present(
        snapshot=kept.snapshot if kept else None, mentors=known.mentors, times=known.times, now=now
    )
    if kept and present.same:
        if not present.times:
            return known.results
        results = _at(known.results, present.times, now)
        if all(sure for _, sure in present.times.values()):
            answers.amend(asked, kept, Answer.of(results))
        return results
    results = _searched(filters, now, limit, after, before)
    if present.snapshot is not None:
        answers.keep(asked, Answer.of(results), snapshot=present.snapshot)
    return results


def _searched(
    filters: Filters,
    now: datetime,
    limit: int,
    after: Sequence[Any] | None,
    before: Sequence[Any] | None,
) -> Results:
    readings = wording.understand(q=filters.q, location=filters.location)
    asked = meant = _meant([Search(filters, wanted, now) for wanted in readings])
    backwards = before is not None
    position = before if backwards else after
    place = _place(asked, position)
    relaxed: Sequence[str] = ()
    asked, rows = _page(asked, limit, place, backwards=backwards)
    if not rows and asked.asked and (steps := _to_relax(asked)):
        relaxed = steps
        asked = replace(asked.without(steps), live={})
        place = _place(asked, position)  # of the relaxed search, whose order may be another
        asked, rows = _page(asked, limit, place, backwards=backwards)
    more = len(rows) > limit
    rows = rows[:limit][::-1] if backwards else rows[:limit]
    facets, total, exact = _counted(asked)
    return Results(
        items=_entries(rows, asked),
        total=total,
        next=_position(rows[-1]) if rows and (more or backwards) else None,
        prev=_position(rows[0]) if rows and (more if backwards else place is not None) else None,
        facets=facets,
        relaxed=tuple(relaxed),
        exact=exact,
        corrected=meant.wanted.corrected if "q" not in relaxed else "",
    )


def _at(
    results: Results, times: Mapping[int, tuple[datetime | None, bool]], now: datetime
) -> Results:
    """Return the results with these free times, by place; those that are not sure are asked for."""
    items = list(results.items)
    unsure = [items[place].mentor_id for place, (_, sure) in times.items() if not sure]
    asked = chosen(mentor_ids=unsure, now=now) if unsure else []
    free = {entry.mentor_id: entry.free_at for entry in asked}
    for place, (at, _) in times.items():
        items[place] = replace(items[place], free_at=free.get(items[place].mentor_id, at))
    return replace(results, items=tuple(items), made={})


def chosen(*, mentor_ids: Sequence[UUID], now: datetime) -> list[Entry]:
    """Return these mentors in this order, without those who are not live."""
    rows = prepared.fetch(*searching.some(mentor_ids, now))
    found = {entry.mentor_id: entry for entry in _entries(rows, Search(Filters(), _NO_WORDS, now))}
    return [found[mentor_id] for mentor_id in mentor_ids if mentor_id in found]


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
    return Profile(
        entry=bookable(page, now=now),
        bio=page.bio,
        page=page,
        reviews=tuple(newest_reviews(page)),
    )


def bookable(page: MentorProfilePage, *, now: datetime) -> Entry:
    """Return what may be booked of a page's mentor.

    Two queries, the listing's row and the offers; of a mentor who is not listed, as in a preview,
    whatever the tables say.
    """
    listed = chosen(mentor_ids=[page.mentor_id], now=now)
    return replace(listed[0], offers=_offers(page.mentor_id)) if listed else entry_of(page, now=now)


def reviews(slug: str) -> ReviewQuerySet:
    """Return a live mentor's visible reviews, newest first; raise MentorNotFound for others."""
    pages = MentorProfilePage.objects.live().filter(
        mentor__slug=slug, mentor__status=Mentor.Status.LIVE
    )
    mentor_id = pages.values_list("mentor_id", flat=True).first()
    if mentor_id is None:
        raise _not_found(slug)
    return scheduling.reviews_of(mentor_id=mentor_id)


def newest_reviews(page: MentorProfilePage) -> list[Review]:
    """Return the newest visible reviews of a page's mentor, each with its client and reply."""
    return _REVIEWS.all(mentor=page.mentor_id)


def _not_found(slug: str) -> MentorNotFound:
    return MentorNotFound(f"No mentor is listed under {slug!r}; search the directory again.")


def entry_of(page: MentorProfilePage, *, now: datetime) -> Entry:
    """Return the entry of a page, public or not."""
    mentor = page.mentor
    offers = _offers(mentor.pk)
    zone = Schedule.objects.filter(mentor=mentor).values_list("time_zone", flat=True).first()
    prices = [offer.price for offer in offers]
    return Entry(
        mentor_id=mentor.pk,
        slug=mentor.slug,
        name=page.title,
        headline=page.headline,
        expertise=tuple(page.expertise),
        location=mentor.location,
        languages=tuple(mentor.languages),
        time_zone=zone or "UTC",
        offers_count=len(offers),
        price=min(prices, key=lambda p: (p.currency, p.amount_minor), default=None),
        rated=scheduling.ratings([mentor.pk])[mentor.pk],
        free_at=scheduling.next_free(mentor_ids=[mentor.pk], now=now)[mentor.pk],
        offers=offers,
    )


def _offers(mentor_id: UUID) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            id=kind.pk,
            name=kind.name,
            duration_minutes=kind.duration_minutes,
            price=Money(kind.price_minor, kind.currency),
            policy=kind.policy.frozen(),
            capacity=kind.capacity,
            description=kind.description,
        )
        for kind in _OFFERED.all(mentor=mentor_id)
    )


def _meant(searches: Sequence[Search]) -> Search:
    """Return the likeliest reading of the words: of those somebody fits the one of least doubt,
    then whom most fit, as easily as it is typed so.
    """
    if len(searches) == 1:
        return searches[0]
    [(counts,)] = prepared.fetch(*searching.fitting(searches))
    fitting = [pair for pair in zip(searches, counts, strict=True) if pair[1]]
    ranked = sorted(
        fitting, key=lambda pair: (pair[0].wanted.doubts, -pair[1] * pair[0].wanted.ease)
    )
    return ranked[0][0] if ranked else searches[0]


def _by_rules(mentor_ids: Sequence[UUID], asked: Search) -> dict[UUID, Sequence[Start]]:
    """Ask the mentors' own rules for the first start of each of their types."""
    filters = asked.filters
    found: dict[UUID, list[Start]] = {mentor_id: [] for mentor_id in mentor_ids}
    for kind, at in first_starts(
        mentor_ids=mentor_ids, now=asked.now, start=filters.free_from, end=filters.free_to
    ):
        start = Start(at, kind.price_minor, kind.currency, kind.duration_minutes)
        found[kind.mentor_id].append(start)
    return dict(found)


def _page(
    asked: Search, limit: int, place: list[Any] | None, *, backwards: bool
) -> tuple[Search, list[tuple[Any, ...]]]:
    """Return the page's rows, and the search with what the rules said of those it asked.

    They are asked of those who fit but for the time, and whose rows may be old; the page is then
    looked for again. An empty page does not tell whether there is anybody.
    """

    def rows() -> list[tuple[Any, ...]]:
        statement = searching.page(asked, limit=limit, place=place, backwards=backwards)
        return prepared.fetch(*statement)

    found = rows()
    if not asked.timed or (found and not found[0][SHOWN - 1]):
        return asked, found
    old = [mentor_id for (mentor_id,) in prepared.fetch(*searching.old_ones(asked))]
    if not old:
        return asked, found
    asked = replace(asked, live=_by_rules(old, asked))
    return asked, rows()


def _to_relax(asked: Search) -> Sequence[str]:
    """Return the families that have to go; none where somebody fits, or nobody is listed."""
    statement, values, steps = searching.relaxing(asked)
    [(number,)] = prepared.fetch(statement, values)
    return steps[number - 1] if number else ()


def _counted(asked: Search) -> tuple[dict[str, dict[str, int]], int, bool]:
    facets: dict[str, dict[str, int]] = {name: {} for name in searching.FACETS}
    total = 0
    for facet, value, number in prepared.fetch(*searching.counted(asked)):
        if facet == "total":
            total = number
        else:
            facets[facet][value] = number
    most = searching.MOST_COUNTED
    return facets, min(total, most), total <= most


def _entries(rows: Sequence[tuple[Any, ...]], asked: Search) -> tuple[Entry, ...]:
    """Return what is shown, the rules of those asked whose rows may be old and who were not yet.

    They were not where no time was asked for, and where more rows may be old than are asked
    beforehand: who has no time then is left out.
    """
    unsure = [row[0] for row in rows if row[15] and row[0] not in asked.live]
    live = _by_rules(unsure, asked) if unsure else {}
    entries = (
        _entry(row, offered.first_of(live[row[0]], asked.filters) if row[0] in live else row[14])
        for row in rows
    )
    timed = asked.filters.asks_for_time
    return tuple(entry for entry in entries if entry.free_at is not None or not timed)


def _entry(row: tuple[Any, ...], free_at: datetime | None) -> Entry:
    return Entry(
        mentor_id=row[0],
        slug=row[1],
        name=row[2],
        headline=row[3],
        expertise=tuple(row[4]),
        location=row[5],
        languages=tuple(row[6]),
        time_zone=row[7],
        offers_count=row[8],
        price=Money(row[9], row[10]),
        rated=Rating(row[12], row[13]),
        free_at=free_at,
    )


def _position(row: tuple[Any, ...]) -> list[Any]:
    """Return a row's place as JSON values."""
    return [key.isoformat() if isinstance(key, datetime) else key for key in row[SHOWN:]]


_KINDS = {"float8": float, "int": int, "bigint": int, "text": str, "timestamptz": str}


def _place(asked: Search, position: Sequence[Any] | None) -> list[Any] | None:
    """Return a position's values; None for one of another order."""
    kinds = [_KINDS[kind] for _, kind in asked.keys] + [str]
    if position is None or len(position) != len(kinds):
        return None
    if not all(isinstance(key, kind) for key, kind in zip(position, kinds, strict=True)):
        return None
    return list(position)


_NO_WORDS = wording.Wanted()


@dataclass(frozen=True, slots=True)
class Answer:
    """Results, and as PostgreSQL writes arrays whose they are and when they are free."""

    results: Results
    mentors: str
    times: str

    @classmethod
    def of(cls, results: Results) -> "Answer":
        return cls(
            results,
            remembering.array_of(entry.mentor_id for entry in results.items),
            remembering.array_of(entry.free_at for entry in results.items),
        )


answers: Memory[Answer] = Memory()  # of searches without a time; given again while still true
_NOTHING = Answer.of(Results((), 0, None, None, {}, ()))
