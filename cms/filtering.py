"""What narrows the directory, in which order it stands, what is relaxed; and what is found. Values.

`cms.searching` has the statements that narrow and order; a test holds them to plain Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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

    @property
    def timed(self) -> bool:
        """Whether free time decides who is on a page, or where."""
        return self.asks_for_time or self.sort is Sort.SOONEST


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
    description: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mentor as the directory shows one.

    `price` is the lowest of the offers, or of those that fitted the filters; `offers_count` counts
    all of them, and a profile has them in `offers`. `free_at` is the first free start that was
    asked for.
    """

    mentor_id: UUID
    slug: str
    name: str
    headline: str
    expertise: tuple[str, ...]
    location: str
    languages: tuple[str, ...]
    time_zone: str
    offers_count: int
    price: Money | None
    rated: Rating = UNRATED
    free_at: datetime | None = None
    offers: tuple[Offer, ...] = ()

    @property
    def rating(self) -> float | None:
        """The mean of the visible reviews, as it is shown and filtered by."""
        return self.rated.mean

    @property
    def reviews_count(self) -> int:
        return self.rated.count


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
