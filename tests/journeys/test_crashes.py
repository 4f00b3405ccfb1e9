"""kill -9 of everything that can be killed, in the middle of booking and paying.

Ten seeded rounds against a whole `make run`: two clients book and pay while one process dies.
Afterwards every payment has reached its end, every key had one effect, and the books balance.
"""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.journeys.demo import Client, Demo, running_demo
from tests.migrated_folder import fill

CLIENTS = ["client@example.com", "client2@example.com"]
MENTORS = ["mentor@example.com", "mentor2@example.com"]
ROUNDS = [
    ("web", 1),
    ("idle worker", 2),
    ("busy worker", 3),
    ("stand-in", 4),
    ("database", 5),
    ("web", 6),
    ("database", 7),
    ("busy worker", 8),
    ("stand-in", 9),
    ("job cluster", 10),
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, migrated_dump: Path) -> Iterator[Demo]:
    data_dir = tmp_path_factory.mktemp("crashes")
    fill(data_dir, migrated_dump)
    with running_demo(data_dir, WORKERS="2") as running:
        yield running


def victims(demo: Demo, part: str) -> list[int]:
    cluster = demo.pids("qcluster")
    return {
        "web": demo.pids("granian"),
        "stand-in": demo.pids("-m sandbox"),
        "database": demo.postmaster(),
        "job cluster": cluster[:1],
        "idle worker": cluster[1:],
        "busy worker": cluster[1:],
    }[part]


def kill_one(demo: Demo, part: str, *, rng: random.Random) -> int:
    """kill -9 one process of that part and return its pid."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = victims(demo, part)
        if found:
            pid = rng.choice(found)
            os.kill(pid, signal.SIGKILL)
            return pid
        time.sleep(0.2)
    raise AssertionError(f"the demo has no {part} to kill")


def journey(client: Client, slug: str, done: list[tuple[str, str]]) -> None:
    """Book, ask for an intent, pay at the gateway; confirming is left to the webhook."""
    session = client.hold(slug=slug)
    time.sleep(client.rng.uniform(0, 0.3))
    intent = client.intent(session=session["id"])
    time.sleep(client.rng.uniform(0, 0.3))
    client.pay_at_the_gateway(intent)
    client.until_session(session["id"], "confirmed")
    done.append((session["id"], intent["payment_id"]))


def in_thread(work: Callable[[], None], failures: list[BaseException]) -> threading.Thread:
    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # told to the test by its own thread
            failures.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()
    return thread


@pytest.fixture(scope="module")
def clients(demo: Demo) -> Iterator[list[Client]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(Client(demo, email, rng=random.Random(index)))
            for index, email in enumerate(CLIENTS)
        ]


def test_ten_kills_lose_nothing_and_double_nothing(demo: Demo, clients: list[Client]) -> None:
    slugs = demo_slugs(demo)
    before = sum(len(all_sessions(client)) for client in clients)
    done: list[tuple[str, str]] = []

    for part, seed in ROUNDS:
        one_round(demo, clients, slugs, part=part, seed=seed, done=done)

    assert len({session for session, _ in done}) == len(ROUNDS) * len(clients)
    mine = [session for client in clients for session in all_sessions(client)]
    assert len(mine) == before + len(done)  # a key that was retried held one time, not two
    assert {s["status"] for s in mine if s["id"] in dict(done)} == {"confirmed"}
    charged = charges_per_payment(demo)
    assert [charged[payment] for _, payment in done] == [1] * len(done)
    books = demo.manage("check_books")
    assert books.returncode == 0, books.stdout + books.stderr
    assert json.loads(books.stdout)["ok"] is True


def one_round(
    demo: Demo,
    clients: list[Client],
    slugs: list[str],
    *,
    part: str,
    seed: int,
    done: list[tuple[str, str]],
) -> None:
    """Both clients book and pay while one process of `part` dies."""
    rng = random.Random(seed)
    failures: list[BaseException] = []
    threads = [
        in_thread(partial(journey, client, rng.choice(slugs), done), failures) for client in clients
    ]
    if part == "idle worker":
        for thread in threads:
            thread.join(timeout=240)
        time.sleep(1)
    else:
        time.sleep(rng.uniform(0.05, 1.2))
    kill_one(demo, part, rng=rng)
    for thread in threads:
        thread.join(timeout=240)
        assert not thread.is_alive(), f"round {seed} ({part}) hangs"
    assert failures == [], f"round {seed} ({part})"


def demo_slugs(demo: Demo) -> list[str]:
    slugs = []
    for email in MENTORS:
        with Client(demo, email, rng=random.Random(0)) as mentor:
            profile = mentor.until_answered("GET", "/api/users/profile").json()
        slugs.append(profile["mentor"]["slug"])
    return slugs


def all_sessions(client: Client) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    cursor = None
    while True:
        page = client.until_answered(
            "GET", "/api/sessions", params={"limit": 100} | ({"cursor": cursor} if cursor else {})
        ).json()
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            return found


def charges_per_payment(demo: Demo) -> dict[str, int]:
    """What the gateway itself says: how often was each payment of ours charged?"""
    stripe = pytest.importorskip("stripe")
    client = stripe.StripeClient(
        "sk_test_counterfoil_demo", base_addresses={"api": demo.sandbox_url}
    )
    charges = client.v1.charges.list({"limit": 100}).auto_paging_iter()
    return dict(Counter(c.metadata["payment_id"] for c in charges if c.status == "succeeded"))
