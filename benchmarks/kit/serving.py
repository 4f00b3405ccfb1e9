"""Servers of the product and of peers, asked over HTTP; what an answer costs all their processes.

CPU is that of the server's processes with all their threads, and of PostgreSQL's backends that
serve them, from the operating system's accounting. The loader's own is not counted.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Self

import psycopg

from benchmarks.kit import peers
from benchmarks.kit.measure import Cost

LOADER = Path(__file__).with_name("loader.py")
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Load:
    """What a round of asking came to; times in milliseconds."""

    cost: Cost
    per_second: float
    p50: float
    p99: float


class Server:
    """A process that listens on `port`, with the children that it starts."""

    def __init__(
        self, command: Iterable[str], *, port: int, environment: dict[str, str], log: Path
    ) -> None:
        self.port = port
        self._command = list(command)
        self._environment = environment
        self._log = log

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=peers.ROOT, env=self._environment, stdout=log, stderr=log
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
            self._process.wait()

    def wait_until_it_answers(self, request: bytes) -> bytes:
        """Return the body of the first answer."""
        deadline = time.monotonic() + 400
        while True:
            try:
                return asked_once(self.port, request)
            except (OSError, ValueError) as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise SystemExit(f"{error}\n{self._log.read_text()[-3000:]}") from error
                time.sleep(0.2)

    def processes(self) -> list[int]:
        """Return the process and all that descend from it."""
        found = [self._process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found

    def cpu(self) -> float:
        """Return the seconds on a CPU of all threads of all its processes."""
        return sum(_on_cpu(pid) for pid in self.processes())


def _on_cpu(pid: int) -> float:
    total = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(thread.read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            continue
    return total / 1e9


def asked_once(port: int, request: bytes) -> bytes:
    """Ask on a connection of its own; return the body of a 200. Raises ValueError for another."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        answer = b""
        while part := line.recv(65_536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise ValueError(f"{head!r} {body[:300]!r}")
    return body


def get(path: str, **headers: str) -> bytes:
    """Return the bytes of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


class Ground:
    """The database behind all the servers: whose backends take time, whoever they serve."""

    def __init__(self, peer: psycopg.Connection) -> None:
        self._peer = peer

    def _backends(self) -> dict[int, float]:
        rows = self._peer.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
        return {pid: _on_cpu(pid) for (pid,) in rows}

    def load(self, server: Server, request: bytes, *, seconds: float) -> Load:
        """Ask one server for so long, with all others idle."""
        process, there = server.cpu(), self._backends()
        said = subprocess.run(
            [sys.executable, str(LOADER), str(server.port), str(CONNECTIONS), str(seconds)],
            input=request,
            stdout=subprocess.PIPE,
            check=True,
        )
        process = server.cpu() - process
        backend = sum(cpu - there.get(pid, 0.0) for pid, cpu in self._backends().items())
        found: dict[str, Any] = json.loads(said.stdout)
        took = found["took"]
        made = len(took)
        return Load(
            Cost(found["seconds"] / made * 1e6, process / made * 1e6, backend / made * 1e6),
            made / found["seconds"],
            took[made // 2],
            took[int(made * 0.99)],
        )


def middle(rounds: list[Load]) -> Load:
    """Return the medians of the rounds, each figure by itself."""
    return Load(
        Cost(
            median(one.cost.wall for one in rounds),
            median(one.cost.process for one in rounds),
            median(one.cost.backend for one in rounds),
        ),
        median(one.per_second for one in rounds),
        median(one.p50 for one in rounds),
        median(one.p99 for one in rounds),
    )
