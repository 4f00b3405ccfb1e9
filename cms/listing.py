"""The directory's rows, made anew, and a look whether they say what the facts say.

Triggers keep them in the transaction of each change (migration 0024, `cms_list`). A night that
finds one that differs mends it and says so: something went past the triggers.
"""

import logging

from django.db import connection

logger = logging.getLogger(__name__)

BATCH = 500
COLUMNS = (
    "mentor_id, slug, name, headline, expertise, location, place, languages, time_zone, prices, "
    "currencies, minutes, price_minor, currency, price_low, price_high, reviews, stars, document"
)


def drifted() -> list[str]:
    """Return the slugs of mentors whose row is missing, too many, or says something else."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFTED)
        return [slug for (slug,) in cursor.fetchall()]


def rebuild() -> int:
    """Make every row say what the facts say, and count each term's mentors; return the rows mended.

    Rows that are right stay as they are. A batch is a statement, and a transaction where the
    caller has none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE_DRIFTED)
        wrong = [mentor_id for (mentor_id,) in cursor.fetchall()]
        for start in range(0, len(wrong), BATCH):
            cursor.execute("SELECT cms_list(%s)", [wrong[start : start + BATCH]])
        cursor.execute(_COUNT_TERMS)
        cursor.execute(_FORGET_TERMS)
        cursor.execute(_FORGET_CHANGES)
    if wrong:
        logger.warning(
            "The directory's rows of %s mentors had drifted; they are mended.", len(wrong)
        )
    return len(wrong)


def forget_terms() -> None:
    """Drop what no listing says any more; the night does the same."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_TERMS)


_WHOSE_DRIFTED = f"""
    SELECT DISTINCT mentor_id FROM (
        (SELECT {COLUMNS} FROM cms_listing EXCEPT SELECT {COLUMNS} FROM cms_listing_now)
        UNION ALL
        (SELECT {COLUMNS} FROM cms_listing_now EXCEPT SELECT {COLUMNS} FROM cms_listing)
    ) AS differing
"""  # noqa: S608 - constants
_DRIFTED = f"""
    SELECT slug FROM accounts_mentor WHERE id IN ({_WHOSE_DRIFTED}) ORDER BY slug
"""  # noqa: S608 - constants
_COUNT_TERMS = """
    INSERT INTO cms_term AS known (kind, key, shown, telling, mentors, lexeme, slips)
    SELECT kind, key, min(shown), bool_or(telling), count(DISTINCT mentor_id),
        CASE kind WHEN 'word' THEN (tsvector_to_array(to_tsvector('english', key)))[1] END,
        CASE kind WHEN 'subject' THEN '{}' ELSE cms_slips(key) END
    FROM cms_term_now GROUP BY kind, key ORDER BY kind, key
    ON CONFLICT (kind, key) DO UPDATE SET
        mentors = EXCLUDED.mentors, shown = EXCLUDED.shown, telling = EXCLUDED.telling
    WHERE (known.mentors, known.shown, known.telling)
        IS DISTINCT FROM (EXCLUDED.mentors, EXCLUDED.shown, EXCLUDED.telling)
"""
_FORGET_TERMS = """
    DELETE FROM cms_term AS term WHERE NOT EXISTS (
        SELECT FROM (SELECT DISTINCT kind, key FROM cms_term_now) AS now
        WHERE now.kind = term.kind AND now.key = term.key)
"""
# Nobody keeps an answer for so long (`cms.remembering.LONGEST`).
_FORGET_CHANGES = "DELETE FROM cms_listingchange WHERE at < now() - interval '1 day'"
