"""The table of cards that all peers of job F read: its shape, and the same list in two ways.

The cards are what the product's own API has answered; a peer reads them ready to be shown, without
deriving anything, by the index of their order.
"""

from typing import Any

TABLE = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE bench.card (
    standing int NOT NULL, slug text PRIMARY KEY, name text NOT NULL, headline text NOT NULL,
    expertise text[] NOT NULL, price_minor bigint, currency text, rating float8,
    reviews_count int NOT NULL, location text NOT NULL, languages text[] NOT NULL,
    time_zone text NOT NULL, next_free_at timestamptz, portrait_url text NOT NULL
);
CREATE INDEX card_order ON bench.card (standing, slug);
"""
COLUMNS = (
    "slug, name, headline, expertise, price_minor, currency, rating, reviews_count, location, "
    "languages, time_zone, next_free_at, portrait_url"
)
ROWS = f"SELECT {COLUMNS} FROM bench.card ORDER BY standing, slug LIMIT 20"
JSON = """
SELECT json_build_object('items', json_agg(json_build_object(
    'slug', slug, 'name', name, 'headline', headline, 'expertise', expertise,
    'price', CASE WHEN price_minor IS NOT NULL
        THEN json_build_object('amount', price_minor, 'currency', currency) END,
    'rating', rating, 'reviews_count', reviews_count, 'location', location,
    'languages', languages, 'time_zone', time_zone,
    'next_free_at', to_char(next_free_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'portrait_url', portrait_url)))::text
FROM (SELECT * FROM bench.card ORDER BY standing, slug LIMIT 20) AS card
"""


def values(row: Any) -> dict[str, Any]:
    """Return the card of a row (in the order of COLUMNS)."""
    (slug, name, headline, expertise, minor, currency, rating, count, location, languages, zone,
     free, portrait) = row  # fmt: skip
    return {
        "slug": slug, "name": name, "headline": headline, "expertise": expertise,
        "price": None if minor is None else {"amount": minor, "currency": currency},
        "rating": rating, "reviews_count": count, "location": location, "languages": languages,
        "time_zone": zone, "next_free_at": free, "portrait_url": portrait,
    }  # fmt: skip
