"""What the operating system is asked about processes: death signals, and who works where.

Linux answers everything here; elsewhere each question has a safe "don't know".
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def die_with_parent(signal_number: int) -> Callable[[], None]:
    """Return a ``preexec_fn``: the kernel sends the child this signal when its parent dies.

    It only reaches direct children, and a change of user clears it, so it must come last.
    """
    return _die_with(os.getpid(), signal_number)


def end_with_parent() -> None:
    """Have the kernel send us SIGTERM when the program that started us dies."""
    _die_with(os.getppid(), signal.SIGTERM)()


def _die_with(parent: int, signal_number: int) -> Callable[[], None]:

    def arrange() -> None:
        if _libc is None:
            return
        _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # the parent died between the fork and the line above
            os.kill(os.getpid(), signal_number)

    return arrange


def working_in(folder: Path, *, name: str) -> list[int]:
    """List the live processes of that name that work in ``folder``.

    Linux knows each process's working directory; elsewhere the folder must be in the command
    line. Unlike a pid that some file remembers, neither can be fooled by a pid that was given to
    another program since.
    """
    listed = _by_working_directory if LINUX else _by_command_line
    return sorted(pid for pid in listed(folder.resolve(), name) if is_alive(pid))


def _by_working_directory(folder: Path, name: str) -> Iterable[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() != folder:
                continue
            if (entry / "comm").read_text().strip() == name:
                yield int(entry.name)
        except OSError:  # ended while we looked, or another user's
            continue


def _by_command_line(folder: Path, name: str) -> Iterable[int]:
    listing = subprocess.run(
        ["ps", "-axo", "pid=,command="], capture_output=True, text=True, check=True
    )
    for line in listing.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        if f"{name} " in command and str(folder) in command:
            yield int(pid)


def is_alive(pid: int) -> bool:
    """Tell whether the pid is in use by something that is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return not LINUX
    return state not in {"Z", "X"}


def wait_until_gone(pids: Iterable[int], *, seconds: float) -> list[int]:
    """Wait for processes that are not our children; return those still alive at the end."""
    deadline = time.monotonic() + seconds
    alive = [pid for pid in pids if is_alive(pid)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = [pid for pid in alive if is_alive(pid)]
    return alive


def send(pids: Iterable[int], signal_number: int) -> None:
    """Signal every process that still exists."""
    for pid in pids:
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            continue


def kill_group(group: int, signal_number: int = signal.SIGKILL) -> None:
    """Signal a whole process group, if any of it is left."""
    try:
        os.killpg(group, signal_number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return
