"""Job F': a mentor's page for anybody, over HTTP; from memory and made anew.

All by the product's own server (granian, two workers of four threads), the same page, compressed
as browsers ask for it: fixed bytes (the limit), a page of Wagtail alone with the same content
(`benchmarks.peers.stock`), the product's made for each visitor, the same behind Django's cache of
pages, and the product as it is. CPU is that of the server's processes and of the PostgreSQL
backends behind them.

A millisecond of one machine is not that of another, so the page made anew is held against Wagtail
alone in the same run: 8 of the target's milliseconds are as 11 of that one's, where both were set.

    python -m benchmarks.pages [mentors] [rounds]
"""

import gzip
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import django

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from benchmarks.kit import http_peers, peers  # noqa: E402
from benchmarks.kit.market import furnish  # noqa: E402
from benchmarks.kit.scratch import connected, scratch  # noqa: E402
from benchmarks.kit.serving import Ground, Load, Server, asked_once, get, middle  # noqa: E402
from launcher.options import read  # noqa: E402
from launcher.programs import web  # noqa: E402
from tests.api.callers import database_url  # noqa: E402
from tests.ports import free_port  # noqa: E402

ROUNDS, SECONDS, MENTORS = 3, 3.0, 200
PAGE = get("/mentors/m7/", Accept_Encoding="gzip")
FIXED = "fixed bytes (limit)"
MADE = "made for each visitor, nothing kept"
DJANGOS = "… behind Django's cache of pages, in memory"
OURS = "the product"
STOCK = "a page of Wagtail alone, nothing kept"
THROUGHPUT, UNCACHED, MOONSHOT = 0.3, 8.0, 4.0
STOCK_UNCACHED = 11.0  # CPU ms of such a page where the two targets were set


def instead(application: str, log: Path, **environment: str) -> Server:
    """Another application, by the command that starts the product."""
    port = free_port()
    asked = {"PORT": port, "WEB_WORKERS": http_peers.WORKERS, "WEB_THREADS": http_peers.THREADS}
    command = web(read({name: str(value) for name, value in asked.items()})).command
    given = {**os.environ, **environment}
    return Server([*command[:-1], application], port=port, environment=given, log=log)


def fixed(log: Path, body: Path) -> Server:
    application = "benchmarks.answers.fixed:application"
    return instead(application, log, PYTHONPATH=str(peers.ROOT), FIXED_BODY=str(body))


def of_stock() -> dict[str, str]:
    """The environment of the peer, which shares the product's database and interpreter."""
    path = os.pathsep.join([str(peers.ROOT), str(peers.ROOT / "platform")])
    return {"PYTHONPATH": path, "DATABASE_URL": database_url()}


def servers(folder: Path) -> dict[str, object]:
    body = folder / "page.gz"
    plain = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PAGE_MEMORY_MB": "0"}
    cached = {"DJANGO_SETTINGS_MODULE": "benchmarks.answers.cached"}
    kept = plain | {"PAGE_MEMORY_MB": "32", "DATA_DIR": str(folder)}
    return {
        STOCK: lambda log: instead("benchmarks.peers.stock.wsgi:application", log, **of_stock()),
        MADE: lambda log: http_peers.product(log, **plain),
        DJANGOS: lambda log: http_peers.product(log, **plain | cached),
        OURS: lambda log: http_peers.product(log, **kept),
        FIXED: lambda log: fixed(log, body),
    }


def measured(parameters: dict[str, object], rounds: int) -> dict[str, Load]:
    with TemporaryDirectory() as place, connected(parameters) as peer:
        folder = Path(place)
        make = servers(folder)
        with http_peers.running({MADE: make[MADE]}) as first:
            page = first[MADE].wait_until_it_answers(PAGE)
        (folder / "page.gz").write_bytes(page)
        with http_peers.running(make) as running:
            for name, server in running.items():
                said = server.wait_until_it_answers(PAGE)
                if b"<h1>" not in gzip.decompress(said):
                    raise SystemExit(f"{name} has another page")
            print(f"A page of {len(gzip.decompress(page)):,} bytes, {len(page):,} compressed.")
            return by_turns(Ground(peer), running, rounds)


def by_turns(ground: Ground, running: dict[str, Server], rounds: int) -> dict[str, Load]:
    found: dict[str, list[Load]] = {name: [] for name in running}
    for round_ in range(-1, rounds):
        for name, server in running.items():
            asked_once(server.port, PAGE)
            load = ground.load(server, PAGE, seconds=SECONDS if round_ >= 0 else SECONDS / 3)
            if round_ >= 0:
                found[name].append(load)
    return {name: middle(loads) for name, loads in found.items()}


def report(found: dict[str, Load], rounds: int) -> None:
    limit = found[FIXED]
    print(f"\nMedians of {rounds} rounds; ÷ is against {FIXED}, load {os.getloadavg()[0]:.1f}")
    print(f"{'':50}{'a second':>10}{'÷':>7}{'CPU ms':>9}{'server':>8}{'database':>10}{'p99 ms':>8}")
    for name, load in found.items():
        print(
            f"{name:50}{load.per_second:10,.0f}{load.per_second / limit.per_second:7.3f}"
            f"{load.cost.cpu / 1e3:9.3f}{load.cost.process / 1e3:8.3f}"
            f"{load.cost.backend / 1e3:10.3f}{load.p99:8.1f}"
        )
    ratio = found[OURS].per_second / limit.per_second
    made, stock = found[MADE].cost.cpu / 1e3, found[STOCK].cost.cpu / 1e3
    print(
        f"\nfrom memory ÷ fixed bytes: {ratio:.2f}  ≥ {THROUGHPUT}: {verdict(ratio >= THROUGHPUT)}"
    )
    print(f"… in CPU: {limit.cost.cpu / found[OURS].cost.cpu:.2f} of the limit's speed")
    print(f"made anew: {made:.2f} CPU ms  ≤ {UNCACHED:g}: {verdict(made <= UNCACHED)}", end="")
    print(f", ≤ {MOONSHOT:g}: {verdict(made <= MOONSHOT)}")
    part, wanted, dreamt = made / stock, UNCACHED / STOCK_UNCACHED, MOONSHOT / STOCK_UNCACHED
    print(f"… ÷ Wagtail alone: {part:.2f}  ≤ {wanted:.2f}: {verdict(part <= wanted)}", end="")
    print(f", ≤ {dreamt:.2f}: {verdict(part <= dreamt)}")


def verdict(held: bool) -> str:
    return "PASS" if held else "missed"


def main(mentors: int, rounds: int) -> None:
    with scratch() as parameters:
        furnish(mentors)
        with connected(parameters) as peer:
            peer.execute("VACUUM ANALYZE")
        command = [sys.executable, "-m", "benchmarks.peers.stock.furnish"]
        subprocess.run(command, cwd=ROOT, env=os.environ | of_stock(), check=True)
        report(measured(parameters, rounds), rounds)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*[*given, *[MENTORS, ROUNDS][len(given) :]])
