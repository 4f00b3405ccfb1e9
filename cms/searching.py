"""The directory's statements: a page, its facets, what is to be relaxed. Texts; runs nothing.

Conditions are written by family (`filtering.FAMILIES`), so that a facet may leave its own out and
a relaxed search those that were dropped. What a reader typed is a named parameter, never text of a
statement; the texts are few, so that PostgreSQL keeps them prepared. `cms.directory` runs them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from cms import offered
from cms.filtering import FAMILIES, RATINGS, Filters, Sort
from cms.offered import Start, told
from cms.wording import Wanted, quoted
from scheduling.starts import MAY_BE_OLD

WEIGHTS = {"A": 8, "B": 4, "C": 2}  # of a word in the name, the headline, the expertise; else 1
MOST_COUNTED = 5_000  # mentors of whom total and facets are counted
MOST_VALUES = 50  # of one facet
MOST_OLD = 200  # mentors whose rows may be old, and who are asked by the rules beforehand
FACETS = ("language", "location", "duration", "currency", "rating")
MOST_FITTING = 100  # mentors who are counted for a reading
NEVER = "9999-12-01T00:00:00+00:00"


# What an order sorts by, ascending and ahead of the slug; and what a cursor's values are.
STANDING = ("standing", "float8")
NEARNESS = ("nearness", "int")
PRICE = (("currency", "text"), ("price_minor", "bigint"))
FREE = (("begins", "timestamptz"),)

OF_OFFERS = (
    "price_low",
    "price_high",
    "currencies",
    "minutes",
)  # a listing's, for `offered.free_at`
OFFERS = "unnest(l.prices, l.currencies, l.minutes) AS offer (price, currency, minutes)"
LOWEST = "SELECT offer.price, offer.currency FROM {offers} WHERE {fits} ORDER BY 2, 1 LIMIT 1"
VALUE_OF = "LATERAL (SELECT DISTINCT offer.{column} AS value FROM {offers} WHERE {fits}) AS one"
OLD = MAY_BE_OLD.replace("%(now)s", told("now", "timestamptz"))


@dataclass(frozen=True, slots=True)
class Search:
    """One search at one instant. `live`: what the rules said of those whose rows may be old."""

    filters: Filters
    wanted: Wanted
    now: datetime
    live: Mapping[UUID, Sequence[Start]] = field(default_factory=dict)

    @property
    def timed(self) -> bool:
        """Whether free time decides who is on the page, or where."""
        return self.filters.timed

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """What it is sorted by ahead of the slug, with the types."""
        match self.filters.sort:
            case Sort.SOONEST:
                return FREE
            case Sort.PRICE:
                return PRICE
            case Sort.RELEVANCE if self.wanted.words:
                return (NEARNESS, STANDING)
            case _:
                return (STANDING,)

    @property
    def asked(self) -> list[str]:
        """The families of filters that ask for something, in the order they are dropped."""
        blank = Filters()
        return [
            family
            for family, names in FAMILIES.items()
            if any(getattr(self.filters, name) != getattr(blank, name) for name in names)
        ]

    def without(self, families: Collection[str]) -> "Search":
        """Return the search that does not ask for these."""
        blanks = {name: blank for family in families for name, blank in FAMILIES[family].items()}
        wanted = replace(
            self.wanted,
            words=None if "q" in families else self.wanted.words,
            places=None if "location" in families else self.wanted.places,
            part="" if "location" in families else self.wanted.part,
        )
        return replace(self, filters=replace(self.filters, **blanks), wanted=wanted)

    def values(self) -> dict[str, Any]:
        """Return the parameters that all statements of the search share."""
        filters, words = self.filters, self.wanted.words or ()
        return (
            {
                "now": self.now,
                "since": max(filters.free_from or self.now, self.now),
                "until": filters.free_to,
                "price_min": filters.price_min,
                "price_max": filters.price_max,
                "currency": filters.currency,
                "duration": filters.duration,
                "rating": filters.rating_min,
                "part": self.wanted.part,
            }
            | offered.by_rules(self.live)
            | {
                f"word{at}{weight}": weighted(word, weight)
                for at, word in enumerate(words)
                for weight in WEIGHTS
            }
        )

    def said(self) -> str:
        """Return the text search: the words, and what else is looked up whole."""
        parts = [f"({word})" for word in self.wanted.words or ()]
        if self.filters.language:
            parts.append(quoted(f"@lang:{self.filters.language}"))
        if self.wanted.places:
            places = " | ".join(quoted(f"@place:{place}") for place in self.wanted.places)
            parts.append(f"({places})")
        return " & ".join(parts)

    def conditions(self, said: str) -> str:
        """Return what a listing `l` has to be, free time apart; `said` names the text search."""
        return " AND ".join(self._conditions(said)) or "true"

    def _conditions(self, said: str) -> Iterator[str]:
        if () in {self.wanted.words, self.wanted.places}:
            yield "false"
        if self.said():
            yield f"l.document @@ {told(said, 'tsquery')}"
        if self.wanted.part:
            yield f"l.place LIKE '%%' || {told('part', 'text')} || '%%'"
        if self.filters.rating_min is not None:
            yield f"coalesce(l.rating, 0) >= {told('rating', 'float8')}"
        yield from self._offering()

    def _offering(self) -> Iterator[str]:
        """One offer has to fit all that is asked of it; bounds that rule out most come first."""
        filters = self.filters
        if filters.price_max is not None:
            yield f"l.price_low <= {told('price_max', 'bigint')}"
        if filters.price_min is not None:
            yield f"l.price_high >= {told('price_min', 'bigint')}"
        if filters.currency:
            yield f"{told('currency', 'text')} = ANY (l.currencies)"
        if filters.duration is not None:
            yield f"{told('duration', 'int')} = ANY (l.minutes)"
        if len(offered.asked(filters)) > 1:
            yield f"EXISTS (SELECT FROM {OFFERS} WHERE {offered.fits(self.filters)})"

    def free_at(self) -> str:
        """Return the first free start that is asked for, of a listing `l` with its `first`."""
        return offered.free_at(self.filters, live=bool(self.live))

    def tables(self, *, with_time: bool, listing: str = "cms_listing") -> str:
        """Return the tables that the conditions, and the free start, are about."""
        tables = f"{listing} AS l"
        if with_time:
            tables += " LEFT JOIN scheduling_firststart AS first ON first.mentor_id = l.mentor_id"
            if self.live:
                tables += offered.BY_RULES.format(fits=offered.fits(self.filters))
        return tables

    def those_free(self, ordered: str) -> str:
        """Return the SELECT of those rows of an ordered one who are free, with `begins`.

        They are asked one after the other and no further than the page: for most offers that is
        their sets of starts. The fences keep the order, and have each asked once.
        """
        facts = ", ".join(f"found.{name}" for name in ("mentor_id", *OF_OFFERS))
        tables = self.tables(with_time=True, listing=f"(SELECT {facts})")
        return f"""SELECT found.*, free.begins FROM ({ordered} OFFSET 0) AS found
    CROSS JOIN LATERAL (SELECT {self.free_at()} AS begins FROM {tables} OFFSET 0) AS free
    WHERE free.begins IS NOT NULL"""  # noqa: S608

    def found(self, columns: str, *, said: str) -> str:
        """Return the SELECT of all that fit."""
        timed = self.filters.asks_for_time
        where = self.conditions(said) + (f" AND {self.free_at()} IS NOT NULL" if timed else "")
        return f"SELECT {columns} FROM {self.tables(with_time=timed)} WHERE {where}"  # noqa: S608


def weighted(word: str, weight: str) -> str:
    """Write an operand as it stands in one field."""
    return " | ".join(
        one + ("" if one.endswith(":*") else ":") + weight for one in word.split(" | ")
    )


def page(
    search: Search, *, limit: int, place: Sequence[Any] | None, backwards: bool
) -> tuple[str, dict[str, Any]]:
    """Return the statement of one row more than a page, and its values.

    Columns: `SHOWN`, whether the row may be old, whether anybody's may, and the keys of its place.
    `place` is a row's keys, from which it goes on.
    """
    keys = [*search.keys, ("slug", "text")]
    names = ", ".join(f"found.{name}" for name, _ in keys)
    order = ", ".join(f"found.{name}{' DESC' if backwards else ''}" for name, _ in keys)
    values = search.values() | {"said": search.said()}
    late = search.filters.asks_for_time and search.keys is not FREE
    beyond = []
    if search.filters.asks_for_time and not late:
        beyond.append("found.begins IS NOT NULL")
    if place is not None:
        marks = ", ".join(told(f"key{at}", kind) for at, (_, kind) in enumerate(keys))
        beyond.append(f"({names}) {'<' if backwards else '>'} ({marks})")
        values |= {f"key{at}": value for at, value in enumerate(place)}
    narrowed = bool(offered.asked(search.filters))
    lowest = LOWEST.format(offers=OFFERS, fits=offered.fits(search.filters))
    lowest = f"LEFT JOIN LATERAL ({lowest}) AS lowest ON true"
    priced = "lowest.price, lowest.currency" if narrowed else "l.price_minor, l.currency"
    by_offer = narrowed and search.filters.sort is Sort.PRICE
    columns = ["l.mentor_id", "l.slug", "l.standing"]
    if search.keys is PRICE:
        columns += ["lowest.currency, lowest.price AS price_minor" if by_offer
                    else "l.currency, l.price_minor"]  # fmt: skip
    if NEARNESS in search.keys:
        columns.append(f"{_nearness(search)} AS nearness")
    if late:
        columns += [f"l.{name}" for name in OF_OFFERS]
    elif search.timed:
        never = f"coalesce({search.free_at()}, '{NEVER}')"
        columns.append(f"{search.free_at() if search.filters.asks_for_time else never} AS begins")
    # Without a fence what is worked out is worked out again wherever it is named; with one, no
    # index gives the order.
    fence = "OFFSET 0" if search.timed or NEARNESS in search.keys or by_offer else ""
    begins = "found.begins" if search.timed else search.free_at()
    fitting = f"""SELECT found.* FROM (
        SELECT {", ".join(columns)} FROM {search.tables(with_time=search.timed and not late)}
            {lowest if by_offer else ""}
        WHERE {search.conditions("said")} {fence}
    ) AS found
    WHERE {" AND ".join(beyond) or "true"}
    ORDER BY {order}"""  # noqa: S608
    if late:
        fitting = search.those_free(fitting) + f" ORDER BY {order}"
    text = f"""
