"""What a reader's words mean in the directory's own: stems, repaired slips, beginnings, places.

One query against the terms that listings say (`cms.models.Term`), before the search itself: a
word that nobody says is taken for the one that it is a slip away from, else for the beginning of
a word, else for one that looks alike. So the search knows exact words alone, and is fast.
"""

import json
from dataclasses import dataclass
from typing import NamedTuple

from cms.slips import likeliest
from kernel import prepared

MOST_WORDS = 12  # of a search; the rest is not asked
MOST_PLACES = 200
LONG = 6  # letters of a word in which two slips are looked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search in the directory's words.

    `words` are text-search operands such as `'kubernet'` or `'kubern':*`, None where nothing was
    asked; an empty tuple fits nobody. `places` likewise are keys. `corrected` is what is searched
    in place of what was typed, "" where that is the same.
    """

    words: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    corrected: str = ""


type Near = tuple[str, int, str, bool]  # key, mentors, lexeme, whether it is telling


class Said(NamedTuple):
    """A word of the search, or its place, and what the terms know of it (`_UNDERSTAND`)."""

    kind: str
    key: str
    lexeme: str | None
    known: bool
    near: list[Near]
    beginning: str | None
    alike: list[Near]


def understand(*, q: str, location: str) -> Wanted:
    """Return what is wanted; one query, or none where nothing is asked."""
    if not q and not location:
        return Wanted()
    rows = prepared.fetch(_UNDERSTAND, {"q": q, "location": location})
    said = [
        Said(kind, key, lexeme, known, json.loads(near), beginning, json.loads(alike))
        for kind, key, lexeme, known, near, beginning, alike in rows
    ]
    words = [one for one in said if one.kind == "word"][:MOST_WORDS]
    meant = [_meant(word) for word in words]
    changed = [shown for _, shown in meant] != [word.key for word in words]
    places = [one for one in said if one.kind == "place"]
    return Wanted(
        words=tuple(operand for operand, _ in meant if operand) if q else None,
        places=_places(places[0]) if places else None,
        corrected=" ".join(shown for _, shown in meant) if changed else "",
    )


def _meant(word: Said) -> tuple[str, str]:
    """Return the operand (empty for a word that is never searched for) and the word meant."""
    if word.lexeme is None:
        return "", word.key
    if word.known:
        return quoted(word.lexeme), word.key
    found = _likeliest(word, word.near, most=1)
    if found is None and word.beginning:
        return word.beginning, word.key
    found = found or _likeliest(word, [*word.near, *word.alike], most=2)
    return found or (quoted(word.lexeme), word.key)


def _likeliest(word: Said, terms: list[Near], *, most: int) -> tuple[str, str] | None:
    found = likeliest(word.key, [(key, says, tells) for key, says, _, tells in terms], most=most)
    return next(((quoted(lexeme), key) for key, _, lexeme, _ in terms if key == found), None)


def _places(place: Said) -> tuple[str, ...]:
    if place.known:
        return tuple(key for key, *_ in place.alike)
    near = [(key, mentors, tells) for key, mentors, _, tells in place.near]
    found = likeliest(place.key, near, most=1)
    return () if found is None else (found,)


def quoted(lexeme: str) -> str:
    """Write a lexeme as an operand of a text search."""
    text = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"


# Per word of the search and for its place: what it is called, its stem, whether listings say it;
# and where they do not, words one slip away, the operand of those that begin so, those alike.
# Of a place that is said, "alike" are the places that it is a part of.
_UNDERSTAND = f"""
WITH asked AS MATERIALIZED (
    SELECT 'word' AS kind, key, ord FROM unnest(string_to_array(cms_plain(%(q)s::text), ' '))
        WITH ORDINALITY AS said (key, ord) WHERE key <> ''
    UNION ALL
    SELECT 'place', key, 0 FROM cms_plain(%(location)s::text) AS key WHERE key <> ''
), known AS MATERIALIZED (
    SELECT asked.*, lexeme, CASE kind
        WHEN 'word' THEN EXISTS (SELECT FROM cms_term AS term WHERE term.lexeme = stem.lexeme)
        ELSE EXISTS (SELECT FROM cms_term AS term
            WHERE term.kind = 'place' AND term.key LIKE '%%' || asked.key || '%%')
    END AS is_known
    FROM asked CROSS JOIN LATERAL (
        SELECT (tsvector_to_array(to_tsvector('english', asked.key)))[1] AS lexeme
    ) AS stem
), nearby AS MATERIALIZED (
    SELECT known.*, CASE WHEN NOT is_known THEN (
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
SELECT kind, key, lexeme, is_known, coalesce(near, '[]'), beginning, coalesce(CASE
    WHEN is_known AND kind = 'place' THEN (
        SELECT jsonb_agg(jsonb_build_array(key, mentors, NULL, telling)) FROM (
            SELECT key, mentors, telling FROM cms_term AS term
            WHERE term.kind = 'place' AND term.key LIKE '%%' || nearby.key || '%%'
            ORDER BY mentors DESC, key LIMIT {MOST_PLACES}
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
