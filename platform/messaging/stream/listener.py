"""Hears from PostgreSQL whose inbox has grown, and wakes that person's streams.

It carries no text and remembers nothing: a stream reads its inbox whenever it is woken, so a
notice that was lost with a connection costs nothing once everybody is woken after the next LISTEN.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator

import psycopg

logger = logging.getLogger(__name__)

CHANNEL = "messaging_delivery"
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0


class Listener:
    """One connection for all streams of this process. `parameters` are psycopg's, asked anew."""

    def __init__(self, parameters: Callable[[], str]) -> None:
        self._parameters = parameters
        self._bells: dict[str, set[asyncio.Event]] = defaultdict(set)
        self.is_listening = False

    @contextlib.contextmanager
    def bell(self, person: str) -> Iterator[asyncio.Event]:
        """Lend an event that is set whenever the person's inbox may have grown."""
        event = asyncio.Event()
        self._bells[person].add(event)
        try:
            yield event
        finally:
            self._bells[person].discard(event)
            if not self._bells[person]:
                del self._bells[person]

    def count(self, person: str) -> int:
        """Return how many streams the person has open here."""
        return len(self._bells.get(person, ()))

    def ring_all(self) -> None:
        """Have every stream look: after a gap in listening, and at the end."""
        for bells in self._bells.values():
            for bell in bells:
                bell.set()

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made again, with growing pauses."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                async for person in self._notices():
                    pause = FIRST_PAUSE_SECONDS
                    for bell in self._bells.get(person, ()):
                        bell.set()
            except (psycopg.Error, OSError) as error:
                logger.warning("not listening (%s); trying again in %.1f s", error, pause)
            finally:
                self.is_listening = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _notices(self) -> AsyncIterator[str]:
        parameters = await asyncio.to_thread(self._parameters)
        line = await psycopg.AsyncConnection.connect(parameters, autocommit=True)
        async with line:
            await line.execute(f"LISTEN {CHANNEL}")
            self.is_listening = True
            self.ring_all()
            async for notice in line.notifies():
                yield notice.payload
