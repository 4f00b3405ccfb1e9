"""Call an address that a person gave, without becoming their way into our network; fetch its file.

The name is resolved once, every address it has must be public, and the connection goes to an
address that was judged: a second look-up could answer otherwise. `Guard` is what every such call
has in common; `Fetcher` asks for a file, and judges each redirect anew. What is handed over to an
address goes by `kernel.sending`.
"""

import http.client
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader, RawIOBase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

MAX_BYTES = 2_000_000
MAX_SECONDS = 20
MAX_CONNECT_SECONDS = 5
MAX_REDIRECTS = 3
MAX_VALIDATOR = 200
REDIRECTS = {301, 302, 303, 307, 308}
USER_AGENT = "Counterfoil (reads calendars)"
# All that is routed on the public network, minus what carries an IPv4 address to somewhere else
# (6to4 and its relays, Teredo, ORCHID) and what the `ipaddress` of older Pythons takes for public.
UNICAST = ip_network("2000::/3")
REFUSED = [
    ip_network(net)
    for net in ("2002::/16", "2001::/23", "2001:db8::/32", "3fff::/20", "192.88.99.0/24")
]

type Address = IPv4Address | IPv6Address
type Resolver = Callable[[str, int], Sequence[str]]


class FetchRefused(Exception):
    """The address is not called, or did not answer as it should; the text says why.

    It never holds more of the address than its host: the rest may be a secret.
    """


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the body, or nothing where it has not changed, and what names its version."""

    body: bytes | None
    etag: str = ""
    last_modified: str = ""


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: Address) -> bool:
    """Return whether an address is on the public network, also by what it carries inside."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address not in UNICAST:
            return False
    if any(address in network for network in REFUSED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True, slots=True)
