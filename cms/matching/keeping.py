"""Have the live profiles read by the encoder, in the worker: after a publish, and each night.

A profile is read again where its text or the model changed. It is read outside any transaction.
"""

import re
from collections.abc import Collection, Sequence
from html import unescape
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from cms.matching.encoder import Encoder, encoder

PROMISED_AT_ONCE = 50  # profiles a job: five seconds of one processor
LONGEST = 60  # sentences of a profile that are kept

_TAGS = re.compile(r"<(/?(?:p|li|h3|br)\b)[^>]*>|<[^>]+>")
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")

# What a page says, as it stands; of a `page`.
DIGEST = """encode(sha256(convert_to(
    concat_ws(E'\\x1f', page.headline, array_to_string(page.expertise, E'\\x1e'), page.bio),
    'UTF8')), 'hex')"""

_STALE = f"""
SELECT page.mentor_id, {DIGEST}, page.headline, page.expertise, page.bio
FROM cms_mentorprofilepage page
JOIN wagtailcore_page ON wagtailcore_page.id = page.page_ptr_id AND wagtailcore_page.live
LEFT JOIN cms_profilevector kept USING (mentor_id)
WHERE (%(mentors)s::uuid[] IS NULL OR page.mentor_id = ANY (%(mentors)s::uuid[]))
  AND (kept.digest, kept.model) IS DISTINCT FROM ({DIGEST}, %(model)s)
"""  # noqa: S608 - from constants alone

# Behind the lock, versions become visible in their order (Note [Versions]).
_KEEP = """
INSERT INTO cms_profilevector
    (mentor_id, model, digest, version, vector, sentences, sentence_vectors)
VALUES (%s, %s, %s, nextval('cms_profilevector_version'), %s, %s, %s)
ON CONFLICT (mentor_id) DO UPDATE SET
    model = excluded.model, digest = excluded.digest, version = excluded.version,
    vector = excluded.vector, sentences = excluded.sentences,
    sentence_vectors = excluded.sentence_vectors
"""

# Note [Versions]: whoever compares vectors remembers the greatest version it has read and asks for
# greater ones alone. A number drawn early and committed late would be passed over for good; so it
# is drawn behind a lock that is held until the commit.


def unread() -> list[UUID]:
    """Return the mentors whose live profile the encoder has not read as it stands."""
    reader = encoder()
    return [] if reader is None else [row[0] for row in _stale(None, reader)]


def read(mentor_ids: Collection[UUID]) -> int:
    """Have these profiles read where that is due; return how many were. Idempotent."""
    reader = encoder()
    if reader is None:
        return 0
    stale = _stale(mentor_ids, reader)
    for mentor_id, digest, headline, expertise, bio in stale:
        vector, sentences, vectors = _made_of(reader, headline, expertise, bio)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cms: profile vectors'))")
            cursor.execute(
                _KEEP,
                [mentor_id, reader.name, digest, vector.tolist(), sentences, vectors.tolist()],
            )
    return len(stale)


def sentences_of(headline: str, expertise: Sequence[str], bio: str) -> list[str]:
    """Return what the page says, sentence by sentence: headline, subjects, then the bio's."""
    text = unescape(_TAGS.sub(lambda tag: "\n" if tag[1] else " ", bio))
    said = [" ".join(part.split()) for part in _ENDS.split(text)]
    return [part for part in (headline, ", ".join(expertise), *said) if part][:LONGEST]


def _made_of(
    reader: Encoder, headline: str, expertise: Sequence[str], bio: str
) -> tuple[Any, list[str], Any]:
    """Return the page's vector, its sentences and theirs.

    The page is half all of its words and half its headline and subjects, which say what it is
    about: apart they find fewer (benchmarks/matching.py).
    """
    sentences = sentences_of(headline, expertise, bio)
    title = ". ".join(part for part in (headline, ", ".join(expertise)) if part)
    made = reader.encode([" ".join([title + ".", *sentences[2:]]), title, *sentences])
    page = made[0] + made[1]
    return page / (page @ page) ** 0.5, sentences, made[2:]


def _stale(
    mentor_ids: Collection[UUID] | None, reader: Encoder
) -> list[tuple[UUID, str, str, list[str], str]]:
    values = {
        "mentors": None if mentor_ids is None else list(mentor_ids),
        "model": reader.name,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STALE, values)
        found: list[tuple[UUID, str, str, list[str], str]] = cursor.fetchall()
    return found
