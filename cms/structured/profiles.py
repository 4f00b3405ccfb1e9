"""A mentor's page: the person, what is offered at which price, what clients said. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cms.filtering import Entry, Offer
from cms.structured.graph import Node
from kernel.money import Money, exponent


@dataclass(frozen=True, slots=True)
class Opinion:
    """A review as the page shows it: stars, words, the author's short name, the instant."""

    rating: int
    words: str
    author: str
    at: datetime


def profile(
    entry: Entry, *, url: str, image: str, revised: datetime | None, site: str
) -> list[Node]:
    """Return the page and the person. Addresses are absolute."""
    person: Node = {
        "@type": "Person",
        "@id": f"{url}#person",
        "name": entry.name,
        "url": url,
        "description": entry.headline,
        "image": image,
    }
    if entry.expertise:
        person["knowsAbout"] = list(entry.expertise)
    if entry.languages:
        person["knowsLanguage"] = list(entry.languages)
    if entry.location:
        person["homeLocation"] = {"@type": "Place", "name": entry.location}
    page: Node = {
        "@type": "ProfilePage",
        "@id": url,
        "url": url,
        "name": entry.name,
        "mainEntity": {"@id": f"{url}#person"},
        "isPartOf": {"@id": f"{site}/#website"},
    }
    if revised is not None:
        page["dateModified"] = revised.isoformat()
    return [page, person]


def service(entry: Entry, opinions: Sequence[Opinion], *, url: str, site: str, name: str) -> Node:
    """Return what the mentor offers, each type with its price as it is now.

    The rating is that of the page's own sentence: every visible review and no other counts
    (`scheduling.queries.ratings`); `opinions` are those that the page shows. Without a review
    there is neither.
    """
    node: Node = {
        "@type": "Service",
        "@id": f"{url}#service",
        "name": name,
        "serviceType": "Mentoring",
        "description": entry.headline,
        "url": url,
        "provider": {"@id": f"{url}#person"},
        "broker": {"@id": f"{site}/#organization"},
    }
    if entry.offers:
        node["offers"] = [_offer(offer, url=url) for offer in entry.offers]
    if entry.reviews_count:
        node["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": entry.rating,
            "reviewCount": entry.reviews_count,
            "bestRating": 5,
            "worstRating": 1,
        }
        node["review"] = [_review(opinion) for opinion in opinions]
    return node


def decimal(price: Money) -> str:
    """Write an amount as schema.org wants it: digits and a point, as many as ISO 4217 gives."""
    digits = exponent(price.currency)
    if not digits:
        return f"{price.amount_minor}"
    whole, part = divmod(price.amount_minor, 10**digits)
    return f"{whole}.{part:0{digits}d}"


def _offer(offer: Offer, *, url: str) -> Node:
    return {
        "@type": "Offer",
        "name": offer.name,
        "price": decimal(offer.price),
        "priceCurrency": offer.price.currency,
        "url": f"{url}#sessions",
        "itemOffered": {
            "@type": "Service",
            "name": offer.name,
            "additionalProperty": {
                "@type": "PropertyValue",
                "name": "duration",
                "value": offer.duration_minutes,
                "unitCode": "MIN",
            },
        },
    }


def _review(opinion: Opinion) -> Node:
    node: Node = {
        "@type": "Review",
        "author": {"@type": "Person", "name": opinion.author},
        "datePublished": opinion.at.date().isoformat(),
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": opinion.rating,
            "bestRating": 5,
            "worstRating": 1,
        },
    }
    if opinion.words:
        node["reviewBody"] = opinion.words
    return node
