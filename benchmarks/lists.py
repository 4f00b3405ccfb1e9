"""Job F: a JSON list of 20 mentors over HTTP, authentication on; CPU of an answer.

The product's own first page of the directory, its way to a list (authentication, limits, router,
schemas, renderer) with the peers' own statement, and the peers: the same twenty cards out of the
same database, ready to be shown. Before anything is measured all say the same list.

    python -m benchmarks.lists [mentors] [rounds]
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

import psycopg  # noqa: E402

from benchmarks.kit import http_peers  # noqa: E402
from benchmarks.kit.market import furnish  # noqa: E402
from benchmarks.kit.people import Person  # noqa: E402
from benchmarks.kit.scratch import connected, scratch  # noqa: E402
from benchmarks.kit.serving import Ground, Load, asked_once, get, middle  # noqa: E402
from benchmarks.peers import cards  # noqa: E402

ROUNDS = 3
SECONDS = 3.0
MENTORS = 2_000
TARGET = 1.3
DIRECTORY = "product: GET /api/mentors"
PATH = "product: the peers' statement, by the product's way"
FASTAPI = "FastAPI + orjson, authentication on"
# Name: the server, the address, whose token.
WAYS = {
    DIRECTORY: ("product", "/api/mentors", "product"),
    PATH: ("product", "/api/bench/cards", "product"),
    FASTAPI: ("FastAPI", "/list-living", "peer"),
    "FastAPI + orjson, of anybody": ("FastAPI", "/list", ""),
    "granian RSGI, JSON by PostgreSQL (limit), of anybody": ("raw", "/", ""),
    "Django view, JSON by PostgreSQL, of anybody": ("Django", "/json", ""),
    "… with six middlewares": ("Django, six", "/json", ""),
    "ninja, .values() and orjson, of anybody": ("Django", "/ninja/values", ""),
    "ninja Schema, of anybody": ("Django", "/ninja/schema", ""),
    "DRF, of anybody": ("Django", "/drf", ""),
}


def deal(peer: psycopg.Connection, items: list[dict[str, Any]]) -> None:
    """Give the peers the cards that the product has answered, and as many behind as it lists."""
    peer.execute(cards.TABLE)
    places = ", ".join(["%s"] * 14)
    for standing, item in enumerate(items):
        price = item["price"] or {"amount": None, "currency": None}
        values = {**item, "price_minor": price["amount"], "currency": price["currency"]}
        row = [values[name.strip()] for name in cards.COLUMNS.split(",")]
        peer.execute(f"INSERT INTO bench.card VALUES ({places})", [standing, *row])
    peer.execute("ANALYZE bench.card")


def listed(port: int, person: Person) -> list[dict[str, Any]]:
    """Return all cards of the directory, page by page, as the product answers them."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        address = f"/api/mentors?limit=100{cursor and f'&cursor={cursor}'}"
        page = json.loads(asked_once(port, get(address, **bearer(person.token))))
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = page["next"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def measured(parameters: dict[str, Any], rounds: int) -> dict[str, Load]:
    with connected(parameters) as peer:
        person = Person(peer)
        dsn = person.dsn(parameters)
        make = {
            "product": http_peers.product,
            "FastAPI": lambda log: http_peers.fastapi(log, dsn, person.key),
            "raw": lambda log: http_peers.raw(log, dsn, person.key),
            "Django": lambda log: http_peers.django(log, parameters, middlewares=0),
            "Django, six": lambda log: http_peers.django(log, parameters, middlewares=6),
        }
        tokens = {"product": person.token, "peer": person.peers_token, "": ""}
        with http_peers.running(make) as servers:
            servers["product"].wait_until_it_answers(get("/api/mentors", **bearer(person.token)))
            everybody = listed(servers["product"].port, person)
            deal(peer, everybody)
            asked = {
                name: (servers[server], get(address, **bearer(tokens[whose])))
                for name, (server, address, whose) in WAYS.items()
            }
            for name, (server, request) in asked.items():
                said = json.loads(server.wait_until_it_answers(request))["items"]
                if said != everybody[:20]:
                    raise SystemExit(f"{name} has another list: {said[0]} and {everybody[0]}")
            print(f"Everybody says the same 20 of {len(everybody):,} mentors.")
            return by_turns(Ground(peer), asked, rounds)


def by_turns(ground: Ground, asked: dict[str, Any], rounds: int) -> dict[str, Load]:
    found: dict[str, list[Load]] = {name: [] for name in asked}
    for round_ in range(-1, rounds):
        for name, (server, request) in asked.items():
            seconds = SECONDS if round_ >= 0 else SECONDS / 3  # to warm up
            load = ground.load(server, request, seconds=seconds)
            if round_ >= 0:
                found[name].append(load)
    return {name: middle(loads) for name, loads in found.items()}


def report(found: dict[str, Load], rounds: int) -> None:
    base = found[FASTAPI].cost.cpu
    print(f"\nMedians of {rounds} rounds; ÷ is against {FASTAPI}")
    print(f"{'':54}{'CPU ms':>9}{'÷':>6}{'server':>8}{'database':>10}{'a second':>10}{'p99 ms':>8}")
    for name, load in found.items():
        print(
            f"{name:54}{load.cost.cpu / 1e3:9.3f}{load.cost.cpu / base:6.2f}"
            f"{load.cost.process / 1e3:8.3f}{load.cost.backend / 1e3:10.3f}"
            f"{load.per_second:10,.0f}{load.p99:8.1f}"
        )
    print()
    for name in (DIRECTORY, PATH):
        ratio = found[name].cost.cpu / base
        print(f"{name} ÷ {FASTAPI}: {ratio:.2f}", end="")
        print(f"  ≤ {TARGET}: {'PASS' if ratio <= TARGET else 'missed'}")


def main(mentors: int, rounds: int) -> None:
    with scratch() as parameters:
        furnish(mentors)
        with connected(parameters) as peer:
            peer.execute("VACUUM ANALYZE")
        report(measured(parameters, rounds), rounds)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*[*given, *[MENTORS, ROUNDS][len(given) :]])
