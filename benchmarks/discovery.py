"""Job B: text with slips + price + rating + place + "free within 7 days", the first 20 of 100,000.

The product's search (`cms.directory`), and over HTTP, beside hand-written SQL on a lean table (its
dictionary repairs the words, tsvector under GIN, the next free time a column; one prepared
statement), `word_similarity` of pg_trgm, Django's ORM as its documentation shows it, ILIKE; and
limits in memory (numpy, tantivy). Which twenty are right is worked out from the drawn market in
plain Python (`benchmarks.kit.crowd`). One run; everybody by turns; medians of three rounds.

    python -m benchmarks.discovery [mentors: 100000] [questions: 400]

BENCH_GROWTH=1000,10000 measures the product at these sizes as well, each in a market of its own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

import psycopg  # noqa: E402
from django.contrib.postgres.search import SearchQuery, SearchRank  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F  # noqa: E402

from benchmarks.kit import crowd, peers  # noqa: E402
from benchmarks.kit.crowd import NOW, WEEK, Person, Question  # noqa: E402
from benchmarks.kit.furnishing import kept  # noqa: E402
from benchmarks.kit.measure import cpu_of  # noqa: E402
from benchmarks.kit.search_sql import HAND, LEAN, NAIVE, SIMILAR  # noqa: E402
from cms import directory, searching  # noqa: E402
from cms.filtering import Filters  # noqa: E402
from cms.models import Listing  # noqa: E402
from kernel import prepared  # noqa: E402
from tests.api.callers import Served  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SLOW = int(os.environ.get("BENCH_SLOW", "40"))  # questions that the slow peers are asked
LIMIT = 20
HTTP = os.environ.get("BENCH_HTTP") != "off"  # a busy machine may not start a server in time


@dataclass
class Taken:
    """What the questions took somebody: milliseconds each, and CPU of both processes."""

    said: list[tuple[str, ...]] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def at(self, share: float) -> float:
        return sorted(self.wall)[min(len(self.wall) - 1, int(len(self.wall) * share))]


type Act = Callable[[Question], tuple[str, ...]]


def filters_of(asked: Question) -> Filters:
    return Filters(
        q=" ".join(asked.typed),
        price_max=asked.price_max,
        rating_min=asked.rating_min,
        location=asked.place,
        free_from=NOW,
        free_to=NOW + WEEK,
    )


def values_of(asked: Question) -> dict[str, Any]:
    return {
        "typed": list(asked.typed),
        "text": " ".join(asked.typed),
        "price_max": asked.price_max,
        "rating": asked.rating_min or 0.0,
        "place": asked.place.lower(),
        "now": NOW,
        "until": NOW + WEEK,
    }


class Clocked:
    """The product's statements, timed: what of a search is the database's."""

    def __init__(self, *, facets: bool) -> None:
        self.spent = 0.0
        self.statements = 0
        self._facets = facets

    @contextmanager
    def listening(self) -> Iterator["Clocked"]:
        plain = prepared.fetch

        def fetch(statement: str, values: Any = None) -> list[tuple[Any, ...]]:
            if not self._facets and "of_total AS" in statement:
                return []  # facets have a row of their own: the peers make none
            began = time.perf_counter()
            found = plain(statement, values)
            self.spent += time.perf_counter() - began
            self.statements += 1
            return found

        prepared.fetch = fetch
        try:
            yield self
        finally:
            prepared.fetch = plain


def product(asked: Question) -> tuple[str, ...]:
    found = directory.search(filters=filters_of(asked), now=NOW, limit=LIMIT)
    return tuple(entry.slug for entry in found.items)


def by_orm(asked: Question) -> tuple[str, ...]:
    """As Django's documentation has it: SearchVectorField, SearchQuery, SearchRank; icontains."""
    query = SearchQuery(" ".join(asked.typed), config="english", search_type="websearch")
    rows = Listing.objects.annotate(rank=SearchRank(F("document"), query)).filter(
        document=query, price_low__lte=asked.price_max, location__icontains=asked.place
    )
    if asked.rating_min is not None:
        rows = rows.filter(rating__gte=asked.rating_min)
    from scheduling.models import FirstStart  # noqa: PLC0415

    free = FirstStart.objects.filter(at__gte=NOW, at__lt=NOW + WEEK).values("mentor")
    rows = rows.filter(mentor__in=free).order_by("-rank", "standing", "slug")
    return tuple(row.slug for row in rows[:LIMIT])


