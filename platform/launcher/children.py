"""One supervised program: started in a session of its own, restarted with growing pauses, ended.

Knows nothing of what the programs are for or of the order among them.
"""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from enum import StrEnum

from launcher.processes import die_with_parent, kill_group

FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 15.0
SETTLED_SECONDS = 30.0
STOP_SECONDS = 20.0
ABORT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, and which of its own words mean that it must be started anew.

    `secrets` are variables of this program alone: a command is seen by everybody on the machine.
    """

    name: str
    command: list[str]
    sick: re.Pattern[str] | None = None
    secrets: dict[str, str] = field(default_factory=dict, repr=False)


class State(StrEnum):
    STOPPED = "stopped"
    RUNNING = "running"
    STOPPING = "stopping"
    PAUSED = "paused"  # it ended by itself and is started again when the pause is over


@dataclass(slots=True)
class Child:
    program: Program
    environment: dict[str, str]
    state: State = State.STOPPED
    process: subprocess.Popen[bytes] | None = None
    wanted: bool = False
    status: int | None = None
    _pause: float = FIRST_PAUSE_SECONDS
    _started_at: float = 0.0
    _deadline: float = field(default=0.0)

    def start(self) -> int:
        """Start the program; return its process group."""
        self.process = subprocess.Popen(
            self.program.command,
            env=self.environment | self.program.secrets,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 -- one thread
        )
        self.wanted, self.state, self.status = True, State.RUNNING, None
        self._started_at = time.monotonic()
        return self.process.pid

    def ask_to_stop(self, *, again: bool = False, seconds: float = STOP_SECONDS) -> None:
        """Ask the leader to end in good order; `again` has it started anew afterwards."""
        self.wanted = again
        if self.state is State.PAUSED and not again:
            self.state = State.STOPPED
        if self.process is None or self.state is not State.RUNNING:
            return
        self.state = State.STOPPING
        self._deadline = time.monotonic() + seconds
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group at once."""
        if self.process is not None:
            kill_group(self.process.pid)

    def look(self) -> int | None:
        """Notice what has happened; return the process group when it has just ended.

        With the leader gone, what is left of its group is killed: it would hold ports and locks.
        """
        if self.process is None:
            return None
        self.status = self.process.poll()
        if self.status is None:
            if self.state is State.STOPPING and time.monotonic() > self._deadline:
                self.kill()
            return None
        group = self.process.pid
        kill_group(group)
        self.process = None
        self.state = State.STOPPED
        if self.wanted:
            self._rest()
        return group

    def is_due(self) -> bool:
        """Tell whether the pause before a restart is over."""
        return self.state is State.PAUSED and time.monotonic() >= self._deadline

    def _rest(self) -> None:
        lasted = time.monotonic() - self._started_at
        self._pause = (
            FIRST_PAUSE_SECONDS
            if lasted > SETTLED_SECONDS
            else min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        )
        self.state = State.PAUSED
        self._deadline = time.monotonic() + self._pause

    def _signal(self, signal_number: int) -> None:
        if self.process is not None:
            try:
                os.kill(self.process.pid, signal_number)
            except ProcessLookupError:
                return