WITH page AS MATERIALIZED (
    {fitting} LIMIT {limit + 1:d}
), old AS MATERIALIZED ({OLD})
SELECT l.mentor_id, l.slug, l.name, l.headline, l.expertise, l.location, l.languages, l.time_zone,
    cardinality(l.prices), {priced}, l.rating, l.reviews, l.stars,
    nullif({begins}, '{NEVER}'), l.mentor_id IN (SELECT mentor_id FROM old),
    EXISTS (SELECT FROM old),
    {", ".join(f"found.{name}" for name, _ in keys)}
FROM page AS found JOIN cms_listing AS l ON l.mentor_id = found.mentor_id
    LEFT JOIN scheduling_firststart AS first ON first.mentor_id = l.mentor_id
    {lowest if narrowed else ""}
ORDER BY {order}
"""  # noqa: S608
    return text, values


def _nearness(search: Search) -> str:
    """Return the words' places, as a number: the nearer, the lower."""
    each = [
        "CASE "
        + " ".join(
            f"WHEN l.document @@ %(word{at}{weight})s::tsquery THEN {worth}"
            for weight, worth in WEIGHTS.items()
        )
        + " ELSE 1 END"
        for at in range(len(search.wanted.words or ()))
    ]
    return f"-({' + '.join(each)})"