def peers_of(peer: psycopg.Connection) -> dict[str, tuple[Act, int | None]]:
    """Return who answers by SQL, and how many questions each is asked (None: all)."""

    def rows(statement: str, values: dict[str, Any], *, prepare: bool) -> tuple[str, ...]:
        return tuple(row[0] for row in peer.execute(statement, values, prepare=prepare).fetchall())

    def naive(asked: Question) -> tuple[str, ...]:
        words = " AND ".join(
            f"words ILIKE '%%' || %(w{at})s || '%%'" for at in range(len(asked.typed))
        )
        values = values_of(asked) | {f"w{at}": word for at, word in enumerate(asked.typed)}
        return rows(NAIVE.format(words=words), values, prepare=False)

    return {
        "hand-written SQL, prepared": (lambda q: rows(HAND, values_of(q), prepare=True), None),
        "pg_trgm word_similarity": (lambda q: rows(SIMILAR, values_of(q), prepare=True), SLOW),
        "Django ORM as documented": (by_orm, SLOW),
        "naive: ILIKE": (naive, SLOW),
    }


def answered(act: Act, questions: Sequence[Question], backend: int) -> Taken:
    taken = Taken()
    process, there = time.process_time(), cpu_of(backend)
    for asked in questions:
        began = time.perf_counter()
        taken.said.append(act(asked))
        taken.wall.append(1e3 * (time.perf_counter() - began))
    taken.cpu = 1e3 * (time.process_time() - process + cpu_of(backend) - there) / len(questions)
    return taken


def in_database(questions: Sequence[Question], backend: int, *, facets: bool) -> Taken:
    """Answer all; the time is that of the statements alone, the CPU that of the backend alone."""
    taken = Taken()
    there = cpu_of(backend)
    with Clocked(facets=facets).listening() as clocked:
        for asked in questions:
            before = clocked.spent
            taken.said.append(product(asked))
            taken.wall.append(1e3 * (clocked.spent - before))
    taken.cpu = 1e3 * (cpu_of(backend) - there) / len(questions)
    return taken


class Then(Served):
    """The product over HTTP, on the market's own day."""

    def command(self) -> list[str]:
        return [*super().command()[:-1], "benchmarks.answers.then:application"]


def over_http(questions: Sequence[Question], port: int) -> Taken:
    taken = Taken()
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        for asked in questions:
            wanted = filters_of(asked)
            query = {"q": wanted.q, "price_max": wanted.price_max, "location": wanted.location,
                     "free_from": NOW.isoformat(), "free_to": (NOW + WEEK).isoformat()}  # fmt: skip
            if wanted.rating_min is not None:
                query["rating_min"] = wanted.rating_min
            began = time.perf_counter()
            line.request("GET", f"/api/mentors?{urlencode(query)}")
            answer = line.getresponse()
            body = answer.read()
            taken.wall.append(1e3 * (time.perf_counter() - began))
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {body!r}")
            taken.said.append(tuple(item["slug"] for item in json.loads(body)["items"]))
    return taken


