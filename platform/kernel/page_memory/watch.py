"""Asks the database, over and over, whether anything has changed that public pages show.

# Note [A lease]
Each look takes a snapshot and asks for transactions that the one before did not see. What was made
after a look is good until a look finds a change, and only while the last one is young: who has not
heard from the database for `LEASE` seconds knows nothing, whatever the cause, and answers nothing
from memory. So no change, whoever makes it and wherever, is hidden for longer than that.
"""

import logging
import threading
import time
from collections.abc import Callable

import psycopg

logger = logging.getLogger(__name__)

LEASE = 1.0  # seconds for which a look counts, from before it began
PAUSE = 0.1  # seconds between two looks
REST = 60.0  # seconds without a visitor, after which nobody looks until the next one
FIRST_RETRY, LAST_RETRY = 0.1, 5.0  # seconds

# Nothing has changed where no transaction has that began after the snapshot (all of them have
# numbers from its xmax on), and none that was under way then (xip).
LOOK = """
SELECT %(snapshot)s::pg_snapshot IS NOT NULL
    AND coalesce((SELECT max(transaction) FROM kernel_publicchange)
        < pg_snapshot_xmax(%(snapshot)s::pg_snapshot)::text::bigint, true)
    AND NOT EXISTS (
        SELECT FROM pg_snapshot_xip(%(snapshot)s::pg_snapshot) AS under_way
            JOIN kernel_publicchange ON transaction = under_way::text::bigint),
    pg_current_snapshot()::text
"""


class Watch:
    """One connection of this process, and a thread. `parameters` are psycopg's, asked anew."""

    def __init__(self, parameters: Callable[[], str]) -> None:
        self._parameters = parameters
        self._seen = (0, float("-inf"))  # the generation, and when the look began that says so
        self._asked = 0.0
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted = threading.Event()
        self._ended = False

    def generation(self) -> int | None:
        """Return a number that is another after each change; None while nothing is known."""
        self._asked = now = time.monotonic()
        if not self._wanted.is_set():
            self._begin()
        generation, looked = self._seen
        return generation if now - looked < LEASE else None

    def end(self) -> None:
        """Stop looking; nothing is known from then on."""
        self._ended = True
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(timeout=LAST_RETRY)
        self._seen = (self._seen[0] + 1, float("-inf"))

    def _begin(self) -> None:
        self._wanted.set()
        with self._starting:  # by the first visitor: a process that forks does so before
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="page watch", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause = FIRST_RETRY
        while not self._ended:
            began = time.monotonic()
            try:
                self._look_until_it_fails()
            except (psycopg.Error, OSError) as error:
                pause = FIRST_RETRY if time.monotonic() - began > LAST_RETRY else pause
                logger.warning("Pages are not kept (%s); trying again in %.1f s.", error, pause)
                time.sleep(pause)
                pause = min(pause * 2, LAST_RETRY)

    def _look_until_it_fails(self) -> None:
        with psycopg.connect(self._parameters(), autocommit=True, prepare_threshold=None) as line:
            snapshot = None  # whatever was made before may be old
            while not self._ended:
                began = time.monotonic()
                row = line.execute(LOOK, {"snapshot": snapshot}).fetchone()
                assert row is not None  # noqa: S101 - for the type
                same, snapshot = row
                generation, _ = self._seen
                self._seen = (generation if same else generation + 1, began)
                time.sleep(PAUSE)
                self._rest()

    def _rest(self) -> None:
        if time.monotonic() - self._asked > REST:
            self._wanted.clear()
            self._wanted.wait()
