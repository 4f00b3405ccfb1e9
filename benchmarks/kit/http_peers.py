"""The servers that answer over HTTP: the product's own and the peers', each by two workers of four.

A worker has as many connections as threads (or as an event loop may use at once): all the same.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.kit import peers
from benchmarks.kit.serving import Server
from launcher.options import read
from launcher.programs import web
from tests.api.callers import database_url
from tests.ports import free_port

WORKERS, THREADS = 2, 4
GRANIAN = ["--host", "127.0.0.1", "--workers", str(WORKERS), "--log-level", "warning"]


def product(log: Path, **environment: str) -> Server:
    """The product as `make run` starts it, with the operations of `benchmarks.answers`."""
    port = free_port()
    asked = {"PORT": port, "WEB_WORKERS": WORKERS, "WEB_THREADS": THREADS}
    options = read({name: str(value) for name, value in asked.items()})
    given = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "benchmarks.answers.settings",
        "PYTHONPATH": os.pathsep.join([str(peers.ROOT), str(peers.ROOT / "platform")]),
        "LOG_LEVEL": "WARNING",
        "API_READS_PER_MINUTE": "100000000",
        **environment,
    }
    return Server(web(options).command, port=port, environment=given, log=log)


def fastapi(log: Path, dsn: str, key: str) -> Server:
    return _peer(["--interface", "asgi", "http_fastapi:app"], log, BENCH_DSN=dsn, PUBLIC_KEY=key)


def raw(log: Path, dsn: str, key: str) -> Server:
    return _peer(["--interface", "rsgi", "http_fastapi:raw"], log, BENCH_DSN=dsn, PUBLIC_KEY=key)


def django(log: Path, parameters: dict[str, Any], *, middlewares: int) -> Server:
    known = ("dbname", "user", "password", "host", "port")
    text = " ".join(f"{key}={parameters[key]}" for key in known if parameters.get(key))
    command = ["--interface", "wsgi", "--blocking-threads", str(THREADS)]
    return _peer(
        [*command, "http_django:application"], log, BENCH_DSN=text, MIDDLEWARES=str(middlewares)
    )


def _peer(command: list[str], log: Path, **environment: str) -> Server:
    port = free_port()
    given = peers.environment(PYTHONPATH=str(peers.HTTP.parent), POOL=str(THREADS), **environment)
    start = [str(peers.python(peers.HTTP)), "-m", "granian", *GRANIAN, "--port", str(port)]
    return Server([*start, *command], port=port, environment=given, log=log)


@contextmanager
def running(make: dict[str, Any]) -> Iterator[dict[str, Server]]:
    """Start the servers, each with a log of its own, and end them all."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        yield {
            name: stack.enter_context(start(Path(folder) / f"{number}.log"))
            for number, (name, start) in enumerate(make.items())
        }
