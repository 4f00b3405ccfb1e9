"""What the letters say: a goal's words in the live profiles, asked of PostgreSQL's indexes.

Any word of the goal counts, the more the fewer profiles have it (`ln(1 + profiles/those with it)`),
and a subject or a headline more than the bio; the name not at all. A word that no profile has is
taken for a misspelling, and the likeness of its letters to the subjects is asked instead.

Goals are private, and whoever is asked among may be a hundred thousand: both are bound by the
server (`kernel.prepared`), so that neither stands in a statement, nor a statement in a log.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from kernel import prepared

MOST_WORDS = 120  # of a goal; later ones are left out
MOST_MISSPELT = 5  # each is a search of its own in the index of letters
SHORTEST_MISSPELT = 4

# A word in more of the profiles than this says nothing of one of them; how many have it is what
# PostgreSQL's own statistics say, so that such a word costs nothing in a large directory.
COMMON_SHARE = 0.1

_WORD = re.compile(r"[^\W_]+(?:['’+#.-]+[^\W_]+)*[+#]*")


@dataclass(frozen=True, slots=True)
class Lexical:
    """How much of the goal's information one profile has, each 0 to 1.

    `subjects`: in headline and subjects; `bio`: in the bio; `typos`: misspelt words in the former.
    """

    subjects: float = 0.0
    bio: float = 0.0
    typos: float = 0.0


NOTHING = Lexical()


def words_of(goal: str) -> list[str]:
    """Return the goal's different words in their order, lower-case."""
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(goal)))[:MOST_WORDS]


def scores(goal: str, *, among: Collection[UUID] | None, limit: int) -> dict[UUID, Lexical]:
    """Return the best `limit` live mentors who have a word of the goal; one query.

    `among`: only these mentors, where it is not None.
    """
    words = words_of(goal)
    if not words:
        return {}
    rows = prepared.fetch(
        _SCORES,
        {
            "words": words,
            "among": None if among is None else list(among),
            "common": COMMON_SHARE,
            "misspelt": MOST_MISSPELT,
            "shortest": SHORTEST_MISSPELT,
            "limit": limit,
        },
    )
    return {pk: Lexical(*shares) for pk, *shares in rows}


def known(goal: str) -> set[str]:
    """Return those of the goal's words that some profile has, lower-case; one query."""
    return {row[0] for row in prepared.fetch(_KNOWN, {"words": words_of(goal)})}


def shared(goal: str, *, mentor_ids: Collection[UUID]) -> dict[UUID, "Shared"]:
    """Return what each of these live profiles has of the goal's words; one query."""
    words = words_of(goal)
    if not words or not mentor_ids:
        return {}
    rows = prepared.fetch(
        _SHARED, {"words": words, "mentors": list(mentor_ids), "shortest": SHORTEST_MISSPELT}
    )
    return {
        pk: Shared(expertise=tuple(subjects), words=tuple(found)) for pk, subjects, found in rows
    }


@dataclass(frozen=True, slots=True)
class Shared:
    """The profile's own subjects that have a word of the goal, and the goal's words in it.

    A misspelt word of the goal counts for the subject whose letters it is like.
    """

    expertise: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


_ASKED = """
asked AS (
    SELECT DISTINCT ON (lexeme) lexeme, word, place,
           to_tsquery('simple', quote_literal(lexeme)) AS query
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS given (word, place),
         unnest(tsvector_to_array(to_tsvector('english', unaccent(word)))) AS lexeme
    ORDER BY lexeme, place)
"""

