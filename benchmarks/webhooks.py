"""How long a webhook waits for its answer while 500 events come 1 to 5 times, shuffled, 16 at once.

The history of the storm test, told by each gateway to the product's own server (granian, two
workers), with a worker process that settles what came beside it; and the limit in the same run, by
turns: signature, JSON and two prepared INSERTs in this process, with the same sixteen threads.

    python -m benchmarks.webhooks [size of the history: 26 tells 500 events and more]
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

import stripe  # noqa: E402
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: E402
from cryptography.hazmat.primitives.hashes import SHA256  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from benchmarks.kit.scratch import connected, scratch  # noqa: E402
from kernel import clock, tasks  # noqa: E402
from tests.api.callers import Served  # noqa: E402
from tests.billing.gateway.storm import LATER, NOW, tell  # noqa: E402
from tests.contracts.conftest import GROUNDS, Ground  # noqa: E402
from tests.paypal_standin import WEBHOOK_ID  # noqa: E402
from tests.standin import WEBHOOK_SECRET, StandIn, pointing_at  # noqa: E402

AT_ONCE = 16
ROUNDS = 3
LONGEST_MS = 300
THREADS = 4  # of each of the two web workers, as `make run` starts them
SIZE = 26

LIMIT = """
CREATE SCHEMA bench;
CREATE TABLE bench.inbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gateway text NOT NULL,
    event_id text NOT NULL, payload jsonb NOT NULL, UNIQUE (gateway, event_id));
CREATE TABLE bench.job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, inbox bigint NOT NULL);
"""
INSERT = """
WITH taken AS (INSERT INTO bench.inbox (gateway, event_id, payload) VALUES (%s, %s, %s::jsonb)
    ON CONFLICT DO NOTHING RETURNING id)
