"""Hand a body over to an address that a person gave: one POST, no redirect, little of the answer.

The guard is that of `kernel.outbound`. Knows nothing of what is handed over, nor of trying again.
"""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from kernel.outbound import Connection, Guard, in_words

SECONDS = 15
BODY_SECONDS = 2
KEPT_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the first 2 KB of the body, and `Retry-After` as it stands."""

    status: int
    body: bytes
    retry_after: str


def sender() -> "Sender":
    """Return the product's own: the public network alone, unless OUTBOUND_LOOPBACK is on."""
    return Sender(loopback=settings.OUTBOUND_LOOPBACK, seconds=SECONDS)


@dataclass(frozen=True, slots=True)
class Sender(Guard):
    """How bodies are handed over."""

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer, whatever its status: a redirect is one, and is not followed.

        What the body is does not matter, so a slow or an endless one is left after two seconds
        or 2 KB. Raises FetchRefused.
        """
        until = time.monotonic() + self.seconds
        target = urlsplit(self.checked(url))
        with in_words(str(target.hostname)):
            line = self.connected(target, until)
            try:
                connection = Connection(target, line)
                path = target.path + (f"?{target.query}" if target.query else "")
                connection.request("POST", path, body, {**headers, "Connection": "close"})
                response = connection.getresponse()
                line.end_by(time.monotonic() + BODY_SECONDS)
                return Answer(
                    status=response.status,
                    body=_beginning(response),
                    retry_after=response.headers.get("Retry-After", ""),
                )
            finally:
                line.hang_up()


def _beginning(response: http.client.HTTPResponse) -> bytes:
    body = b""
    try:
        while len(body) < KEPT_BYTES and (piece := response.read1(KEPT_BYTES - len(body))):
            body += piece
    except (OSError, http.client.HTTPException, ValueError):
        pass  # the status has come, and it is what counts
    return body
