"""One slot, one booking: 64 clients at once against the real server, twenty rounds.

The negative control takes the constraints away: what is left is check-then-insert, and it must
sell one slot more than once, or the race proves nothing.
"""

import itertools
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection, transaction

from accounts.models import Client
from kernel import clock
from scheduling import slot_tokens
from scheduling.models import Session, SessionType
from tests import migrated_rows
from tests.api.callers import Served, bearer
from tests.factories.people import ClientFactory
from tests.factories.scheduling import open_mentor

CLIENTS = 64
ROUNDS = 20
CONSTRAINTS = {
    "scheduling_meeting": "scheduling_meeting_no_overlap",
    "scheduling_session": "scheduling_session_client_no_overlap",
}

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kind() -> SessionType:
    """An hour's session that may begin at every half hour, so that neighbours overlap."""
    return open_mentor()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path / "server.log", API_WRITES_PER_MINUTE="100000") as running:
        yield running


class Crowd:
    """Clients with open connections; a winner leaves, because three holds are the most."""

    def __init__(self, url: str, rounds: int) -> None:
        people: list[Client] = ClientFactory.create_batch(CLIENTS + rounds, user__password=None)
        self._headers = [bearer(person.user) for person in people]
        self._connections = [
            httpx.Client(base_url=url, timeout=60, trust_env=False) for _ in range(CLIENTS)
        ]
        self._pool = ThreadPoolExecutor(CLIENTS)

    def rush(self, token_of: Callable[[int], str]) -> list[httpx.Response]:
        """Have all post at the same instant; return what each was answered."""
        barrier = threading.Barrier(CLIENTS)

        def post(number: int) -> httpx.Response:
            headers = {**self._headers[number], "Idempotency-Key": uuid.uuid4().hex}
            barrier.wait()
            return self._connections[number].post(
                "/api/sessions", json={"slot_token": token_of(number)}, headers=headers
            )

        answers = list(self._pool.map(post, range(CLIENTS)))
        for number in reversed(range(CLIENTS)):
            if answers[number].status_code == 201:
                self._headers.append(self._headers.pop(number))
        return answers

    def close(self) -> None:
        self._pool.shutdown()
        for opened in self._connections:
            opened.close()


@contextmanager
def crowd(url: str, rounds: int) -> Iterator[Crowd]:
    made = Crowd(url, rounds)
    try:
        yield made
    finally:
        made.close()


def starts() -> Iterator[datetime]:
    """Yield starts far enough apart that one round never meets another."""
    tomorrow = clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in itertools.count(1):
        yield tomorrow + timedelta(days=1, hours=3 * number)


def tokens(kind: SessionType, at: datetime, *, overlapping: bool) -> Callable[[int], str]:
    """Return the token of each client: all the same start, or every other half an hour later."""
    now = clock.now()
    shift = timedelta(minutes=30) if overlapping else timedelta(0)
    minted = [
        slot_tokens.mint(session_type=kind, starts_at=at + shift * half, now=now)
        for half in range(2)
    ]
    return lambda number: minted[number % 2]


def check_loser(answer: httpx.Response) -> None:
    """Assert that a loser is told what else is free, with tokens that would book it."""
    problem: dict[str, Any] = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["code"] == "slot_taken"
    assert len(problem["alternatives"]) == 3
    offers = [slot_tokens.read(slot["token"], clock.now()) for slot in problem["alternatives"]]
    assert [offer.starts_at for offer in offers] == [
        datetime.fromisoformat(slot["starts_at"]) for slot in problem["alternatives"]
    ]


@pytest.mark.parametrize("overlapping", [False, True], ids=["equal", "overlapping"])
def test_64_clients_want_one_slot_and_exactly_one_gets_it(
    served: Served, kind: SessionType, overlapping: bool
) -> None:
    tallies = []
    with crowd(served.url, ROUNDS) as clients:
        for at in itertools.islice(starts(), ROUNDS):
            answers = clients.rush(tokens(kind, at, overlapping=overlapping))
            tallies.append(Counter(answer.status_code for answer in answers))
            for answer in answers:
                if answer.status_code == 409:
                    check_loser(answer)

    assert tallies == [Counter({409: 63, 201: 1})] * ROUNDS
    assert Session.objects.count() == ROUNDS


def test_without_the_constraints_the_same_race_sells_a_slot_twice(
    served: Served, kind: SessionType
) -> None:
    rounds = 3
    with crowd(served.url, rounds * CLIENTS) as clients, constraints_dropped():
        winners = [
            sum(
                answer.status_code == 201
                for answer in clients.rush(tokens(kind, at, overlapping=False))
            )
            for at in itertools.islice(starts(), rounds)
        ]

    assert max(winners) > 1


@contextmanager
def constraints_dropped() -> Iterator[None]:
    """Take the exclusion constraints away, and put them back over an emptied table."""
    definitions = {}
    with connection.cursor() as cursor:
        for table, name in CONSTRAINTS.items():
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
            )
            definitions[table, name] = cursor.fetchone()[0]
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        migrated_rows.put_back()
        with transaction.atomic(), connection.cursor() as cursor:
            for (table, name), definition in definitions.items():
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
