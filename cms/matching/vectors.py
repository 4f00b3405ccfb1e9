"""Compare a goal with every profile, exactly, in memory; needs the extra `matching`.

Each process keeps the pages' vectors (1,536 bytes a profile: 154 MB for 100,000) and asks the
database before every comparison what was written since; mostly nothing. What it keeps of a page
that is gone is harmless: whoever shows mentors asks whether they are live.
"""

from collections.abc import Collection, Mapping, Sequence
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np

from cms.matching.keeping import DIGEST
from kernel.prepared import cursor

CHUNK = 20_000  # profiles that are read at once by a process that begins

ROOM = 1024  # profiles that may follow before the array is moved

# The binary form of a float array: a head of 20 bytes (28 for two dimensions), then each number
# behind its length.
_NUMBER = np.dtype([("length", ">i4"), ("value", ">f4")])
_HEAD, _HEAD_OF_TWO = 20, 28

_SINCE = """
SELECT mentor_id, version, array_send(vector) FROM cms_profilevector
WHERE model = $1 AND version > $2 ORDER BY version LIMIT $3
"""
_SENTENCES = f"""
SELECT kept.mentor_id, kept.sentences, array_send(kept.sentence_vectors)
FROM cms_profilevector kept JOIN cms_mentorprofilepage page USING (mentor_id)
WHERE kept.model = $1 AND kept.mentor_id = ANY ($2) AND kept.digest = {DIGEST}
"""  # noqa: S608 - from constants alone


class Vectors:
    """The pages' vectors of one model, as this process knows them."""

    def __init__(self, model: str, dimensions: int) -> None:
        self._model = model
        self._rows: Any = np.zeros((0, dimensions), dtype=np.float32)
        self._ids: list[UUID] = []
        self._places: dict[UUID, int] = {}
        self._version = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._ids)

    def catch_up(self) -> int:
        """Read what was written since the last time; return how many profiles. Mostly one query.

        A comparison that runs meanwhile sees a profile as it was, as it is, or in between.
        """
        count = 0
        with self._lock:
            while True:
                with cursor() as own:
                    own.execute(_SINCE, (self._model, self._version, CHUNK), binary=True)
                    written = own.fetchall()
                self._keep(written)
                count += len(written)
                if len(written) < CHUNK:
                    return count

    def _keep(self, written: Sequence[tuple[UUID, int, bytes]]) -> None:
        if written:
            numbers: Any = [
                np.frombuffer(sent, _NUMBER, offset=_HEAD)["value"] for _, _, sent in written
            ]
            self.hold([mentor_id for mentor_id, _, _ in written], numbers)
            self._version = written[-1][1]

    def hold(self, mentor_ids: Sequence[UUID], rows: Any) -> None:
        """Keep these profiles' vectors in place of what was kept of them."""
        more = sum(mentor_id not in self._places for mentor_id in mentor_ids)
        if len(self._ids) + more > len(self._rows):
            grown: Any = np.zeros((len(self._ids) + more + ROOM, self._rows.shape[1]), np.float32)
            grown[: len(self._ids)] = self._rows[: len(self._ids)]
            self._rows = grown
        for mentor_id, row in zip(mentor_ids, rows, strict=True):
            place = self._places.setdefault(mentor_id, len(self._ids))
            self._rows[place] = row
            if place == len(self._ids):
                self._ids.append(mentor_id)

    def nearest(
        self, goal: Any, *, limit: int, among: Collection[UUID] | None = None
    ) -> dict[UUID, float]:
        """Return the `limit` profiles nearest to the goal, each with its cosine."""
        count = len(self._ids)
        likeness = self._rows[:count] @ goal
        places = np.arange(count)
        if among is not None:
            kept = [self._places[pk] for pk in among if pk in self._places]
            places = np.array(sorted(kept), dtype=int)
            likeness = likeness[places]
        if len(places) > limit:
            best = np.argpartition(-likeness, limit)[:limit]
            places, likeness = places[best], likeness[best]
        return {
            self._ids[place]: float(value) for place, value in zip(places, likeness, strict=True)
        }

    def likeness(self, goal: Any, *, of: Collection[UUID]) -> dict[UUID, float]:
        """Return the cosine of each of these profiles that was read."""
        known = [pk for pk in of if pk in self._places]
        if not known:
            return {}
        rows = self._rows[[self._places[pk] for pk in known]]
        return dict(zip(known, map(float, rows @ goal), strict=True))


def nearest_sentences(
    goal: Any, *, model: str, mentor_ids: Collection[UUID]
) -> Mapping[UUID, tuple[str, float]]:
    """Return each profile's sentence that is nearest to the goal, and its cosine; one query.

    None of a page that was changed since it was read: what it says no more is quoted no more.
    """
    found = {}
    with cursor() as own:
        own.execute(_SENTENCES, (model, list(mentor_ids)), binary=True)
        for mentor_id, sentences, sent in own.fetchall():
            numbers: Any = np.frombuffer(sent, _NUMBER, offset=_HEAD_OF_TWO)["value"]
            likeness = numbers.astype(np.float32).reshape(len(sentences), -1) @ goal
            best = int(likeness.argmax())
            found[mentor_id] = (sentences[best], float(likeness[best]))
    return found