# ts_rank's weights are of bio, subjects, headline and name, in this order; one word in full is 0.6.
_SCORES = f"""
WITH {_ASKED},
common AS (
    SELECT said.lexeme
    FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs[
             1:cardinality(most_common_elems::text::text[])]) AS said (lexeme, share)
    WHERE schemaname = current_schema() AND tablename = 'cms_mentorprofilepage'
      AND attname = 'document' AND share > %(common)s::float),
live AS MATERIALIZED (
    SELECT count(*)::float AS everybody
    FROM accounts_mentor WHERE status = 'live'),
hits AS MATERIALIZED (
    SELECT asked.lexeme, page.mentor_id,
           ts_rank('{{0, 1, 1, 0}}', page.document, asked.query) / 0.6079271 AS subjects,
           ts_rank('{{1, 0, 0, 0}}', page.document, asked.query) / 0.6079271 AS bio
    FROM asked
    JOIN cms_mentorprofilepage page ON page.document @@ asked.query
    WHERE asked.lexeme NOT IN (SELECT lexeme FROM common)
      AND (%(among)s::uuid[] IS NULL OR page.mentor_id = ANY (%(among)s::uuid[]))),
weights AS MATERIALIZED (
    SELECT asked.lexeme, asked.word, count(hits.mentor_id) AS holders,
           ln(1 + everybody / greatest(count(hits.mentor_id), 1)) AS weight
    FROM asked CROSS JOIN live LEFT JOIN hits USING (lexeme)
    WHERE asked.lexeme NOT IN (SELECT lexeme FROM common)
    GROUP BY asked.lexeme, asked.word, everybody),
misspelt AS MATERIALIZED (
    SELECT word, weight FROM weights JOIN asked USING (lexeme, word)
    WHERE holders = 0 AND length(word) >= %(shortest)s::int AND NOT EXISTS (  -- nor beyond `among`
        SELECT FROM cms_mentorprofilepage page WHERE page.document @@ asked.query)
    ORDER BY length(word) DESC, word LIMIT %(misspelt)s::int),
evidence AS (
    SELECT mentor_id, weight * subjects AS subjects, weight * bio AS bio, 0::float AS near
    FROM hits JOIN weights USING (lexeme)
    UNION ALL
    SELECT mentor_id, 0, 0, weight * word_similarity(misspelt.word, page.words)
    FROM misspelt JOIN cms_mentorprofilepage page ON misspelt.word <%% page.words
    WHERE %(among)s::uuid[] IS NULL OR page.mentor_id = ANY (%(among)s::uuid[])),
summed AS MATERIALIZED (
    SELECT mentor_id, sum(subjects) AS subjects, sum(bio) AS bio, sum(near) AS near
    FROM evidence GROUP BY mentor_id)
SELECT summed.mentor_id, subjects / total, bio / total, near / total
FROM summed
CROSS JOIN (SELECT greatest(sum(weight), 1) AS total FROM weights) AS asked_for
JOIN accounts_mentor mentor ON mentor.id = summed.mentor_id AND mentor.status = 'live'
ORDER BY subjects + 0.5 * bio + near DESC, summed.mentor_id
LIMIT %(limit)s::int
"""  # noqa: S608 - put together from constants

_KNOWN = f"""
WITH {_ASKED}
SELECT word FROM asked
WHERE EXISTS (SELECT 1 FROM cms_mentorprofilepage page WHERE page.document @@ asked.query)
"""  # noqa: S608 - put together from constants

# A word that some profile has is spelt as it is meant, and like no other ("planning", "planting").
_SHARED = f"""
WITH {_ASKED},
misspelt AS MATERIALIZED (
    SELECT lower(unaccent(word)) AS word FROM asked
    WHERE length(word) >= %(shortest)s::int AND NOT EXISTS (
        SELECT FROM cms_mentorprofilepage page WHERE page.document @@ asked.query))
SELECT page.mentor_id,
       ARRAY (SELECT subject
              FROM unnest(page.expertise) WITH ORDINALITY AS listed (subject, place)
              WHERE EXISTS (
                  SELECT FROM asked
                  WHERE to_tsvector('english', unaccent(subject)) @@ asked.query
              ) OR EXISTS (
                  SELECT FROM misspelt
                  WHERE strict_word_similarity(misspelt.word, lower(unaccent(subject))) >= 0.5)
              ORDER BY place),
       ARRAY (SELECT word FROM asked WHERE ts_rank('{{1, 1, 1, 0}}', page.document, query) > 0
              ORDER BY place)
FROM cms_mentorprofilepage page
WHERE page.mentor_id = ANY (%(mentors)s::uuid[])
"""  # noqa: S608 - put together from constants
