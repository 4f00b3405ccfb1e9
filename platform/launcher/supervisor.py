"""Runs a handful of programs as one: started together, restarted when they die, ended together.

One thread, one loop. It knows processes, not the product; `launcher.run` knows what to start.
"""

# Note [No orphans]
# An ordinary end asks every program to stop, waits, and kills what is left of its group. When the
# supervisor is killed, the kernel tells its direct children (PR_SET_PDEATHSIG), and the guard,
# whose pipe closes, ends what those leave behind. The database's keeper sees its users vanish.

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType

from launcher.children import ABORT_SECONDS, Child, Program, State
from launcher.console import Console

GUARD = Path(__file__).with_name("guard.py")
GLANCE_SECONDS = 0.1


class Stopped(Exception):
    """The run was asked to end while it was busy with something else."""


class Supervisor:
    """`remains` is a file that is locked while anything of this run may still live."""

    def __init__(self, *, console: Console, environment: dict[str, str], remains: Path) -> None:
        self.console = console
        self.children: dict[str, Child] = {}
        self._environment = environment
        self._remains = remains
        self._selector = selectors.DefaultSelector()
        self._rests: dict[int, bytes] = {}
        self._requests = 0
        self._guard = self._start_guard()

    def catch_signals(self) -> None:
        """Take Ctrl-C, a hang-up and SIGTERM as the wish to end; a second one ends at once."""
        for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wish, self._note_request)

    @property
    def is_asked_to_stop(self) -> bool:
        return self._requests > 0

    def start(self, program: Program) -> None:
        """Start a program that is to run until the end."""
        child = Child(program=program, environment=self._environment)
        self.children[program.name] = child
        self._launch(child)

    def restart(self, name: str, *, reason: str) -> None:
        """Stop a program, soon by force, and start it anew."""
        self.console.progress(f"Restarting {name}: {reason}.")
        self.children[name].ask_to_stop(again=True, seconds=ABORT_SECONDS)

    def begin(self, program: Program) -> Child:
        """Start a program that ends by itself; `await_end` has its status."""
        child = Child(program=program, environment=self._environment)
        self.children[program.name] = child
        self._launch(child)
        child.wanted = False
        return child

    def await_end(self, child: Child) -> int:
        """Wait for the end of what was begun, keeping an eye on the others; return its status.

        Raises: Stopped when the run was asked to end meanwhile.
        """
        self.watch(until=lambda: child.process is None)
        self.children.pop(child.program.name, None)
        return child.status or 0

    def finish(self, program: Program) -> int:
        """Run a program to its end, keeping an eye on the others; return its status.

        Raises: Stopped when the run was asked to end meanwhile.
        """
        return self.await_end(self.begin(program))

    def watch(self, *, until: Callable[[], bool]) -> None:
        """Look after the programs until the condition holds.

        Raises: Stopped when the run was asked to end.
        """
        while not until():
            if self.is_asked_to_stop:
                raise Stopped
            self.glance()

    def glance(self) -> None:
        """Pass on what the programs say, and deal with those that ended."""
        for key, _ in self._selector.select(timeout=GLANCE_SECONDS):
            self._read(key)
        for child in list(self.children.values()):
            group = child.look()
            if group is not None:
                self._tell_guard("-", group)
                if child.state is State.PAUSED:
                    self.console.progress(
                        f"{child.program.name} ended with status {child.status}; it starts again."
                    )
            if child.is_due() and not self.is_asked_to_stop:
                self._launch(child)
        if self._guard.poll() is not None:
            self._guard = self._start_guard()
            for child in self.children.values():
                if child.process is not None:
                    self._tell_guard("+", child.process.pid)

    def stop(self, names: Iterable[str]) -> None:
        """Stop these programs together; a second wish to end cuts their time short."""
        asked = self._requests
        stopping = [self.children[name] for name in names if name in self.children]
        for child in stopping:
            child.ask_to_stop()
        while any(child.process is not None for child in stopping):
            if self._requests > max(asked, 1):
                for child in stopping:
                    child.kill()
            self.glance()

    def close(self) -> None:
        """End everything that is left, the guard last."""
        self.stop(list(self.children))
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait()

    def _launch(self, child: Child) -> None:
        self._tell_guard("+", child.start())
        if child.process is not None and child.process.stdout is not None:
            descriptor = child.process.stdout.fileno()
            os.set_blocking(descriptor, False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _read(self, key: selectors.SelectorKey) -> None:
        child: Child = key.data
        try:
            chunk = os.read(key.fd, 65536)
        except BlockingIOError:
            return
        *lines, rest = (self._rests.pop(key.fd, b"") + chunk).split(b"\n")
        if chunk:
            self._rests[key.fd] = rest
        else:
            lines += [rest] if rest else []
            self._selector.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
        for line in lines:
            self._show(child, line.decode(errors="replace").rstrip())

    def _show(self, child: Child, text: str) -> None:
        self.console.line(child.program.name, text)
        sick = child.program.sick
        if sick and sick.search(text) and child.state is State.RUNNING:
            self.restart(child.program.name, reason="it says that it is damaged")

    def _start_guard(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-S", str(GUARD), str(self._remains)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def _tell_guard(self, sign: str, group: int) -> None:
        if self._guard.stdin is None:
            return
        try:
            self._guard.stdin.write(f"{sign}{group}\n".encode())
            self._guard.stdin.flush()
        except BrokenPipeError:
            return  # it is dead; the next glance starts another and tells it everything

    def _note_request(self, _number: int, _frame: FrameType | None) -> None:
        self._requests += 1
