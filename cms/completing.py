"""What a reader may be about to type: subjects of expertise and words of listings. One query.

Completions first; where nothing begins as it was typed, what is one slip of a finger away.
"""

from dataclasses import dataclass

from cms.slips import slips_between
from kernel import prepared

LEAST = 2  # letters


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words to search for, and how many mentors say them as of last night.

    `corrects` where they are not a completion of what was typed.
    """

    text: str
    kind: str
    mentors: int
    corrects: bool = False


def suggest(q: str, *, limit: int) -> list[Suggestion]:
    """Return subjects that have a word which begins so, then other words, those said most first."""
    rows = prepared.fetch(_SUGGEST, {"q": q, "limit": limit})
    if not rows:
        return []
    completing = [Suggestion(shown, kind, mentors) for kind, shown, mentors, slipped, _ in rows
                  if not slipped]  # fmt: skip
    near = [
        Suggestion(shown, kind, mentors, corrects=True)
        for kind, shown, mentors, slipped, key in rows
        if slipped and slips_between(key, shown) <= 1
    ]
    return (completing or near)[:limit]


_SUGGEST = f"""
WITH asked AS MATERIALIZED (
    SELECT key FROM cms_plain(%(q)s::text) AS key WHERE length(key) >= {LEAST}
), subjects AS MATERIALIZED (
    SELECT term.kind, term.shown, term.mentors FROM asked CROSS JOIN LATERAL (
        SELECT kind, shown, mentors, key FROM cms_term
        WHERE kind = 'subject'
            AND (key LIKE asked.key || '%%' OR key LIKE '%% ' || asked.key || '%%')
        ORDER BY mentors DESC, key LIMIT %(limit)s::int
    ) AS term
), words AS MATERIALIZED (
    SELECT term.kind, term.shown, term.mentors FROM asked CROSS JOIN LATERAL (
        SELECT kind, shown, mentors, key FROM cms_term
        WHERE kind = 'word' AND telling AND lexeme IS NOT NULL
            AND key >= asked.key AND key < asked.key || chr(1114111)
        ORDER BY mentors DESC, key LIMIT %(limit)s::int
    ) AS term
    WHERE NOT EXISTS (SELECT FROM subjects WHERE cms_plain(subjects.shown) = term.key)
), near AS (
    SELECT term.kind, term.shown, term.mentors, asked.key FROM asked CROSS JOIN LATERAL (
        SELECT kind, shown, mentors, key FROM cms_term
        WHERE kind = 'word' AND telling AND slips && (cms_slips(asked.key) || asked.key)
        ORDER BY mentors DESC, key LIMIT %(limit)s::int
    ) AS term
    WHERE NOT EXISTS (SELECT FROM subjects) AND NOT EXISTS (SELECT FROM words)
)
SELECT kind, shown, mentors, false, '' FROM subjects
UNION ALL SELECT kind, shown, mentors, false, '' FROM words
UNION ALL SELECT kind, shown, mentors, true, key FROM near
"""  # noqa: S608 - constants
