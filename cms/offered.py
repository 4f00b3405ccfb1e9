"""What is asked of one offer of a mentor, and when it is free: texts for the search; runs nothing.

A listing is `l`, with its `first` stored start; an offer of it is `offer`. Prices in minor units.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from cms.filtering import Filters


class Start(NamedTuple):
    """A type's first free start by the rules; price in minor units, length in minutes."""

    at: datetime
    price: int
    currency: str
    minutes: int


def told(name: str, kind: str) -> str:
    """Write a parameter so that PostgreSQL plans without its value: one plan then serves all.

    It keeps one plan only where that looks no dearer than those made for each value, and to make a
    plan takes longer here than to run it, five times or more.
    """
    return f"(SELECT %({name})s::{kind})"


NO_START = (None, None, None, None)

# What is asked of an offer, with the types; of one, and of each that a listing has.
OFFERED = {"price_max": "bigint", "price_min": "bigint", "currency": "text", "duration": "int"}
FITS = {
    "price_max": "offer.price <= {told}",
    "price_min": "offer.price >= {told}",
    "currency": "offer.currency = {told}",
    "duration": "offer.minutes = {told}",
}
EVERY_OFFER = {
    "price_max": "l.price_high <= {told}",
    "price_min": "l.price_low >= {told}",
    "currency": "{told} = ALL (l.currencies)",
    "duration": "{told} = ALL (l.minutes)",
}
# The first start that is stored says it where it lies in the time, or behind it; else the sets do.
# Whose starts are still to be made (an upgrade marks everybody) begins with a free block, until the
# rules are asked of the page. What the sets are asked with is `told`, or the function would be
# written out here, and made ready each time, for a branch that is seldom taken. Where an offer is
# asked for, the stored start counts of those alone whose every offer fits: it does not say of
# which type it is. That nobody can begin is true of each type.
FREE_AT = """CASE {live}
    WHEN {every}first.stands_until >= %(now)s::timestamptz AND first.at >= %(since)s::timestamptz
        AND (%(until)s::timestamptz IS NULL
            OR first.at + first.minutes * interval '1 minute' <= %(until)s::timestamptz)
        THEN first.at
    WHEN first.mentor_id IS NULL THEN CASE
        WHEN l.mentor_id IN (SELECT mentor_id FROM scheduling_startmark) THEN (
            SELECT greatest(lower(free.during), %(since)s::timestamptz)
            FROM scheduling_freeblock AS free WHERE free.mentor_id = l.mentor_id
                AND free.during && tstzrange(  -- empty where the time is over
                    least(%(since)s::timestamptz, %(until)s::timestamptz), %(until)s::timestamptz)
            ORDER BY 1 LIMIT 1) END
    WHEN first.stands_until >= %(now)s::timestamptz
        AND coalesce(first.at >= %(until)s::timestamptz, first.at IS NULL) THEN NULL
    ELSE (SELECT at FROM {starts}) END"""
ANY_START = "scheduling_first_start(l.mentor_id, {since}, {until}, {now})"
START_OF = """scheduling_first_start_of(l.mentor_id, {since}, {until}, {now},
        {price_min}, {price_max}, {currency}, {duration})"""
# What the rules said, a row for each type that can begin and one without a start for each mentor.
BY_RULES = """ LEFT JOIN (
        SELECT offer.mentor_id, min(offer.at) FILTER (WHERE {fits}) AS at
        FROM unnest(%(live)s::uuid[], %(live_at)s::timestamptz[], %(live_price)s::bigint[],
            %(live_currency)s::text[], %(live_minutes)s::int[])
            AS offer (mentor_id, at, price, currency, minutes)
        GROUP BY 1) AS live ON live.mentor_id = l.mentor_id"""


def asked(filters: Filters) -> dict[str, str]:
    """Return what is asked of an offer: the parameters' names, each as a statement tells it."""
    blank = Filters()
    return {
        name: told(name, kind)
        for name, kind in OFFERED.items()
        if getattr(filters, name) != getattr(blank, name)
    }


def fits(filters: Filters) -> str:
    """Return what an `offer` has to be."""
    narrowings = (FITS[name].format(told=text) for name, text in asked(filters).items())
    return " AND ".join(narrowings) or "true"


def free_at(filters: Filters, *, live: bool) -> str:
    """Return the first free start that is asked for; `live`: the rules were asked of some.

    Where free time decides who is found, or where, it is the start of an offer that fits.
    """
    kinds = asked(filters) if filters.timed else {}
    sets = {name: told(name, "timestamptz") for name in ("since", "until", "now")}
    return FREE_AT.format(
        live="WHEN live.mentor_id IS NOT NULL THEN live.at" if live else "",
        every="".join(f"{EVERY_OFFER[name].format(told=kinds[name])} AND " for name in kinds),
        starts=(START_OF if kinds else ANY_START).format(
            **sets, **dict.fromkeys(OFFERED, "NULL") | kinds
        ),
        **sets,
    )


def by_rules(live: Mapping[UUID, Sequence[Start]]) -> dict[str, Any]:
    """Return the parameters that `BY_RULES` reads."""
    rows = [(mentor, *start) for mentor, starts in live.items() for start in (*starts, NO_START)]
    names = ("live", "live_at", "live_price", "live_currency", "live_minutes")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def first_of(starts: Sequence[Start], filters: Filters) -> datetime | None:
    """Return the earliest start of those that `free_at` would have."""
    if filters.timed:
        starts = [
            start
            for start in starts
            if (filters.price_max is None or start.price <= filters.price_max)
            and (filters.price_min is None or start.price >= filters.price_min)
            and filters.currency in {"", start.currency}
            and filters.duration in {None, start.minutes}
        ]
    return min((start.at for start in starts), default=None)
