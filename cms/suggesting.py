"""Mentors on cards: those a client met before, and those to meet next.

A card is what a live page and the reviews say. A fixed number of queries; free times are not read.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Client, Mentor
from cms.models import MentorProfilePage
from cms.profile_facts import lowest_prices
from kernel.money import Money
from scheduling import queries as scheduling
from scheduling.models import Review, Session
from scheduling.scores import Rating

# Of those with the most reviews the best ones are suggested: no score has to be kept for that.
CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says of a mentor."""

    mentor_id: UUID
    slug: str
    name: str
    headline: str
    rating: Rating
    price_from: Money | None


def new_to(*, client: Client) -> list[UUID]:
    """Return live mentors whom the client never booked, the most reviewed first; one query."""
    reviews = (
        Review.objects.published()
        .filter(mentor=OuterRef("mentor"))
        .order_by()
        .values("mentor")
        .annotate(number=Count("pk"))
        .values("number")
    )
    booked = Session.objects.filter(client=client).values("mentor")
    pages = (
        _live()
        .exclude(mentor__in=booked)
        .exclude(mentor__user=client.user_id)
        .annotate(reviews=Coalesce(Subquery(reviews), 0))
        .order_by("-reviews", "mentor__slug")
    )
    return list(pages.values_list("mentor_id", flat=True)[:CANDIDATES])


def cards(mentor_ids: Collection[UUID]) -> dict[UUID, Card]:
    """Return the cards of those of the mentors who have a live page; three queries."""
    rows = (
        _live()
        .filter(mentor__in=mentor_ids)
        .values_list("mentor_id", "mentor__slug", "title", "headline")
    )
    ratings = scheduling.ratings(mentor_ids)
    prices = lowest_prices(mentor_ids)
    return {
        pk: Card(pk, slug, name, headline, ratings[pk], prices.get(pk))
        for pk, slug, name, headline in rows
    }


def best(found: Collection[Card], *, limit: int) -> list[Card]:
    """Return the cards with the highest scores, those of equals by name."""
    return sorted(found, key=lambda card: (-card.rating.score, card.name))[:limit]


def _live() -> Any:
    return MentorProfilePage.objects.live().filter(mentor__status=Mentor.Status.LIVE)
