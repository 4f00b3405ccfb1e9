"""Job G: a request that says who asks, beside the same request of nobody, over HTTP.

The product's own server (granian, two workers of four threads) answers one short text in several
ways; a FastAPI peer on granian does the same. What is compared with is always the open operation
of the same server in the same round: "signed" ÷ "open".

    python -m benchmarks.authenticated [rounds]
"""

import os
import sys
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from benchmarks.kit import http_peers  # noqa: E402
from benchmarks.kit.people import Person  # noqa: E402
from benchmarks.kit.scratch import connected, scratch  # noqa: E402
from benchmarks.kit.serving import Ground, Load, get, middle  # noqa: E402

ROUNDS = 3
SECONDS = 3.0
TARGET = 0.6
OURS = {
    "open": "no authentication",
    "signed": "signed in",
    "each-time": "… the signature verified each time",
    "by-orm": "… the sign-in asked for by the ORM",
    "uncounted": "no authentication, not counted",
    "upserts": "no authentication, an upsert each",
}
THEIRS = {
    "open": "no authentication",
    "living": "a memo, and whether the sign-in lives",
    "memo": "a memo of verified tokens, nothing asked",
    "each-time": "the signature verified each time, nothing asked",
}


def measured(parameters: dict[str, Any], rounds: int) -> dict[tuple[str, str], Load]:
    with connected(parameters) as peer:
        person = Person(peer)
        make = {
            "product": http_peers.product,
            "FastAPI": lambda log: http_peers.fastapi(log, person.dsn(parameters), person.key),
        }
        ways = [("product", way, f"/api/bench/{way}", person.token) for way in OURS]
        ways += [("FastAPI", way, f"/{way}", person.peers_token) for way in THEIRS]
        found: dict[tuple[str, str], list[Load]] = {}
        with http_peers.running(make) as servers:
            ground = Ground(peer)
            for round_ in range(-1, rounds):
                for server, way, address, token in ways:
                    headers = {} if way in {"open", "uncounted", "upserts"} else bearer(token)
                    request = get(address, **headers)
                    servers[server].wait_until_it_answers(request)
                    seconds = SECONDS if round_ >= 0 else SECONDS / 3  # to warm up
                    load = ground.load(servers[server], request, seconds=seconds)
                    if round_ >= 0:
                        found.setdefault((server, way), []).append(load)
    return {key: middle(loads) for key, loads in found.items()}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def report(found: dict[tuple[str, str], Load], rounds: int) -> None:
    print(f"\nMedians of {rounds} rounds; ÷ is against the open operation of the same server")
    print(f"{'':58}{'a second':>10}{'÷':>6}{'CPU ms':>9}{'÷':>6}{'server':>8}{'database':>10}")
    for (server, way), load in found.items():
        open_ = found[server, "open"]
        name = f"{server}: {(OURS if server == 'product' else THEIRS)[way]}"
        print(
            f"{name:58}{load.per_second:10,.0f}{load.per_second / open_.per_second:6.2f}"
            f"{load.cost.cpu / 1e3:9.3f}{load.cost.cpu / open_.cost.cpu:6.2f}"
            f"{load.cost.process / 1e3:8.3f}{load.cost.backend / 1e3:10.3f}"
        )
    ratio = found["product", "signed"].per_second / found["product", "open"].per_second
    print(f"\nsigned in ÷ no authentication, a second: {ratio:.2f}", end="")
    print(f"  ≥ {TARGET}: {'PASS' if ratio >= TARGET else 'missed'}")


def main(rounds: int) -> None:
    with scratch() as parameters:
        report(measured(parameters, rounds), rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