def some(mentor_ids: Collection[UUID], now: datetime) -> tuple[str, dict[str, Any]]:
    """Return the statement of these mentors' rows, in the columns of `page` without its keys."""
    search = Search(Filters(), Wanted(), now)
    text = f"""
WITH old AS MATERIALIZED ({OLD})
SELECT l.mentor_id, l.slug, l.name, l.headline, l.expertise, l.location, l.languages, l.time_zone,
    cardinality(l.prices), l.price_minor, l.currency, l.rating, l.reviews, l.stars,
    {search.free_at()}, l.mentor_id IN (SELECT mentor_id FROM old)
FROM {search.tables(with_time=True)} WHERE l.mentor_id = ANY (%(mentors)s::uuid[])
"""  # noqa: S608
    return text, search.values() | {"mentors": list(mentor_ids)}


def counted(search: Search) -> tuple[str, dict[str, Any]]:
    """Return the statement of the facets, and of how many fit: rows of facet, value, number.

    A facet that is asked for is counted among those who fit all but that. Not more than
    MOST_COUNTED are looked at, and one more tells that there are more.
    """
    values = search.values()
    pools, counts = [], []
    for name in ("total", *FACETS):
        asked = name in search.asked
        if asked or name == "total":
            pool = search.without({name}) if asked else search
            values[f"said_{name}"] = pool.said()
            columns = "l.languages, l.location, l.rating, l.prices, l.currencies, l.minutes"
            found = pool.found(columns, said=f"said_{name}")
            pools.append(f"of_{name} AS MATERIALIZED ({found} LIMIT {MOST_COUNTED + 1})")
        whose = f"of_{name} AS l" if asked or name == "total" else "of_total AS l"
        counts.append(_count(name, whose, search.without({name}) if asked else search))
    return f"WITH {', '.join(pools)} {' UNION ALL '.join(counts)}", values


