"""The guard of addresses that people give: what is inside is not reached, by whatever name.

The servers here are real sockets on loopback. Where the guard stands in the way of a test of
what comes after it, the address of the server passes for a public one (`outside`).
"""

import gzip
import socket
import threading
import time
from ipaddress import ip_address
from itertools import chain, repeat

import pytest

from kernel import outbound
from kernel.outbound import Fetched, Fetcher, FetchRefused, is_public
from tests.talking import OK, Talk, dripping, file, saying, serving

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def here(**limits: float) -> Fetcher:
    return Fetcher(loopback=True, **limits)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "192.88.99.1", "::", "::1", "::127.0.0.1", "fe80::1", "fec0::1",
        "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::",
        "2001::1", "2001:20::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::2003", "::ffff:8.8.8.8"]
)
def test_an_address_outside_is(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://calendar.example/a.ics", "Only https"),
        ("http://127.0.0.1/a.ics", "Only https"),
        ("file:///etc/passwd", "Only https"),
        ("gopher://calendar.example/", "Only https"),
        ("https:///a.ics", "Only https"),
        ("a.ics", "Only https"),
        ("", "Only https"),
        ("https://user:secret@calendar.example/a.ics", "user name"),
        ("https://calendar.example:8443/a.ics", "Port 8443"),
        ("https://calendar.example:99999/a.ics", "no address"),
        ("https://[::1/a.ics", "no address"),
    ],
)
def test_an_address_is_refused_before_anything_is_looked_up(url: str, reason: str) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    for call in (Fetcher(resolver=never).checked, Fetcher(resolver=never).fetch):
        with pytest.raises(FetchRefused, match=reason):
            call(url)


def test_an_address_is_written_as_it_is_fetched() -> None:
    checked = Fetcher().checked

    assert checked(" webcal://Calendar.example/a b/ü.ics?x=ä&y=%2F#top ") == (
        "https://Calendar.example/a%20b/%C3%BC.ics?x=%C3%A4&y=%2F"
    )
    assert checked("https://calendar.example") == "https://calendar.example/"


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["2606:4700::1111", "::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["169.254.169.254"],
    ],
)
def test_one_address_inside_is_enough_to_refuse_a_name(answers: list[str]) -> None:
    with pytest.raises(FetchRefused, match="not on the public network"):
        Fetcher(resolver=lambda host, port: answers).fetch("https://calendar.example/a.ics")


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]"])
def test_an_address_inside_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(FetchRefused, match="not on the public network"):
        Fetcher().fetch(f"https://{host}/a.ics")


def test_a_name_is_looked_up_once_and_the_call_goes_to_what_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the second answer would lead inside, and nobody ever asks for it."""
    answers = chain([["8.8.8.8"]], repeat(["127.0.0.1"]))
    called: list[tuple[str, int]] = []

    def no_way(address: tuple[str, int], timeout: float) -> socket.socket:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", no_way)
    rebinding = Fetcher(resolver=lambda host, port: next(answers))

    with pytest.raises(FetchRefused, match="did not answer"):
        rebinding.fetch("https://calendar.example/a.ics")

    assert called == [("8.8.8.8", 443)]
    assert next(answers) == ["127.0.0.1"]  # the control: it was there to be asked for
    with pytest.raises(FetchRefused, match="not on the public network"):
        rebinding.fetch("https://calendar.example/a.ics")


def test_the_next_address_is_called_where_the_first_takes_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[str] = []

    def no_way(address: tuple[str, int], timeout: float) -> socket.socket:
        called.append(address[0])
        raise OSError("unreachable")

    monkeypatch.setattr(socket, "create_connection", no_way)
    with pytest.raises(FetchRefused, match="did not answer"):
        Fetcher(resolver=lambda host, port: ["2606:4700::1111", "1.1.1.1"]).fetch("https://x.test/")

    assert called == ["2606:4700::1111", "1.1.1.1"]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take 127.0.0.1 for public, and any port: what comes behind the first guard is the test."""
    judge = outbound.is_public
    monkeypatch.setattr(outbound, "is_public", lambda one: str(one) == "127.0.0.1" or judge(one))


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://127.0.0.2/inside", "127.0.0.2 is not on the public network"),
        ("http://127.0.0.2/inside", "Only https"),
        ("http://metadata.internal/", "Only https"),
        ("file:///etc/passwd", "Only https"),
        ("https://me:too@127.0.0.1/", "user name"),
        ("//169.254.169.254/latest", "Only https"),
        ("https://169.254.169.254/latest", "not on the public network"),
    ],
)
def test_a_redirect_is_judged_like_an_address(outside: None, location: str, reason: str) -> None:
    away = saying(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode())
    with serving(away) as (port, _), pytest.raises(FetchRefused, match=reason):
        here().fetch(f"http://127.0.0.1:{port}/a.ics")


def test_a_redirect_to_where_files_may_lie_is_followed() -> None:
    elsewhere = saying(b"HTTP/1.1 307 Temporary\r\nLocation: /b.ics?c=1\r\n\r\n")
    with serving(elsewhere, file(CALENDAR)) as (port, heads):
        found = here().fetch(f"http://127.0.0.1:{port}/a.ics")

    assert found.body == CALENDAR
    assert heads[1].startswith(b"GET /b.ics?c=1 HTTP/1.1\r\n")


def test_redirects_end() -> None:
    around = saying(b"HTTP/1.1 302 Found\r\nLocation: /a.ics\r\n\r\n")
    with serving(*[around] * 4) as (port, heads), pytest.raises(FetchRefused, match="redirects"):
        here().fetch(f"http://127.0.0.1:{port}/a.ics")

    assert len(heads) == 4


