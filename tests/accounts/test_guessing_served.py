"""Sixty guesses at one instant against the real server, with one, two and four processes.

At every door, and at two doors of one password, at most five are evaluated, counted where they
are compared and not by what is answered; a forged X-Forwarded-For on each changes nothing, and
the owner gets in from elsewhere.
The negative control counts after the guess: it must let more through, or nothing is shown.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import httpx
import pytest

from tests.accounts.doors import Door, all_doors, password, two_doors_of_one_password
from tests.api.callers import Served

GUESSES = 60
AT_MOST = 5
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Crowd:
    """A served product and its count of what was compared."""

    def __init__(self, folder: Path, processes: int, **environment: str) -> None:
        self._evaluated = folder / "evaluated"
        self._evaluated.touch()
        self.served = Served(
            folder / "server.log",
            threads=16,
            workers=processes,
            patience=60,
            DJANGO_SETTINGS_MODULE="tests.accounts.counting.settings",
            EVALUATED=str(self._evaluated),
            TOKEN_KEYS=str(folder / "keys"),
            API_WRITES_PER_MINUTE="100000",
            **environment,
        )

    def client(self, source: str, **headers: str) -> httpx.Client:
        """Return a client whose connection comes from another address of this machine."""
        return httpx.Client(
            base_url=self.served.url,
            timeout=60,
            headers=headers,
            transport=httpx.HTTPTransport(local_address=source),
        )

    def guess(self, doors: list[Door], source: str, forwarded: str = "{}") -> Counter[int]:
        """Send all guesses at one instant, each with another X-Forwarded-For; tally the answers."""
        barrier = Barrier(GUESSES)
        with ExitStack() as stack:
            clients = [
                stack.enter_context(
                    self.client(
                        source,
                        **{"X-Forwarded-For": forwarded.format(f"198.51.100.{number + 1}")},
                    )
                )
                for number in range(GUESSES)
            ]

            def one(number: int) -> int:
                barrier.wait(timeout=60)
                return doors[number % len(doors)].guess(clients[number], number).status_code

            with ThreadPoolExecutor(GUESSES) as pool:
                return Counter(pool.map(one, range(GUESSES)))

    def enter(self, door: Door, source: str, **headers: str) -> int:
        with self.client(source, **headers) as client:
            return door.enter(client, 0).status_code

    def evaluated(self) -> list[str]:
        """Return the processes that compared something since the last look, once per guess."""
        lines = self._evaluated.read_text().splitlines()
        self._evaluated.write_text("")
        return [line.split()[1] for line in lines]


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_of_sixty_guesses_at_most_five_are_evaluated_at_every_door(
    tmp_path: Path, processes: int
) -> None:
    crowd = Crowd(tmp_path, processes)
    places = [[door] for door in all_doors(GUESSES)] + [two_doors_of_one_password()]
    seen: set[str] = set()
    with crowd.served:
        for number, doors in enumerate(places, start=10):
            door = doors[0]
            answers = crowd.guess(doors, f"127.0.0.{number}")
            evaluated = crowd.evaluated()
            shut = crowd.enter(door, f"127.0.0.{number}")
            elsewhere = crowd.enter(door, f"127.0.1.{number}")
            seen.update(evaluated, crowd.evaluated())

            assert answers[429] == GUESSES - AT_MOST, door.name
            assert set(answers) <= {429, *(one.refused for one in doors)}, door.name
            assert len(evaluated) <= AT_MOST, door.name
            assert (shut, elsewhere) == (429, door.opened), door.name

    assert 1 <= len(seen) <= processes
    assert (len(seen) > 1) == (processes > 1)


def test_behind_a_proxy_of_ours_what_a_client_writes_before_it_counts_nothing(
    tmp_path: Path,
) -> None:
    crowd = Crowd(tmp_path, 1, TRUSTED_PROXIES="1")
    door = password()
    with crowd.served:
        answers = crowd.guess([door], "127.0.0.1", forwarded="{}, 203.0.113.9")

        assert len(crowd.evaluated()) <= AT_MOST
        assert answers == {401: AT_MOST, 429: GUESSES - AT_MOST}
        shut = crowd.enter(door, "127.0.0.1", **{"X-Forwarded-For": "9.9.9.9, 203.0.113.9"})
        elsewhere = crowd.enter(door, "127.0.0.1", **{"X-Forwarded-For": "203.0.113.7"})
        assert (shut, elsewhere) == (429, 200)


def test_negative_control_counting_after_the_guess_evaluates_more(tmp_path: Path) -> None:
    crowd = Crowd(tmp_path, 1, NAIVE_THROTTLE="on")
    door = password()
    with crowd.served:
        crowd.guess([door], "127.0.0.1")

        assert len(crowd.evaluated()) > AT_MOST
