"""Notices that the job queue stands still, which the cluster itself cannot.

A worker killed at the wrong moment takes the queue's read lock with it: the cluster then lives
and does nothing, for good. It knows one table of the product and nothing of its meaning.
"""

# Note [Standing still]
# Waiting long is no sickness: a backlog after a crash is worked off in order. But the head of the
# queue changes with every job that is taken (a failed job moves back), so a head that stays the
# same for STILL_SECONDS, while the minutely drain ought to have come by, means that nobody works.

import time
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

STILL_SECONDS = 90.0
CONNECT_SECONDS = 3
OURS = {"prepare_threshold"}  # config/database.py

HEAD_OF_QUEUE = """
    SELECT id::text FROM kernel_job
    WHERE done_at IS NULL AND failed_at IS NULL AND due_at <= now()
      AND (lease_until IS NULL OR lease_until <= now())
    ORDER BY due_at, id LIMIT 1
"""


@dataclass(slots=True)
class Watchdog:
    """Remembers the head of the queue and since when it has been there."""

    url: str
    still_seconds: float = STILL_SECONDS
    _head: str | None = None
    _since: float = 0.0

    def is_still(self) -> bool:
        """Look once; tell whether the same job has waited at the head for too long."""
        return self.judge(self.head(), now=time.monotonic())

    def judge(self, head: str | None, *, now: float) -> bool:
        if head is None or head != self._head:
            self._head, self._since = head, now
            return False
        return now - self._since > self.still_seconds

    def forget(self) -> None:
        """Give a cluster that was just started its full time."""
        self._head = None

    def head(self) -> str | None:
        """Return the id of the job that is next in line, None if there is none or no answer."""
        import psycopg  # noqa: PLC0415 -- the launcher must be importable without any package

        try:
            with psycopg.connect(
                for_libpq(self.url), connect_timeout=CONNECT_SECONDS, autocommit=True
            ) as session:
                row = session.execute(HEAD_OF_QUEUE).fetchone()
        except psycopg.Error:
            return None
        return row[0] if row else None


def for_libpq(url: str) -> str:
    """Return the URL without the words that only the product's settings understand."""
    parts = urlsplit(url)
    known = [(name, value) for name, value in parse_qsl(parts.query) if name not in OURS]
    return f"postgresql://{parts.netloc}{parts.path}?{urlencode(known, quote_via=quote)}"
