"""The first thing in the web process: a WSGI application before the product's own.

A page that anybody may see is answered from memory; everything else goes in as it came. What goes
in to be kept is asked for in one form (the whole page, plain, its query in order), so that all who
ask for it alike are given the same bytes, compressed once.
"""

import re
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from kernel.ids import uuid7_number
from kernel.page_memory import changes
from kernel.page_memory.answers import Answer, Headers, Memory, Stamp, vary_of

type Environ = dict[str, Any]
type StartResponse = Callable[..., Any]
type Application = Callable[[Environ, StartResponse], Iterable[bytes]]

LARGEST = 512 * 1024  # bytes of a page that is kept
LONGEST_QUERY = 400
PATIENCE = 5.0  # seconds that one waits for another who makes the same page
MINUTE = 60
FOLLOWED = re.compile(r"utm_\w+|gclid|fbclid|msclkid")  # of no page's business, left out
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_OF_THE_READER = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
_ALSO = ("HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")


class Known(Protocol):
    """What says whether pages have changed (`watch.Watch`)."""

    def generation(self) -> int | None: ...


class Shared(Protocol):
    """What the processes of this machine share (`mark.Mark`)."""

    def read(self) -> bytes: ...
    def change(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be kept: first parts of addresses that never are, names in a query that may be,
    cookies that mean a session, kinds of text; and whether the reader's language makes a page."""

    closed: Collection[str]
    queries: Collection[str]
    cookies: Collection[str]
    kinds: Collection[str]
    by_language: bool = False


class Door:
    """Pages from memory, or from the application behind it."""

    def __init__(
        self,
        inner: Application,
        *,
        rules: Rules,
        watch: Known,
        mark: Shared,
        memory: Memory,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._inner, self._rules = inner, rules
        self._watch, self._mark, self._memory, self._clock = watch, mark, memory, clock
        self._making: dict[Any, threading.Event] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        key = _key(environ, self._rules)
        stamp = self._stamp() if key is not None else None
        if stamp is None:
            return self._passed(environ, start_response)
        found = self._kept(key, stamp)
        if found is not None:
            return _given(found, environ, start_response, "hit")
        return self._made(key, stamp, environ, start_response)

    def _stamp(self) -> Stamp | None:
        """Return what an answer that begins now is stamped with; None while nothing is known."""
        generation = self._watch.generation()
        if generation is None:
            return None
        return Stamp(self._mark.read(), generation, (self._clock() // MINUTE + 1) * MINUTE)

    def _kept(self, key: Any, stamp: Stamp) -> Answer | None:
        found = self._memory.get(key)
        return found if found is not None and found.stamp == stamp else None

    def _passed(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self._inner(environ, start_response)
        finally:
            self._tell()

    def _tell(self) -> None:
        """Before whoever changed something public has an answer, nobody here is given the old."""
        if changes.taken():
            self._mark.change()

    def _made(
        self, key: Any, stamp: Stamp, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Have the page made once, however many ask for it meanwhile."""
        with self._lock:
            others = self._making.get(key)
            if others is None:
                mine = self._making[key] = threading.Event()
        if others is not None:
            others.wait(PATIENCE)
            found = self._kept(key, stamp)
            if found is not None:
                return _given(found, environ, start_response, "hit; collapsed")
            return self._ask(key, stamp, environ, start_response)
        try:
            return self._ask(key, stamp, environ, start_response)
        finally:
            with self._lock:
                del self._making[key]
            mine.set()

    def _ask(
        self, key: Any, stamp: Stamp, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        said: list[Any] = []

        def listen(status: str, headers: Headers, *_: Any) -> None:
            said[:] = [status, headers]

        answer = self._inner(_plainly(environ, key), listen)
        self._tell()
        status, headers = said
        if not _may_be_kept(status, headers, self._rules):
            start_response(status, headers)
            return _without_body(answer) if environ["REQUEST_METHOD"] == "HEAD" else answer
        kept = Answer(headers, _whole(answer), stamp)
        if kept.size <= LARGEST:
            self._memory.keep(key, kept)
        return _given(kept, environ, start_response, "fwd=miss")


def _key(environ: Environ, rules: Rules) -> tuple[str, ...] | None:
    """Return what pages are kept by; None for what is nobody's page, or somebody's."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "HTTP_AUTHORIZATION" in environ:
        return None
    path = environ["PATH_INFO"]
    if not path.startswith("/") or path.split("/", 2)[1] in rules.closed:
        return None
    cookies = environ.get("HTTP_COOKIE")
    if cookies and any(c.partition("=")[0].strip() in rules.cookies for c in cookies.split(";")):
        return None
    query = environ.get("QUERY_STRING", "")
    if query:
        ordered = _ordered(query, rules.queries)
        if ordered is None:
            return None
        query = ordered
    return (
        path,
        query,
        environ.get("HTTP_HOST", ""),
        environ["wsgi.url_scheme"],
        environ.get("HTTP_X_FORWARDED_PROTO", ""),
        environ.get("HTTP_ACCEPT_LANGUAGE", "") if rules.by_language else "",
    )


def _ordered(query: str, allowed: Collection[str]) -> str | None:
    """Return the query in order, without what counts visitors; None where a name is unknown."""
    if len(query) > LONGEST_QUERY:
        return None
    pairs = parse_qsl(query, keep_blank_values=True)
    asked = [pair for pair in pairs if not FOLLOWED.fullmatch(pair[0])]
    if any(name not in allowed for name, _ in asked):
        return None
    return urlencode(sorted(asked, key=lambda pair: pair[0]))


def _plainly(environ: Environ, key: tuple[str, ...]) -> Environ:
    """Return the request for the whole page, whoever asks for which form of it."""
    asked = {
        name: value
        for name, value in environ.items()
        if name not in _OF_THE_READER and name not in _ALSO
    }
    asked |= {"REQUEST_METHOD": "GET", "QUERY_STRING": key[1]}
    return asked


def _may_be_kept(status: str, headers: Headers, rules: Rules) -> bool:
    """Say whether this is the same for everybody: it says itself where it is not."""
    if not status.startswith("200"):
        return False
    said = {name.lower(): value for name, value in headers}
    policy = said.get("cache-control", "")
    return not (
        "set-cookie" in said
        or "private" in policy
        or "no-store" in policy
        or "content-encoding" in said
        or "'nonce-" in said.get("content-security-policy", "")
        or not _varies_as_kept(headers, rules)
        or said.get("content-type", "").partition(";")[0] not in rules.kinds
    )


def _varies_as_kept(headers: Headers, rules: Rules) -> bool:
    known = {"accept-encoding", "accept-language"} if rules.by_language else {"accept-encoding"}
    return known.issuperset(vary_of(headers))


def _given(
    answer: Answer, environ: Environ, start_response: StartResponse, how: str
) -> Iterable[bytes]:
    extra = [("X-Request-Id", _request_id(environ)), ("Cache-Status", f"Counterfoil; {how}")]
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and answer.is_had_by(known):
        start_response("304 Not Modified", [*answer.unchanged(), *extra])
        return []
    headers, body = answer.whole(environ.get("HTTP_ACCEPT_ENCODING", ""))
    start_response("200 OK", [*headers, *extra])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _request_id(environ: Environ) -> str:
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if _ACCEPTABLE_ID.fullmatch(given) else f"req_{uuid7_number():032x}"


def _whole(answer: Any) -> bytes:
    try:
        return b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()


def _without_body(answer: Any) -> Iterable[bytes]:
    if hasattr(answer, "close"):
        answer.close()
    return []
