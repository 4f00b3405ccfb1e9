"""Pages from memory: whose they are, by what they are kept, and when they are made anew."""

import gzip
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from kernel.page_memory import changes
from kernel.page_memory.answers import Answer, Memory, Stamp, accepts_gzip
from kernel.page_memory.door import Door, Rules
from kernel.page_memory.watch import Watch

PAGE = b"<p>" + b"What a mentor offers. " * 40 + b"</p>"
RULES = Rules(
    closed={"cms", "app"},
    queries={"page", "sort"},
    cookies={"sessionid", "csrftoken"},
    kinds={"text/html"},
)


class Site:
    """A site that counts what it is asked, behind a door whose watch a test leads."""

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers = {"Content-Type": "text/html; charset=utf-8"} | (headers or {})
        self.status, self.body = "200 OK", PAGE
        self.known: int | None = 1
        self.shared = b"a"
        self.now = 1_000_000.0
        self.before: Callable[[], None] = lambda: None
        self.memory = Memory(most=10_000_000)
        self.door = Door(
            self.app,
            rules=RULES,
            watch=self,
            mark=self,
            memory=self.memory,
            clock=lambda: self.now,
        )

    def generation(self) -> int | None:
        return self.known

    def read(self) -> bytes:
        return self.shared

    def change(self) -> None:
        self.shared += b"a"

    def app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ)
        self.before()
        start_response(self.status, list(self.headers.items()))
        return [self.body]

    def get(self, path: str = "/faq/", query: str = "", **environ: str) -> "Said":
        said: list[Any] = []
        asked = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "example.com",
            "wsgi.url_scheme": "https",
        }
        body = self.door(asked | environ, lambda *given: said.append(given))
        [(status, headers, *_)] = said
        return Said(status, dict(headers), b"".join(body))


class Said:
    def __init__(self, status: str, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def how(self) -> str:
        return self.headers.get("Cache-Status", "").removeprefix("Counterfoil; ")


@pytest.fixture(autouse=True)
def _nothing_heard() -> None:
    """What an earlier test has written in this thread is told by its first visitor."""
    changes.taken()


def test_a_page_is_asked_for_once_and_given_alike_with_an_id_of_its_own() -> None:
    site = Site()

    first, second = site.get(), site.get(HTTP_X_REQUEST_ID="mine")

    assert (first.how, second.how, len(site.asked)) == ("fwd=miss", "hit", 1)
    assert first.body == second.body == PAGE
    assert first.headers["X-Request-Id"].startswith("req_")
    assert second.headers["X-Request-Id"] == "mine"
    assert second.headers["Cache-Control"] == "no-cache"
    assert second.headers["Content-Length"] == str(len(PAGE))


def _told(site: Site) -> None:
    site.shared = b"told by another process"


def _found(site: Site) -> None:
    site.known = 2


def _minute(site: Site) -> None:
    site.now += 60


@pytest.mark.parametrize("change", [_told, _found, _minute])
def test_it_is_made_anew_after_a_change_and_with_each_minute(
    change: Callable[[Site], None],
) -> None:
    site = Site()
    site.get()

    change(site)

    assert [site.get().how, site.get().how] == ["fwd=miss", "hit"]


def test_while_nothing_is_known_of_the_database_nothing_comes_from_memory() -> None:
    site = Site()
    site.get()
    site.known = None

    answer = site.get(HTTP_ACCEPT_ENCODING="gzip")

    assert (answer.how, len(site.asked)) == ("", 2)
    assert site.asked[1]["HTTP_ACCEPT_ENCODING"] == "gzip"  # untouched: it compresses itself


def test_a_change_while_the_page_is_made_is_not_hidden_by_it() -> None:
    site = Site()
    site.before = lambda: setattr(site, "known", 2)

    assert [site.get().how, site.get().how] == ["fwd=miss", "fwd=miss"]


def test_the_writer_is_not_answered_before_the_others_know(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site()
    site.get()
    site.before = lambda: setattr(changes._heard, "changed", True)

    site.get("/cms/publish", REQUEST_METHOD="POST")
    site.before = lambda: None

    assert site.get().how == "fwd=miss"
    assert not changes.taken()


@pytest.mark.parametrize(
    "asked",
    [
        {"REQUEST_METHOD": "POST"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_COOKIE": "theme=dark; sessionid=abc"},
        {"HTTP_COOKIE": "csrftoken=abc"},
        {"PATH_INFO": "/cms/pages/"},
        {"QUERY_STRING": "q=typed"},
        {"QUERY_STRING": "page=" + "9" * 500},
    ],
)
def test_what_is_somebodys_or_one_of_too_many_goes_by(asked: dict[str, str]) -> None:
    site = Site()

    answers = [site.get(**asked) for _ in range(2)]

    assert [answer.how for answer in answers] == ["", ""]
    assert (len(site.asked), len(site.memory)) == (2, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"Set-Cookie": "a=b"},
        {"Vary": "Cookie, Accept-Encoding"},
        {"Cache-Control": "private"},
        {"Cache-Control": "no-store"},
        {"Content-Security-Policy": "script-src 'nonce-abc'"},
        {"Content-Type": "image/png"},
        {"Content-Encoding": "gzip"},
        {"status": "404 Not Found"},
        {"status": "302 Found"},
    ],
)
def test_an_answer_that_is_not_everybodys_is_given_as_it_is(headers: dict[str, str]) -> None:
    status = headers.pop("status", "200 OK")
    site = Site(headers)
    site.status = status

    answers = [site.get() for _ in range(2)]

    assert [(answer.status, answer.body, answer.how) for answer in answers] == [
        (status, PAGE, "")
    ] * 2
    assert (len(site.asked), len(site.memory)) == (2, 0)


def test_another_host_scheme_address_or_query_is_another_page() -> None:
    site = Site()
    ways: list[dict[str, Any]] = [
        {},
        {"HTTP_HOST": "other.example"},
        {"wsgi.url_scheme": "http"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"PATH_INFO": "/terms/"},
        {"QUERY_STRING": "page=2"},
    ]

    assert [site.get(**way).how for way in ways * 2] == ["fwd=miss"] * 6 + ["hit"] * 6


def test_a_query_is_one_in_any_order_and_without_what_counts_visitors() -> None:
    site = Site()
    site.get(query="sort=price&page=2&utm_source=letter&gclid=1")

    assert site.get(query="page=2&sort=price").how == "hit"
    assert site.asked[0]["QUERY_STRING"] == "page=2&sort=price"


def test_a_cookie_that_is_no_session_makes_no_difference() -> None:
    site = Site()
    site.get()

    assert site.get(HTTP_COOKIE="theme=dark; my_sessionid=1").how == "hit"


def test_it_is_compressed_once_for_who_takes_it() -> None:
    site = Site()

    small = site.get(HTTP_ACCEPT_ENCODING="br, gzip;q=0.8")
    plain = site.get(HTTP_ACCEPT_ENCODING="gzip;q=0, identity")

    assert gzip.decompress(small.body) == plain.body == PAGE
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Content-Length"] == str(len(small.body))
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "HTTP_ACCEPT_ENCODING" not in site.asked[0]


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        ("gzip", True),
        ("br, GZIP", False),
        ("gzip; q=0", False),
        ("gzip;q=0.000", False),
        ("", False),
    ],
)
def test_who_takes_gzip(said: str, accepted: bool) -> None:
    assert accepts_gzip(said) is accepted


