"""What narrows the directory, in which order it stands, and what is relaxed. Pure.

Works on `Entry` values, which `cms.directory` reads; knows no database and no clock.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from kernel.money import Money
from scheduling.scores import Rating

UNRATED = Rating()


class Sort(StrEnum):
    """How the directory is ordered."""

    RELEVANCE = "relevance"
    SOONEST = "soonest"
    PRICE = "price"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for; an empty value asks for nothing. Prices in minor units."""

    q: str = ""
    price_min: int | None = None
    price_max: int | None = None
    currency: str = ""
    rating_min: float | None = None
    location: str = ""
    language: str = ""
    free_from: datetime | None = None
    free_to: datetime | None = None
    duration: int | None = None
    sort: Sort = Sort.RELEVANCE

    @property
    def asks_for_time(self) -> bool:
        return self.free_from is not None or self.free_to is not None


@dataclass(frozen=True, slots=True)
class Offer:
    """A session type as a visitor sees it: what, how long, how much, on which terms.

    `capacity` is the number of seats of its meetings: one, or more for a group.
    """

    id: UUID
    name: str
    duration_minutes: int
    price: Money
    policy: Mapping[str, Any]
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A mentor as the directory sees one. `free_at` is the first free start that was asked for."""

    mentor_id: UUID
    slug: str
    name: str
    headline: str
    expertise: tuple[str, ...]
    location: str
    languages: tuple[str, ...]
    time_zone: str
    offers: tuple[Offer, ...]
    relevance: float | None = 0.0
    rated: Rating = UNRATED
    free_at: datetime | None = None

    @property
    def rating(self) -> float | None:
        """The mean of the visible reviews, as it is shown and filtered by."""
        return self.rated.mean

    @property
    def reviews_count(self) -> int:
        return self.rated.count

    @property
    def price(self) -> Money | None:
        """The lowest price of what the mentor offers, or of what fitted the filters."""
        if not self.offers:
            return None
        return min(
            (offer.price for offer in self.offers), key=lambda p: (p.currency, p.amount_minor)
        )


RATINGS = (4.5, 4, 3)  # "at least so many stars", as people ask for it

# Which fields belong together; dropped in this order when nothing at all fits.
FAMILIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "free": {"free_from": None, "free_to": None},
        "duration": {"duration": None},
        "language": {"language": ""},
        "location": {"location": ""},
        "price": {"price_min": None, "price_max": None},
        "currency": {"currency": ""},
        "rating": {"rating_min": None},
        "q": {"q": ""},
    }
)


def narrow(entries: Sequence[Entry], filters: Filters) -> tuple[list[Entry], tuple[str, ...]]:
    """Return the entries that fit, and the families of filters that had to be dropped for it.

    Never empty while there are entries: families go one after the other, in FAMILIES' order.
    """
    found = fitting(entries, filters)
    relaxed: list[str] = []
    for family, blank in FAMILIES.items():
        if found or not entries:
            break
        loosened = replace(filters, **blank)
        if loosened != filters:
            relaxed.append(family)
            filters = loosened
            found = fitting(entries, filters)
    return found, tuple(relaxed)


def fitting(entries: Iterable[Entry], filters: Filters) -> list[Entry]:
    """Return the entries that fit every filter, each with the offers that fit."""
    offering = (replace(entry, offers=_offers(entry, filters)) for entry in entries)
    return [
        entry
        for entry in offering
        if entry.offers
        and (not filters.q or entry.relevance is not None)
        and (filters.rating_min is None or (entry.rating or 0.0) >= filters.rating_min)
        and filters.location.casefold() in entry.location.casefold()
        and (not filters.language or filters.language in entry.languages)
        and (not filters.asks_for_time or entry.free_at is not None)
    ]


def _offers(entry: Entry, filters: Filters) -> tuple[Offer, ...]:
    return tuple(
        offer
        for offer in entry.offers
        if (not filters.currency or offer.price.currency == filters.currency)
        and (filters.price_min is None or offer.price.amount_minor >= filters.price_min)
        and (filters.price_max is None or offer.price.amount_minor <= filters.price_max)
        and (filters.duration is None or offer.duration_minutes == filters.duration)
    )


def facets(entries: Sequence[Entry], filters: Filters) -> dict[str, dict[str, int]]:
    """Count each value of a facet among what fits all filters but the facet's own."""
    values: Mapping[str, Callable[[Entry], Iterable[object]]] = {
        "language": lambda entry: entry.languages,
        "location": lambda entry: [entry.location] if entry.location else [],
        "duration": lambda entry: {offer.duration_minutes for offer in entry.offers},
        "currency": lambda entry: {offer.price.currency for offer in entry.offers},
        "rating": lambda entry: [stars for stars in RATINGS if (entry.rating or 0.0) >= stars],
    }
    return {
        name: _count(value, fitting(entries, replace(filters, **FAMILIES[name])))
        for name, value in values.items()
    }


def _count(values: Callable[[Entry], Iterable[object]], entries: Iterable[Entry]) -> dict[str, int]:
    counter = Counter(str(value) for entry in entries for value in values(entry))
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def position(entry: Entry, sort: Sort) -> list[Any]:
    """Return the entry's place in the order as JSON values; the slug makes it total."""
    match sort:
        case Sort.SOONEST:
            at = entry.free_at
            return [at is None, at.isoformat() if at else "", entry.slug]
        case Sort.PRICE:
            price = entry.price
            return [price is None, *((price.currency, price.amount_minor) if price else ("", 0)),
                    entry.slug]  # fmt: skip
        case Sort.RATING:
            return [-entry.rated.score, -entry.reviews_count, entry.slug]
        case _:
            return [-(entry.relevance or 0.0), -entry.rated.score, entry.slug]
