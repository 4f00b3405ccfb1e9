"""Idempotency keys: the first answer is kept and replayed byte for byte.

https://docs.stripe.com/api/idempotent_requests: kept once execution began (errors included), for
at least 24 hours, compared with the parameters; a key that is being worked on is refused.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox.core.store import Store

KEPT_SECONDS = 24 * 3600


class KeyInUse(Exception):
    """Another request with this key is being worked on."""


class KeyReused(Exception):
    """The key was first used with another request; `first` names that one's method and path."""

    def __init__(self, first: str) -> None:
        super().__init__(first)
        self.first = first


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request that carries a key: who sent it, what it asks."""

    scope: str
    key: str
    request: str
    digest: str

    @classmethod
    def of(cls, *, scope: str, key: str, request: str, pairs: list[tuple[str, str]]) -> Keyed:
        """Fingerprint a request by its pairs, whatever their order."""
        digest = hashlib.sha256(repr(sorted(pairs)).encode()).hexdigest()
        return cls(scope=scope, key=key, request=request, digest=digest)


@dataclass(frozen=True, slots=True)
class Replay:
    """The first answer."""

    status: int
    body: bytes
    request_id: str


class Keys:
    """The kept answers, and the keys that are in flight in this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._in_flight: set[tuple[str, str]] = set()
        self._guard = threading.Lock()

    @contextmanager
    def claimed(self, keyed: Keyed | None) -> Iterator[None]:
        """Keep other requests with the same key out while this one works.

        Raises:
            KeyInUse: one is at work already.
        """
        if keyed is None:
            yield
            return
        place = (keyed.scope, keyed.key)
        with self._guard:
            if place in self._in_flight:
                raise KeyInUse(keyed.key)
            self._in_flight.add(place)
        try:
            yield
        finally:
            with self._guard:
                self._in_flight.discard(place)

    def replay(self, keyed: Keyed, *, now: int, kept_seconds: int = KEPT_SECONDS) -> Replay | None:
        """Return the first answer to this key, or None. Expects the store's lock.

        Raises:
            KeyReused: the key belongs to a different request.
        """
        row = self._store.db.execute(
            "SELECT request, digest, status, body, request_id, created FROM replays WHERE"
            " scope = ? AND key = ?",
            (keyed.scope, keyed.key),
        ).fetchone()
        if row is None or now - row[5] >= kept_seconds:
            return None
        if (row[0], row[1]) != (keyed.request, keyed.digest):
            raise KeyReused(row[0])
        return Replay(status=row[2], body=row[3], request_id=row[4])

    def keep(self, keyed: Keyed, *, status: int, body: bytes, request_id: str, now: int) -> None:
        """Keep the answer in the very transaction of its effect."""
        self._store.db.execute(
            "INSERT OR REPLACE INTO replays VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (keyed.scope, keyed.key, keyed.request, keyed.digest, status, body, request_id, now),
        )