class Guard:
    """How such addresses are called. `loopback`, for the demo and tests: this machine, over http.

    Tests give another resolver and trust.
    """

    loopback: bool = False
    resolver: Resolver = resolve
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = MAX_SECONDS

    def checked(self, url: str) -> str:
        """Return an address in the form in which it is called. Raises FetchRefused.

        `webcal:` is https. Nothing is asked of the network: where the name leads is judged
        whenever it is called.
        """
        scheme, colon, rest = url.strip().partition(":")
        try:
            target = urlsplit(("https" if scheme.lower() == "webcal" else scheme) + colon + rest)
            host, port = target.hostname or "", target.port
        except ValueError as error:
            raise FetchRefused("It is no address.") from error
        if target.scheme not in {"https", "http"} or not host:
            raise FetchRefused("Only https addresses are called.")
        if target.username is not None or target.password is not None:
            raise FetchRefused("An address with a user name or password is not called.")
        here = self.loopback and _names_this_machine(host)
        if target.scheme == "http" and not here:
            raise FetchRefused("Only https addresses are called.")
        if port not in {None, 443} and not here:
            raise FetchRefused(f"Port {port} is not called.")
        path = quote(target.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = quote(target.query, safe="/?%:@!$&'()*+,;=~-._")
        return f"{target.scheme}://{target.netloc}{path}" + (f"?{query}" if query else "")

    def connected(self, target: SplitResult, until: float) -> "Line":
        """Return a line to the first address that takes a call; all of them are public."""
        host = str(target.hostname)
        port = target.port or (443 if target.scheme == "https" else 80)
        addresses = self._judged(host, port, until)
        for index, address in enumerate(addresses):
            try:
                plain = socket.create_connection(
                    (str(address), port), timeout=min(left_until(until), MAX_CONNECT_SECONDS)
                )
            except OSError:
                if index == len(addresses) - 1:
                    raise
                continue
            plain.settimeout(left_until(until))
            if target.scheme == "http":
                return Line(plain, until)
            try:
                return Line(self.context.wrap_socket(plain, server_hostname=host), until)
            except BaseException:
                plain.close()
                raise
        raise FetchRefused(f"{host} has no address.")

    def _judged(self, host: str, port: int, until: float) -> list[Address]:
        """Return the addresses of a host, each on the public network."""
        try:
            answers = _in_time(lambda: self.resolver(host, port), left_until(until))
            found = [ip_address(text.partition("%")[0]) for text in answers]
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise FetchRefused(f"{host} has no address.") from error
        named_here = self.loopback and _names_this_machine(host)
        if not all(is_public(one) or (named_here and one.is_loopback) for one in found):
            raise FetchRefused(f"{host} is not on the public network.")
        return list(dict.fromkeys(found))


@contextmanager
def in_words(host: str) -> Iterator[None]:
    """Raise FetchRefused for whatever goes wrong on a line to the host."""
    try:
        yield
    except TimeoutError as error:
        raise FetchRefused(f"{host} took too long.") from error
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or "its connection is not secure"
        raise FetchRefused(f"{host} cannot be trusted: {why}.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchRefused(f"{host} did not answer as it should.") from error


def fetcher() -> "Fetcher":
    """Return the product's own: the public network alone, unless OUTBOUND_LOOPBACK is on."""
    return Fetcher(loopback=settings.OUTBOUND_LOOPBACK)


@dataclass(frozen=True, slots=True)
class Fetcher(Guard):
    """How files are fetched."""

    max_bytes: int = MAX_BYTES

    def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """Return the file at an address. Raises FetchRefused."""
        until = time.monotonic() + self.seconds
        headers = {
            "Accept": "text/calendar, */*;q=0.5",
            "Accept-Encoding": "gzip",
            "User-Agent": USER_AGENT,
            "Connection": "close",
        }
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        for _ in range(MAX_REDIRECTS + 1):
            target = urlsplit(self.checked(url))
            with in_words(str(target.hostname)):
                answer = self._ask(target, headers, until)
            if isinstance(answer, Fetched):
                return answer
            url = urljoin(url, answer)
        raise FetchRefused(f"It redirects more than {MAX_REDIRECTS} times.")

    def _ask(
        self, target: SplitResult, headers: Mapping[str, str], until: float
    ) -> "Fetched | str":
        """Return the file, or where the answer redirects to."""
        line = self.connected(target, until)
        try:
            connection = Connection(target, line)
            path = target.path + (f"?{target.query}" if target.query else "")
            connection.request("GET", path, headers=dict(headers))
            response = connection.getresponse()
            if response.status in REDIRECTS and (location := response.headers.get("Location")):
                return str(location)
            if response.status == 304:
                return Fetched(None)
            if response.status != 200:
                raise FetchRefused(f"{target.hostname} answered {response.status}.")
            body = self._body(response)
            return Fetched(body, _named(response, "ETag"), _named(response, "Last-Modified"))
        finally:
            line.hang_up()

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """Return the body, unpacked; no more of it is ever held than may be."""
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in {"identity", "gzip", "x-gzip"}:
            raise FetchRefused(f"It came packed as {encoding[:20]!r}, which was not asked for.")
        unpacker = None if encoding == "identity" else zlib.decompressobj(wbits=31)
        body = bytearray()
        while piece := response.read1(65_536):
            left = self.max_bytes + 1 - len(body)
            try:
                body += unpacker.decompress(piece, left) if unpacker else piece
            except zlib.error as error:
                raise FetchRefused("It came packed, and the packing is damaged.") from error
            if len(body) > self.max_bytes:
                raise FetchRefused(f"It is larger than {self.max_bytes / 1e6:g} MB.")
        if unpacker and unpacker.unused_data:
            raise FetchRefused("It came packed in several pieces, which is not read.")
        if response.length or (unpacker and not unpacker.eof):
            raise FetchRefused("Its end is missing.")  # half a calendar would free what is taken
        return bytes(body)


def _named(response: http.client.HTTPResponse, header: str) -> str:
    """Return what a header says, where it can be sent back as it is."""
    value = response.headers.get(header, "")
    return value if len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable() else ""


def _names_this_machine(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def left_until(until: float) -> float:
    """Return the seconds that are left; raise TimeoutError where there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _in_time[Value](call: Callable[[], Value], seconds: float) -> Value:
    """Return what a call returns that knows no time limit of its own (a look-up of a name)."""
    answers: SimpleQueue[tuple[Value | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            answers.put((call(), None))
        except Exception as error:
            answers.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        value, error = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]


class Connection(http.client.HTTPConnection):
    """HTTP over a line that is there already: nothing here looks a name up."""

    def __init__(self, target: SplitResult, line: "Line") -> None:
        super().__init__(target.netloc)
        self.default_port = 443 if target.scheme == "https" else 80  # so that Host names no 443
        self.host, self.port = str(target.hostname), target.port or self.default_port
        self.sock: Any = line

    def connect(self) -> None:
        raise http.client.NotConnected


class Line:
    """A socket for which every wait ends at the same instant, however slowly bytes drip in."""

    def __init__(self, line: socket.socket, until: float) -> None:
        self._line = line
        self._until = until

    def sendall(self, data: bytes) -> None:
        self._line.settimeout(left_until(self._until))
        self._line.sendall(data)

    def makefile(self, _mode: str) -> BufferedReader:
        return BufferedReader(_Incoming(self))

    def receive(self, buffer: Any) -> int:
        self._line.settimeout(left_until(self._until))
        return self._line.recv_into(buffer)

    def close(self) -> None:
        """Leave it open: `http.client` closes behind the head what the body still comes by."""

    def end_by(self, until: float) -> None:
        """Have every wait from now on end at `until`, or where it ended before that."""
        self._until = min(self._until, until)

    def hang_up(self) -> None:
        self._line.close()


class _Incoming(RawIOBase):
    """What a line receives, as a file."""

    def __init__(self, line: Line) -> None:
        self._from = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._from.receive(buffer)
