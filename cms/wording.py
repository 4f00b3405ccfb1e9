"""What a reader's words mean in the directory's own: stems, repaired slips, beginnings, places.

One query against the terms that listings say (`cms.models.Term`), before the search itself: a
word that nobody says is taken for the one that it is a slip away from, else for the beginning of
a word, else for one that looks alike. So the search knows exact words alone, and is fast.
"""

import json
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from typing import NamedTuple

from cms.slips import likeliest
from kernel import prepared

MOST_WORDS = 12  # of a search; the rest is not asked
MOST_PLACES = 200  # that are named one by one; more are looked for by their letters
SAID_BY_FEW = 5  # mentors; a word that fewer say, and in biographies alone, may be a slip of theirs
MOST_MEANINGS = 6  # of a word with a slip
MOST_READINGS = 12  # of all words together
LONG = 6  # letters of a word in which two slips are looked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search in the directory's words.

    `words` are text-search operands such as `'kubernet'`, `'kubern':*` or `'one' | 'other'`, None
    where nothing was asked; an empty tuple fits nobody. `places` likewise are keys; where there
    are too many, `part` is the plain letters that all of them have. `corrected` is what is
    searched in place of what was typed, "" where that is the same. `doubts` and `ease` are
    those of its words together (`cms.slips`): they compare the readings of one search.
    """

    words: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    part: str = ""
    corrected: str = ""
    doubts: int = 0
    ease: float = 1.0


class Meaning(NamedTuple):
    """What a word of the search may mean: an operand, empty where it is never searched for."""

    operand: str
    shown: str
    doubts: int = 0
    ease: float = 1.0


type Near = tuple[str, int, str, bool]  # key, mentors, lexeme, whether it is telling


class Said(NamedTuple):
    """A word of the search, or its place, and what the terms know of it (`_UNDERSTAND`)."""

    kind: str
    key: str
    lexeme: str | None
    known: bool
    sure: bool
    near: list[Near]
    beginning: str | None
    alike: list[Near]


def understand(*, q: str, location: str) -> list[Wanted]:
    """Return what may be wanted, the likeliest first; one query, or none where nothing is asked."""
    if not q and not location:
        return [Wanted()]
    rows = prepared.fetch(_UNDERSTAND, {"q": q, "location": location})
    said = [
        Said(kind, key, lexeme, known, sure, json.loads(near), beginning, json.loads(alike))
        for kind, key, lexeme, known, sure, near, beginning, alike in rows
    ]
    words = [one for one in said if one.kind == "word"]
    typed = [word.key for word in words]
    place = next((one for one in said if one.kind == "place"), None)
    many = place is not None and len(place.alike) > MOST_PLACES
    return [
        Wanted(
            words=tuple(one.operand for one in meant if one.operand) if q else None,
            places=None if place is None or many else _places(place),
            part=place.key if place is not None and many else "",
            corrected=" ".join(one.shown for one in meant)
            if [one.shown for one in meant] != typed
            else "",
            doubts=sum(one.doubts for one in meant),
            ease=prod(one.ease for one in meant),
        )
        for meant in _readings([_meant(word) for word in words])
    ]


def _readings(meant: list[list[Meaning]]) -> list[list[Meaning]]:
    """Return one meaning of each word, every way, those of the likeliest meanings first."""
    ways = islice(product(*(range(len(each[:MOST_MEANINGS])) for each in meant)), MOST_READINGS)
    return [
        [each[at] for each, at in zip(meant, way, strict=True)] for way in sorted(ways, key=sum)
    ]


def _meant(word: Said) -> list[Meaning]:
    """Return what it may mean, the likeliest first."""
    if word.lexeme is None:
        return [Meaning("", word.key)]
    if word.known:
        # What a few say, and in biographies alone, may be their slip: one operand finds those who
        # say it so and those who say the word that they may have meant.
        meant = [] if word.sure else _likeliest(word, _trusted(word), most=1)[:1]
        operands = [quoted(word.lexeme), *(one.operand for one in meant)]
        return [Meaning(" | ".join(operands), word.key)]
    found = _likeliest(word, word.near, most=1)
    if not found and word.beginning:
        return [Meaning(word.beginning, word.key)]
    found = found or _likeliest(word, [*word.near, *word.alike], most=2)
    return found or [Meaning(quoted(word.lexeme), word.key)]


def _trusted(word: Said) -> list[Near]:
    """Return the words near to this one that are no slips themselves."""
    return [
        (key, mentors, lexeme, tells)
        for key, mentors, lexeme, tells in word.near
        if lexeme != word.lexeme and (tells or mentors >= SAID_BY_FEW)
    ]


def _likeliest(word: Said, terms: list[Near], *, most: int) -> list[Meaning]:
    lexemes = {key: lexeme for key, _, lexeme, _ in terms}
    found = likeliest(word.key, [(key, says, tells) for key, says, _, tells in terms], most=most)
    return [Meaning(quoted(lexemes[key]), key, doubts, ease) for key, doubts, ease in found]


def _places(place: Said) -> tuple[str, ...]:
    if place.known:
        return tuple(key for key, *_ in place.alike)
    near = [(key, mentors, tells) for key, mentors, _, tells in place.near]
    return tuple(one.word for one in likeliest(place.key, near, most=1)[:1])


def quoted(lexeme: str) -> str:
    """Write a lexeme as an operand of a text search."""
    text = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"


# Per word of the search and for its place: what it is called, its stem, whether listings say it,
# and whether so that it is no slip; where it may be one, words one slip away, the operand of those
# that begin so, those alike.
# Of a place that is said, "alike" are the places that it is a part of.
_UNDERSTAND = f"""
WITH asked AS MATERIALIZED (
    SELECT 'word' AS kind, key, ord
    FROM unnest(string_to_array(cms_plain((SELECT %(q)s::text)), ' '))
        WITH ORDINALITY AS said (key, ord) WHERE key <> '' AND ord <= {MOST_WORDS}
    UNION ALL
    SELECT 'place', key, 0 FROM cms_plain((SELECT %(location)s::text)) AS key WHERE key <> ''
), known AS MATERIALIZED (
    SELECT asked.*, lexeme, CASE kind
        WHEN 'word' THEN EXISTS (SELECT FROM cms_term AS term WHERE term.lexeme = stem.lexeme)
        ELSE EXISTS (SELECT FROM cms_term AS term
            WHERE term.kind = 'place' AND term.key LIKE '%%' || asked.key || '%%')
    END AS is_known, kind = 'place' OR EXISTS (
        SELECT FROM cms_term AS term WHERE term.lexeme = stem.lexeme
            AND (term.telling OR term.mentors >= {SAID_BY_FEW})
    ) AS is_sure
    FROM asked CROSS JOIN LATERAL (
        SELECT (tsvector_to_array(to_tsvector('english', asked.key)))[1] AS lexeme
    ) AS stem
), nearby AS MATERIALIZED (
    SELECT known.*, CASE WHEN NOT (is_known AND is_sure) THEN (
        SELECT jsonb_agg(jsonb_build_array(term.key, term.mentors, term.lexeme, term.telling))
        FROM cms_term AS term
        WHERE term.kind = known.kind AND term.slips && (cms_slips(known.key) || known.key)
            AND (term.lexeme IS NOT NULL OR known.kind = 'place')
    ) END AS near,
    CASE WHEN NOT is_known AND kind = 'word' AND length(known.key) >= 3 AND EXISTS (
        SELECT FROM cms_term AS term WHERE term.kind = 'word' AND term.key > known.key
            AND term.key < known.key || chr(1114111) AND term.lexeme IS NOT NULL
    ) THEN to_tsquery('english', known.key || ':*')::text END AS beginning
    FROM known
)
SELECT kind, key, lexeme, is_known, is_sure, coalesce(near, '[]'), beginning, coalesce(CASE
    WHEN is_known AND kind = 'place' THEN (
        SELECT jsonb_agg(jsonb_build_array(key, mentors, NULL, telling)) FROM (
            SELECT key, mentors, telling FROM cms_term AS term
            WHERE term.kind = 'place' AND term.key LIKE '%%' || nearby.key || '%%'
            ORDER BY mentors DESC, key LIMIT {MOST_PLACES + 1}
        ) AS within)
    WHEN NOT is_known AND kind = 'word' AND near IS NULL AND beginning IS NULL
        AND length(key) >= {LONG} THEN (
        SELECT jsonb_agg(jsonb_build_array(key, mentors, lexeme, telling)) FROM (
            SELECT key, mentors, lexeme, telling FROM cms_term AS term
            WHERE term.kind = 'word' AND term.key %% nearby.key AND term.lexeme IS NOT NULL
            ORDER BY similarity(term.key, nearby.key) DESC, mentors DESC, key LIMIT 10
        ) AS alike)
    END, '[]')
FROM nearby ORDER BY kind DESC, ord
"""  # noqa: S608 - constants