INSERT INTO bench.job (inbox) SELECT id FROM taken
"""

type Delivery = tuple[bytes, dict[str, str]]
type Act = Callable[[Delivery], None]


def shuffled(ground: Ground, emitted: list[dict[str, Any]], *, round_: int) -> list[Delivery]:
    """Each event one to five times, under ids that no round before it has used."""
    chance = random.Random(round_)
    now = clock.now()
    signed = [ground.sign({**one, "id": f"{one['id']}-{round_}"}, at=now) for one in emitted]
    copies = [delivery for delivery in signed for _ in range(chance.randint(1, 5))]
    chance.shuffle(copies)
    return copies


def stormed(deliveries: list[Delivery], sender: Callable[[], Iterator[Act]]) -> list[float]:
    """Deliver all in sixteen threads; return how long each waited, in milliseconds."""
    waited: list[float] = []
    together = threading.Barrier(AT_ONCE)

    def part(mine: list[Delivery]) -> None:
        with contextmanager(sender)() as send:
            together.wait(timeout=30)
            for delivery in mine:
                began = time.perf_counter()
                send(delivery)
                waited.append(1000 * (time.perf_counter() - began))

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        list(pool.map(part, [deliveries[n::AT_ONCE] for n in range(AT_ONCE)]))
    return sorted(waited)


def over_http(gateway: str, port: int) -> Callable[[], Iterator[Act]]:
    """The product: a request to its server, on a connection that is kept."""

    def sender() -> Iterator[Act]:
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as line:

            def send(delivery: Delivery) -> None:
                body, headers = delivery
                headers = {"Content-Type": "application/json", **headers}
                line.request("POST", f"/api/payments/webhook/{gateway}", body, headers)
                answer = line.getresponse()
                said = answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{answer.status}: {said!r}")

            yield send

    return sender


def bare(
    gateway: str, key: RSAPublicKey, parameters: dict[str, Any]
) -> Callable[[], Iterator[Act]]:
    """The limit: check, read, insert twice."""

    def check(body: bytes, headers: dict[str, str]) -> None:
        if gateway == "stripe":
            header = headers["Stripe-Signature"]
            stripe.WebhookSignature.verify_header(body.decode(), header, WEBHOOK_SECRET, None)
            return
        names = ("PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME")
        message = "|".join([*(headers[name] for name in names), WEBHOOK_ID, str(zlib.crc32(body))])
        signature = b64decode(headers["PAYPAL-TRANSMISSION-SIG"])
        key.verify(signature, message.encode(), PKCS1v15(), SHA256())

    def sender() -> Iterator[Act]:
        with connected(parameters) as mine:

            def send(delivery: Delivery) -> None:
                body, headers = delivery
                check(body, headers)
                event = json.loads(body)
                mine.execute(INSERT, (gateway, event["id"], body.decode()), prepare=True)

            yield send

    return sender


def environment(standin: StandIn) -> dict[str, str]:
    """Return the settings of `pointing_at` as a process of the product reads them."""
    return {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in pointing_at(standin).items()
    }


@contextmanager
def working(given: dict[str, str]) -> Iterator[None]:
    """A worker process beside it, which settles what the web has taken."""
    command = [sys.executable, "-m", "benchmarks.webhooks", "work"]
    with subprocess.Popen(command, cwd=ROOT, env=given, stdin=subprocess.PIPE) as worker:
        yield
        worker.communicate()  # its standard input ends, and so does it


def work() -> None:
    """Do jobs until standard input ends."""
    over = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    with clock.travel(LATER):
        while not over.is_set():
            if not tasks.drain(limit=20):
                over.wait(0.05)


def main(*, size: int) -> None:
    for gateway in sorted(GROUNDS):
        with scratch() as parameters, TemporaryDirectory() as folder:
            standin = StandIn(Path(folder) / "state")
            standin.start()
            try:
                with override_settings(**pointing_at(standin)):
                    measure(gateway, standin, parameters, size=size)
            finally:
                standin.stop()


def measure(gateway: str, standin: StandIn, parameters: dict[str, Any], *, size: int) -> None:
    """Tell one history, deliver it both ways by turns, print what came out."""
    with connected(parameters) as peer:
        peer.execute(LIMIT)
    standin.control("POST", "clock", set=NOW.isoformat(), frozen=True)
    ground = GROUNDS[gateway](standin)
    with clock.travel(LATER):
        tell(ground, size=size)
    emitted = ground.told()
    certificate = x509.load_pem_x509_certificate((standin.state / "paypal-leaf.pem").read_bytes())
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise TypeError("PayPal signs with RSA")
    found: dict[str, list[list[float]]] = {"product": [], "limit": []}
    log = standin.state.with_suffix(".web")
    served = Served(log, threads=THREADS, **environment(standin))
    with served, working(served.environment):
        ways = {
            "product": over_http(gateway, served.port),
            "limit": bare(gateway, key, parameters),
        }
        for round_ in range(ROUNDS):
            copies = shuffled(ground, emitted, round_=round_)
            for name, sender in ways.items():
                found[name].append(stormed(copies, sender))
    report(gateway, len(emitted), found)


def report(gateway: str, events: int, found: dict[str, list[list[float]]]) -> None:
    print(f"\n{gateway}: {events} events, {AT_ONCE} at once; medians of {ROUNDS} rounds")
    print(f"{'':10}{'answers':>9}{'p50 ms':>9}{'p99 ms':>9}")
    last = {}
    for name, rounds in found.items():
        half = median(one[len(one) // 2] for one in rounds)
        last[name] = median(one[int(len(one) * 0.99)] for one in rounds)
        print(f"{name:10}{sum(map(len, rounds)):9,}{half:9.1f}{last[name]:9.1f}")
    ratio = last["product"] / last["limit"]
    verdict = "PASS" if last["product"] < LONGEST_MS else "missed"
    print(f"p99, product ÷ limit {ratio:.1f}; target: p99 < {LONGEST_MS} ms: {verdict}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work()
    else:
        main(size=int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)
