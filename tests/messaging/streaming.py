"""The stream process behind its real server, and a browser's EventSource that reads from it."""

import json
import queue
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from accounts import tokens
from accounts.models import User
from accounts.tokens import Device
from kernel import clock
from messaging import tickets
from tests.api.callers import Served


class Streaming(Served):
    """granian with the stream's application, on the test's own database."""

    def command(self) -> list[str]:
        command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "1", "--log-level", "warning"]
        return [*command, "--workers-kill-timeout", "5", "messaging.stream.application:application"]


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    id: int
    data: dict[str, Any]


class Source:
    """One open stream, read in a thread of its own."""

    def __init__(self, url: str, ticket: str, *, last: int | None = None) -> None:
        self.seen: queue.Queue[Event] = queue.Queue()
        self.ended = threading.Event()
        self.beats = 0
        self._client = httpx.Client(timeout=30, trust_env=False)
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        request = self._client.build_request(
            "GET", f"{url}/stream/messages", params={"ticket": ticket}, headers=headers
        )
        self.answer = self._client.send(request, stream=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        fields: dict[str, str] = {}
        try:
            for line in self.answer.iter_lines():
                name, _, value = line.partition(": ")
                if line:
                    fields[name] = value
                elif fields.get("event") == "beat":
                    self.beats += 1
                    fields = {}
                elif "event" in fields:
                    data = json.loads(fields["data"])
                    self.seen.put(Event(fields["event"], int(fields["id"]), data))
                    fields = {}
        except (httpx.HTTPError, httpx.StreamError, OSError):
            pass
        finally:
            self.ended.set()

    def take(self, count: int, *, seconds: float = 10.0) -> list[Event]:
        """Return the next events; raises queue.Empty where they do not come in time."""
        deadline = time.monotonic() + seconds
        return [self.seen.get(timeout=max(0.01, deadline - time.monotonic())) for _ in range(count)]

    def close(self) -> None:
        # The reader waits in a read, which a close from here would not end.
        with suppress(OSError):  # the other side was faster
            wire = self.answer.extensions["network_stream"].get_extra_info("socket")
            wire.shutdown(socket.SHUT_RDWR)
        self._reader.join(5)
        self.answer.close()
        self._client.close()


def ticket_for(user: User) -> str:
    """Return a fresh ticket of a fresh sign-in."""
    now = clock.now()
    issued = tokens.issue(user=user, device=Device(source="127.0.0.1"), now=now)
    return tickets.issue(sign_in_id=issued.family.pk, now=now).secret