def _count(name: str, whose: str, pool: Search) -> str:
    def of_offers(column: str) -> str:
        return ", " + VALUE_OF.format(column=column, offers=OFFERS, fits=offered.fits(pool.filters))

    stars = ", ".join(f"({at})" for at in RATINGS)
    each = {
        "total": ("''", "", "true"),
        "language": ("value", ", unnest(l.languages) AS value", "true"),
        "location": ("l.location", "", "l.location <> ''"),
        "duration": ("value::text", of_offers("minutes"), "true"),
        "currency": ("value", of_offers("currency"), "true"),
        "rating": (
            "value::text",
            f", (VALUES {stars}) AS stars (value)",
            "coalesce(l.rating, 0) >= stars.value",
        ),
    }
    value, more, where = each[name]
    return (
        f"(SELECT '{name}' AS facet, {value} AS value, count(*) AS number FROM {whose}{more}"  # noqa: S608
        f" WHERE {where} GROUP BY 2 ORDER BY 3 DESC, 2 LIMIT {MOST_VALUES})"
    )


def relaxing(search: Search) -> tuple[str, dict[str, Any], Sequence[Sequence[str]]]:
    """Return the statement of how many families have to go, its values, and what each goes with.

    Families go one after the other, in FAMILIES' order. 0 where somebody fits all (a page may be
    empty as it lies behind the last mentor), NULL where there is nobody at all.
    """
    values, tried, steps = search.values(), [], []
    for number in range(len(search.asked) + 1):
        dropped = search.asked[:number]
        looser = search.without(dropped)
        values[f"said_{number}"] = looser.said()
        found = looser.found("1", said=f"said_{number}")
        tried.append(f"WHEN EXISTS ({found}) THEN {number}")
        steps.append(dropped)
    return f"SELECT CASE {' '.join(tried)} END", values, steps[1:]


def fitting(searches: Sequence[Search]) -> tuple[str, dict[str, Any]]:
    """Return the statement of how many fit each search, MOST_FITTING at most: one array.

    They differ in their words alone.
    """
    values = searches[0].values()
    counts = []
    for number, search in enumerate(searches):
        values[f"said_{number}"] = search.said()
        found = search.found("1", said=f"said_{number}")
        counts.append(f"(SELECT count(*) FROM ({found} LIMIT {MOST_FITTING}) AS each)")  # noqa: S608
    return f"SELECT ARRAY[{', '.join(counts)}]", values


def old_ones(search: Search) -> tuple[str, dict[str, Any]]:
    """Return the statement of whose rows may be old, of all that any count or page is about."""
    pool = search.without(("free", *FACETS))
    text = f"""
SELECT l.mentor_id FROM (SELECT DISTINCT mentor_id FROM ({OLD}) AS each) AS old
    JOIN cms_listing AS l ON l.mentor_id = old.mentor_id
WHERE {pool.conditions("said")} ORDER BY l.standing, l.slug LIMIT {MOST_OLD}
"""  # noqa: S608
    return text, search.values() | {"said": pool.said()}