class Limits:
    """The process of the limits; asked for one of them at a time."""

    def __init__(self, everybody: Sequence[Person], questions: Sequence[Question]) -> None:
        python = peers.python(peers.REQUIREMENTS.parent / "search.txt")
        self._process = subprocess.Popen(
            [str(python), str(peers.peer("search_peer"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=peers.environment(),
        )
        people = [
            {
                "slug": one.slug, "place": one.place, "score": one.score, "rating": one.rating,
                "price": crowd.free_from(one) or 0, "free": crowd.free_from(one) is not None,
                "fields": [[word.lower() for word in words]
                           for words in (one.bio, one.subjects, one.headline, one.name)],
            }
            for one in everybody
        ]  # fmt: skip
        asked = [
            {"meant": q.meant, "typed": q.typed, "price_max": q.price_max,
             "rating_min": q.rating_min, "place": q.place}
            for q in questions
        ]  # fmt: skip
        self.names: list[str] = self._asked([people, asked])

    def _asked(self, question: Any) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipes")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def answer(self, name: str) -> Taken:
        said, wall, cpu = self._asked(name)
        return Taken([tuple(slugs) for slugs in said], wall, cpu)

    def end(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)


def measure(everybody: list[Person], count: int) -> None:
    questions = crowd.questions(everybody, count)
    limits = Limits(everybody, questions)
    options = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname", "options")
    with (
        psycopg.connect(**{k: options[k] for k in keys if k in options}, autocommit=True) as peer,
        TemporaryDirectory() as folder,
    ):
        peer.execute(LEAN)
        connection.ensure_connection()
        mine = connection.connection.info.backend_pid
        theirs = peer.info.backend_pid
        served = Then(Path(folder) / "web", threads=2, DIRECTORY_OPEN="on")
        acts: dict[str, Callable[[], Taken]] = {
            "the product's statements, page": lambda: in_database(questions, mine, facets=False),
            "the product's statements, facets too": lambda: in_database(
                questions, mine, facets=True
            ),
            "the product's search": lambda: answered(product, questions, mine),
        }
        for name, (act, few) in peers_of(peer).items():
            backend = mine if act is by_orm else theirs
            acts[name] = (
                lambda act=act, few=few, backend=backend: answered(  # type: ignore[misc]
                    act, questions[:few], backend
                )
            )
        for name in limits.names:
            acts[name] = lambda name=name: limits.answer(name)  # type: ignore[misc]
        rounds: dict[str, list[Taken]] = {name: [] for name in acts}
        with served if HTTP else nullcontext():
            if HTTP:
                acts["the product over HTTP"] = lambda: over_http(questions, served.port)
                rounds["the product over HTTP"] = []
            for act in acts.values():
                act()
            for _ in range(ROUNDS):
                for name, act in acts.items():
                    rounds[name].append(act())
    limits.end()
    report(len(everybody), questions, rounds)


def right(taken: Taken, questions: Sequence[Question], *, slipped: bool) -> float:
    """Return the share of questions whose twenty are the right ones, in the right order."""
    pairs = [
        said == asked.right
        for said, asked in zip(taken.said, questions, strict=False)
        if asked.slipped == slipped
    ]
    return sum(pairs) / len(pairs)


def report(count: int, questions: Sequence[Question], rounds: dict[str, list[Taken]]) -> None:
    def mid(name: str, of: Callable[[Taken], float]) -> float:
        return median(of(taken) for taken in rounds[name])

    hand = mid("hand-written SQL, prepared", lambda taken: taken.at(0.5))
    print(f"\n{count:,} mentors, {len(questions)} questions, load {os.getloadavg()[0]:.1f}")
    print(f"{'':38}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'÷ hand':>8}{'right':>8}{'slips':>8}")
    for name, taken in rounds.items():
        half, last = mid(name, lambda one: one.at(0.5)), mid(name, lambda one: one.at(0.99))
        shares = [
            f"{right(taken[0], questions, slipped=slipped):8.1%}" for slipped in (False, True)
        ]
        cpu = mid(name, lambda one: one.cpu)
        said = f"{cpu:9.2f}" if cpu else f"{'':9}"
        print(f"{name:38}{half:9.2f}{last:9.2f}{said}{half / hand:8.2f}{''.join(shares)}")
    ours = rounds["the product's statements, page"]
    every = [a == q.right for a, q in zip(ours[0].said, questions, strict=True)]
    page = mid("the product's statements, page", lambda one: one.at(0.5))
    cpu = mid("the product's statements, page", lambda one: one.cpu)
    whole = mid("the product's statements, facets too", lambda one: one.at(0.5))
    verdict("database time ÷ hand SQL, wall p50", page / hand, 1.5, "≤")
    verdict("the right 20, of all questions", sum(every) / len(every), 0.99, "≥")
    if HTTP:
        http = mid("the product over HTTP", lambda one: one.at(0.5))
        verdict("HTTP beyond the database, p50 ms", http - whole, 5, "≤")
    print(f"(the product's backend takes {cpu:.2f} ms of CPU for a page)")


def verdict(name: str, value: float, bound: float, sign: str) -> None:
    passed = value <= bound if sign == "≤" else value >= bound
    print(f"{name:38}{value:10.3f}  {sign} {bound:g}: {'PASS' if passed else 'missed'}")


def grown(sizes: Sequence[int], count: int) -> None:
    """Print what the product takes in markets of other sizes, all in one run."""
    print(f"\n{'growth: statements of a page':38}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}")
    for size in sizes:
        with kept(size) as everybody:
            questions = crowd.questions(everybody, count)
            connection.ensure_connection()
            backend = connection.connection.info.backend_pid
            in_database(questions, backend, facets=False)
            rounds = [in_database(questions, backend, facets=False) for _ in range(ROUNDS)]
            half, last, cpu = (
                median(of(taken) for taken in rounds)
                for of in (lambda one: one.at(0.5), lambda one: one.at(0.99), lambda one: one.cpu)
            )
            print(f"{f'{size:,} mentors':38}{half:9.2f}{last:9.2f}{cpu:9.2f}", flush=True)


def main(*, mentors: int, count: int) -> None:
    sizes = [int(size) for size in os.environ.get("BENCH_GROWTH", "").split(",") if size]
    with kept(mentors) as everybody:
        measure(everybody, count)
    if sizes:
        grown([*sizes, mentors], count)
    print(f"(facets and total are counted of {searching.MOST_COUNTED:,} mentors at most)")


if __name__ == "__main__":
    size, number = [*map(int, sys.argv[1:]), *(100_000, 400)[len(sys.argv) - 1 :]]
    main(mentors=size, count=number)
