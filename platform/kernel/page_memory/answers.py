"""Answers as they go out, and a bounded place to keep them in."""

import gzip
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

type Headers = list[tuple[str, str]]

SHORTEST = 200  # bytes; what is shorter is not compressed
_OURS = frozenset({"etag", "content-length", "content-encoding", "vary", "x-request-id", "date"})


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an answer was begun: it holds while both are what they were, and until the minute ends.

    `until` is in seconds of the clock on the wall.
    """

    mark: bytes
    generation: int
    until: float


class Answer:
    """One page: its headers, its bytes, and the same compressed."""

    __slots__ = ("_packed", "_plain", "_unchanged", "size", "stamp", "tag")

    def __init__(self, headers: Iterable[tuple[str, str]], body: bytes, stamp: Stamp) -> None:
        self.stamp = stamp
        self.tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        kept, vary = _split(headers)
        kept += [("ETag", f"W/{self.tag}"), ("Vary", ", ".join(vary))]
        packed = gzip.compress(body, 6, mtime=0) if len(body) >= SHORTEST else body
        whole = [*kept, ("Content-Length", str(len(body)))]
        self._plain: tuple[Headers, bytes] = (whole, body)
        self._packed = self._plain
        if len(packed) < len(body):
            coded = [("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
            self._packed = ([*kept, *coded], packed)
        self._unchanged = [pair for pair in kept if not pair[0].lower().startswith("content-")]
        self.size = len(body) + len(packed) + 2_000

    def whole(self, accepted: str) -> tuple[Headers, bytes]:
        """Return headers and bytes for a reader who accepts these encodings."""
        return self._packed if accepts_gzip(accepted) else self._plain

    def unchanged(self) -> Headers:
        """Return the headers of a 304."""
        return self._unchanged

    def is_had_by(self, if_none_match: str) -> bool:
        """Say whether the reader has it already (RFC 9110, 13.1.2: compared weakly)."""
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return self.tag in tags or "*" in tags


def accepts_gzip(accepted: str) -> bool:
    """Say whether an Accept-Encoding asks for gzip; one that forbids it or is odd does not."""
    if "gzip" not in accepted:
        return False
    for part in accepted.split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() == "gzip":
            return weight.strip().replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def vary_of(headers: Iterable[tuple[str, str]]) -> list[str]:
    """Return what an answer varies by, in small letters."""
    said = [value for name, value in headers if name.lower() == "vary"]
    return [name.strip().lower() for value in said for name in value.split(",") if name.strip()]


def _split(headers: Iterable[tuple[str, str]]) -> tuple[Headers, Sequence[str]]:
    given = list(headers)
    kept = [pair for pair in given if pair[0].lower() not in _OURS]
    if not any(name.lower() == "cache-control" for name, _ in kept):
        kept.append(("Cache-Control", "no-cache"))  # keep it, and ask whether it is still true
    vary = dict.fromkeys([*vary_of(given), "accept-encoding"])
    return kept, ["-".join(word.capitalize() for word in name.split("-")) for name in vary]


class Memory:
    """The answers asked for last, as many as fit into so many bytes; safe between threads."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._held = 0
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()

    def get(self, asked: Hashable) -> Answer | None:
        with self._lock:
            found = self._kept.get(asked)
            if found is not None:
                self._kept.move_to_end(asked)
            return found

    def keep(self, asked: Hashable, answer: Answer) -> None:
        """Keep it in place of an older one; whatever was not asked for longest makes room."""
        if answer.size > self._most:
            return
        with self._lock:
            old = self._kept.pop(asked, None)
            self._held += answer.size - (old.size if old else 0)
            self._kept[asked] = answer
            while self._held > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._held -= dropped.size

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def held(self) -> int:
        """Bytes."""
        return self._held