def test_a_version_that_is_known_is_asked_for_and_not_sent_again() -> None:
    named = file(CALENDAR, b'ETag: "v1"', b"Last-Modified: Mon, 01 Mar 2027 08:00:00 GMT")
    with serving(named, saying(b"HTTP/1.1 304 Not Modified\r\n\r\n")) as (port, heads):
        first = here().fetch(f"http://127.0.0.1:{port}/a.ics")
        again = here().fetch(
            f"http://127.0.0.1:{port}/a.ics", etag=first.etag, last_modified=first.last_modified
        )

    assert first == Fetched(CALENDAR, '"v1"', "Mon, 01 Mar 2027 08:00:00 GMT")
    assert again.body is None
    assert b"If-None-Match" not in heads[0]
    assert b'If-None-Match: "v1"\r\n' in heads[1]
    assert b"If-Modified-Since: Mon, 01 Mar 2027 08:00:00 GMT\r\n" in heads[1]
    assert f"Host: 127.0.0.1:{port}\r\n".encode() in heads[1]


@pytest.mark.parametrize("odd", [b'"' + b"x" * 200 + b'"', b'"\xff"', b'"\x00"'])
def test_a_version_that_cannot_be_sent_back_is_forgotten(odd: bytes) -> None:
    with serving(file(CALENDAR, b"ETag: " + odd)) as (port, _):
        assert here().fetch(f"http://127.0.0.1:{port}/a.ics") == Fetched(CALENDAR)


@pytest.mark.parametrize(
    "talk",
    [
        dripping(b"", b"x"),
        dripping(OK, b"X-Header: y\r\n"),
        dripping(OK + b"X-Header: ", b"y"),
        dripping(OK + b"\r\n", b"x"),
        dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["before the head", "lines of the head", "one line", "the body", "chunks"],
)
def test_bytes_that_drip_in_win_no_time(talk: Talk) -> None:
    started = time.monotonic()
    with serving(talk) as (port, _), pytest.raises(FetchRefused, match="took too long"):
        here(seconds=0.3).fetch(f"http://127.0.0.1:{port}/a.ics")

    assert time.monotonic() - started < 3


def test_a_name_server_that_says_nothing_wins_no_time() -> None:
    asleep = threading.Event()
    slow = Fetcher(seconds=0.1, resolver=lambda host, port: [str(asleep.wait(5))])

    with pytest.raises(FetchRefused, match="took too long"):
        slow.fetch("https://calendar.example/a.ics")
    asleep.set()


def test_a_file_that_is_larger_than_may_be_is_not_held() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 60_000

    for talk in (file(bomb, b"Content-Encoding: gzip"), file(b"x" * 2_000_001)):
        with serving(talk) as (port, _), pytest.raises(FetchRefused, match="larger than 2 MB"):
            here().fetch(f"http://127.0.0.1:{port}/a.ics")


def test_a_file_of_just_the_size_is_taken_packed_or_not() -> None:
    body = b"x" * 2_000_000

    for talk in (file(gzip.compress(body), b"Content-Encoding: gzip"), file(body)):
        with serving(talk) as (port, _):
            assert here().fetch(f"http://127.0.0.1:{port}/a.ics").body == body


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (file(b"x", b"Content-Encoding: br"), "packed as 'br'"),
        (file(CALENDAR, b"Content-Encoding: gzip"), "damaged"),
        (file(gzip.compress(CALENDAR)[:-9], b"Content-Encoding: gzip"), "end is missing"),
        (file(gzip.compress(CALENDAR) * 2, b"Content-Encoding: gzip"), "several pieces"),
        (saying(b"HTTP/1.1 404 Not Found\r\n\r\n"), "answered 404"),
        (saying(b"HTTP/1.1 302 Found\r\n\r\n"), "answered 302"),
        (saying(b"SSH-2.0-OpenSSH_9\r\n"), "did not answer as it should"),
        (saying(OK + b"Content-Length: 99\r\n\r\nshort"), "end is missing"),
        (saying(OK + b"X: y\r\n" * 200), "did not answer as it should"),
        (saying(OK + b"X: " + b"y" * 70_000), "did not answer as it should"),
        (saying(b""), "did not answer as it should"),
    ],
)  # fmt: skip
def test_what_is_no_file_is_refused_in_words(talk: Talk, reason: str) -> None:
    with serving(talk) as (port, _), pytest.raises(FetchRefused, match=reason):
        here().fetch(f"http://127.0.0.1:{port}/a.ics")


def test_a_server_must_prove_who_it_is(outside: None) -> None:
    with (
        serving(saying(b"no handshake")) as (port, _),
        pytest.raises(FetchRefused, match="cannot be trusted") as caught,
    ):
        here().fetch(f"https://127.0.0.1:{port}/secret-token.ics")

    assert "secret-token" not in str(caught.value)


def test_loopback_is_for_names_of_this_machine_and_only_where_it_is_allowed() -> None:
    with serving(file(CALENDAR)) as (port, _):
        assert here().fetch(f"http://localhost:{port}/a.ics").body == CALENDAR
    rebound = Fetcher(loopback=True, resolver=lambda host, port: ["127.0.0.1"])

    with pytest.raises(FetchRefused, match="not on the public network"):
        rebound.fetch("https://calendar.example/a.ics")
    with pytest.raises(FetchRefused, match="Only https"):
        Fetcher().fetch("http://127.0.0.1:1/a.ics")
