"""The stream process (granian `--interface asgi messaging.stream.application:application`).

`GET /stream/messages?ticket=…` answers with server-sent events: what lies in the person's inbox
behind `Last-Event-ID` (or `after`), then whatever comes. No message is buffered here: a client
that reads slowly is merely behind, and its next page is read once it took the last one.
"""

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from django.db import Error, connection  # noqa: E402 - models load with the application
from psycopg.conninfo import make_conninfo  # noqa: E402 - as above

from messaging.queries import DeliveredItem  # noqa: E402 - as above
from messaging.stream import inbox  # noqa: E402 - as above
from messaging.stream.listener import Listener  # noqa: E402 - as above
from messaging.tickets import Holder  # noqa: E402 - as above

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

logger = logging.getLogger(__name__)

PATH = "/stream/messages"
BEAT_SECONDS = 15.0
PATIENCE_SECONDS = 30.0  # for a client that takes nothing
STREAMS_OF_ONE = 8


def _parameters() -> str:
    """Return where to LISTEN: directly, whatever pooler the queries go through."""
    if settings.STREAM_DATABASE_URL:
        return str(settings.STREAM_DATABASE_URL)
    wanted = {"host", "port", "user", "password", "dbname"}
    found = connection.get_connection_params()
    return make_conninfo("", **{name: found[name] for name in wanted & set(found)})


class Application:
    """An ASGI application: the lifespan keeps the one listener, each request is a stream."""

    def __init__(self) -> None:
        self.listener = Listener(_parameters)
        self.is_stopping = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        listening = asyncio.create_task(self.listener.run())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.is_stopping = True
        self.listener.ring_all()
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        origin = _cross_origin(headers.get(b"origin"))
        if scope["method"] != "GET" or scope["path"] not in {PATH, "/livez", "/readyz"}:
            await _reply(send, 404, origin)
        elif scope["path"] == "/livez":
            await _reply(send, 200, origin)
        elif scope["path"] == "/readyz":
            await _reply(send, 200 if self.listener.is_listening else 503, origin)
        else:
            await self._stream(scope, headers, origin, receive, send)

    async def _stream(
        self,
        scope: Message,
        headers: dict[bytes, str],
        origin: list[tuple[bytes, bytes]],
        receive: Receive,
        send: Send,
    ) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        after = _number(headers.get(b"last-event-id") or query.get("after", [""])[-1])
        try:
            holder = await inbox.redeem(query.get("ticket", [""])[-1])
            end = await inbox.end(holder.person_id) if holder else 0
        except Error:
            await _reply(send, 503, origin)
            return
        if holder is None:
            await _reply(send, 401, origin)
        elif self.listener.count(str(holder.person_id)) >= STREAMS_OF_ONE:
            await _reply(send, 429, origin)
        else:
            await send(_start(200, [*origin, *EVENT_STREAM]))
            feeding = asyncio.create_task(
                self._feed(holder, end if after is None else min(after, end), send)
            )
            leaving = asyncio.create_task(_gone(receive))
            await asyncio.wait({feeding, leaving}, return_when=asyncio.FIRST_COMPLETED)
            for task in (feeding, leaving):
                task.cancel()
            for result in await asyncio.gather(feeding, leaving, return_exceptions=True):
                if isinstance(result, Exception):
                    logger.warning("a stream broke off: %r", result)

    async def _feed(self, holder: Holder, number: int, send: Send) -> None:
        """Send what is behind `number` and whatever comes, until the sign-in or this ends."""
        with self.listener.bell(str(holder.person_id)) as bell:
            await _write(send, _event("ready", number, {}))
            bell.set()
            while not self.is_stopping:
                try:
                    await asyncio.wait_for(bell.wait(), BEAT_SECONDS)
                except TimeoutError:
                    await _write(send, _event("beat", number, {}))
                # Cleared before the look: what is committed during it rings again.
                bell.clear()
                try:
                    found = await inbox.page(holder, after=number)
                except Error as error:
                    logger.warning("an inbox could not be read (%s); its reader comes again", error)
                    break
                if found is None:
                    break
                for item in found:
                    await _write(send, _event("message", item.number, _shown(item)))
                    number = item.number
                if len(found) == inbox.PAGE:
                    bell.set()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


EVENT_STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def _shown(item: DeliveredItem) -> dict[str, Any]:
    message = item.message
    return {
        "id": message.id,
        "conversation_id": item.conversation_id,
        "number": message.number,
        "text": message.text,
        "mine": message.by_reader,
        "sent_at": message.sent_at.isoformat(),
    }


def _event(kind: str, number: int, data: dict[str, Any]) -> bytes:
    return f"event: {kind}\nid: {number}\ndata: {json.dumps(data)}\n\n".encode()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _cross_origin(origin: str | None) -> list[tuple[bytes, bytes]]:
    """Let the site's own pages read it from another port, and those that the settings name.

    The site's own are those of `PUBLIC_URL` under each name that it answers to: who opens the
    demo as `localhost` has live messages too.
    """
    site = urlsplit(settings.PUBLIC_URL)
    port = f":{site.port}" if site.port else ""
    own = {f"{site.scheme}://{host}{port}" for host in settings.ALLOWED_HOSTS}
    allowed = {settings.PUBLIC_URL, *own, *settings.CORS_ALLOWED_ORIGINS}
    vary = [(b"vary", b"Origin")]
    if origin not in allowed or origin is None:
        return vary
    return [*vary, (b"access-control-allow-origin", origin.encode("latin-1"))]


def _start(status: int, headers: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _reply(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send(_start(status, headers))
    await send({"type": "http.response.body", "body": b""})


async def _write(send: Send, body: bytes) -> None:
    piece = {"type": "http.response.body", "body": body, "more_body": True}
    await asyncio.wait_for(send(piece), PATIENCE_SECONDS)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


application = Application()