def test_who_has_it_is_told_so_and_a_head_has_no_body() -> None:
    site = Site({"Content-Security-Policy": "default-src 'none'"})
    tag = site.get().headers["ETag"]

    same = site.get(HTTP_IF_NONE_MATCH=f'"other", {tag}', HTTP_ACCEPT_ENCODING="gzip")
    other = site.get(HTTP_IF_NONE_MATCH='"other"')
    head = site.get(REQUEST_METHOD="HEAD")

    assert (same.status, same.body, same.headers["ETag"]) == ("304 Not Modified", b"", tag)
    assert not {name for name in same.headers if name.startswith("Content-")}
    assert (other.status, other.body) == ("200 OK", PAGE)
    assert (head.status, head.body, head.headers["Content-Length"]) == (
        "200 OK",
        b"",
        str(len(PAGE)),
    )


def test_a_head_that_is_first_has_the_page_made_for_all() -> None:
    site = Site()

    assert site.get(REQUEST_METHOD="HEAD", HTTP_RANGE="bytes=0-1").how == "fwd=miss"
    assert site.get().body == PAGE
    assert site.asked[0]["REQUEST_METHOD"] == "GET"
    assert "HTTP_RANGE" not in site.asked[0]


def test_a_crowd_has_it_made_once() -> None:
    site = Site()
    site.before = lambda: time.sleep(0.3)
    answers: list[Said] = []
    crowd = [threading.Thread(target=lambda: answers.append(site.get())) for _ in range(8)]

    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert len(site.asked) == 1
    assert sorted(answer.how for answer in answers) == ["fwd=miss"] + ["hit; collapsed"] * 7
    assert {answer.body for answer in answers} == {PAGE}


def test_who_waits_for_a_failure_asks_again() -> None:
    site = Site()

    def fail() -> None:
        time.sleep(0.1)
        if len(site.asked) == 1:
            raise RuntimeError

    def failing() -> None:
        with pytest.raises(RuntimeError):
            site.get()

    site.before = fail
    first = threading.Thread(target=failing)
    first.start()
    time.sleep(0.03)

    assert site.get().body == PAGE
    first.join()


def test_memory_is_bounded_and_keeps_what_was_asked_for_last() -> None:
    stamp = Stamp(b"a", 1, 60)
    answers = [Answer([], bytes([number]) * 3000, stamp) for number in range(4)]
    memory = Memory(most=max(one.size for one in answers) * 2)

    for number, answer in enumerate(answers[:3]):
        memory.keep(number, answer)
        memory.get(0)

    assert [memory.get(number) is not None for number in range(3)] == [True, False, True]
    memory.keep(0, answers[3])
    assert memory.held == sum(one.size for one in (answers[2], answers[3]))
    memory.keep("large", Answer([], bytes(range(256)) * 200, stamp))
    assert len(memory) == 2


def test_a_database_that_cannot_be_reached_is_no_word_of_it() -> None:
    watch = Watch(lambda: "host=/nowhere connect_timeout=1")

    try:
        assert watch.generation() is None
        time.sleep(0.3)
        assert watch.generation() is None
    finally:
        watch.end()
