"""The directory in plain Python: what is found, in which order, how it is counted and relaxed.

Written for reading, not for speed: `cms.searching` is held to it. It knows profiles as values and
gets free times handed in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cms.filtering import FAMILIES, RATINGS, Filters, Sort
from scheduling.scores import Rating

type Offer = tuple[int, str, int]  # price in minor units, currency, minutes
type Starts = list[tuple[datetime, Offer]]  # the first start of each that can begin
NEVER = datetime(9999, 12, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A mentor; words are single and plain."""

    slug: str
    name: tuple[str, ...]
    headline: tuple[str, ...]
    expertise: tuple[str, ...]
    bio: tuple[str, ...]
    location: str
    languages: tuple[str, ...]
    offers: tuple[Offer, ...]
    rated: Rating
    free_at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """What a search finds: all of it in order, by slug; the price of each; counts; what went."""

    slugs: list[str]
    prices: list[tuple[str, int]]
    times: list[datetime | None]
    facets: dict[str, dict[str, int]]
    relaxed: list[str]


def nearness(person: Person, q: str) -> int | None:
    """Return what the words' places are worth together; None where one is nowhere."""
    worth = 0
    for word in q.split():
        places = (person.name, person.headline, person.expertise, person.bio)
        each = [value for value, place in zip((8, 4, 2, 1), places, strict=True) if word in place]
        if not each:
            return None
        worth += max(each)
    return worth


def fits(offer: Offer, filters: Filters) -> bool:
    price, currency, minutes = offer
    return (
        (filters.price_min is None or price >= filters.price_min)
        and (filters.price_max is None or price <= filters.price_max)
        and filters.currency in {"", currency}
        and filters.duration in {None, minutes}
    )


def offers(person: Person, filters: Filters) -> list[Offer]:
    return [offer for offer in person.offers if fits(offer, filters)]


def first(starts: Starts, filters: Filters) -> datetime | None:
    """Return the first start of any offer; of those that fit where time is asked for."""
    return min(
        (at for at, offer in starts if not filters.timed or fits(offer, filters)), default=None
    )


def fitting(people: Iterable[Person], filters: Filters) -> list[Person]:
    return [
        person
        for person in people
        if offers(person, filters)
        and nearness(person, filters.q) is not None
        and (filters.rating_min is None or (person.rated.mean or 0) >= filters.rating_min)
        and filters.location.casefold() in person.location.casefold()
        and (not filters.language or filters.language in person.languages)
        and (not filters.asks_for_time or person.free_at is not None)
    ]


def search(
    people: Sequence[Person],
    filters: Filters,
    free: Callable[[Filters], Mapping[str, Starts]],
) -> Found:
    def timed(asked: Filters) -> list[Person]:
        times = free(asked)
        known = [replace(one, free_at=first(times[one.slug], asked)) for one in people]
        return fitting(known, asked)

    asked, relaxed = filters, []
    found = timed(asked)
    for family, blank in FAMILIES.items():
        if found or not people:
            break
        if replace(asked, **blank) != asked:
            asked = replace(asked, **blank)
            relaxed.append(family)
            found = timed(asked)

    def price(person: Person) -> tuple[str, int]:
        return min((currency, price) for price, currency, _ in offers(person, asked))

    def place(person: Person) -> tuple[object, ...]:
        match asked.sort:
            case Sort.PRICE:
                return (*price(person), person.slug)
            case Sort.SOONEST:
                return (person.free_at or NEVER, person.slug)
            case Sort.RATING:
                return (-person.rated.score, person.slug)
            case _:
                return (-(nearness(person, asked.q) or 0), -person.rated.score, person.slug)

    found.sort(key=place)
    values: Mapping[str, Callable[[Person, Filters], Iterable[object]]] = {
        "language": lambda one, _: one.languages,
        "location": lambda one, _: [one.location] if one.location else [],
        "duration": lambda one, given: {minutes for _, _, minutes in offers(one, given)},
        "currency": lambda one, given: {currency for _, currency, _ in offers(one, given)},
        "rating": lambda one, _: [at for at in RATINGS if (one.rated.mean or 0) >= at],
    }
    facets = {}
    for name, value in values.items():
        given = replace(asked, **FAMILIES[name])
        facets[name] = dict(
            Counter(str(each) for one in timed(given) for each in value(one, given))
        )
    return Found(
        [one.slug for one in found],
        [price(one) for one in found],
        [one.free_at for one in found],
        facets,
        relaxed,
    )
