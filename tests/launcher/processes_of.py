"""Finds what a test has started, by a mark in its environment and by where it works."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "platform"
MARK = "COUNTERFOIL_TEST_MARK"


def wait_for(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Wait until the condition holds; fail with its description."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class Marked:
    """Starts Python programs that can be found again, whoever their parent is by then."""

    def __init__(self) -> None:
        self.mark = uuid4().hex

    def environment(self, **variables: str) -> dict[str, str]:
        path = os.pathsep.join([str(ROOT), str(SOURCES)])
        return {**os.environ, **variables, "PYTHONPATH": path, MARK: self.mark}

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment(**variables),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def alive(self) -> dict[int, str]:
        """Return pid and command line of everything that carries the mark and still runs."""
        wanted = f"{MARK}={self.mark}".encode()
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(entry.name)] = command
            except OSError:
                continue
        return {pid: command for pid, command in found.items() if command}

    def kill_all(self) -> None:
        for pid in self.alive():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
