"""File locks that the kernel drops when their holder dies, however it dies.

Knows nothing of what is locked. A lock is held while its object lives: a forked child shares it,
a program started by ``exec`` does not (the descriptor is not inheritable).
"""

import fcntl
import os
import time
from pathlib import Path

MODE = 0o600


class Lock:
    """An advisory ``flock`` on one file, shared or exclusive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)

    def share(self) -> None:
        """Wait for a shared hold."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def own(self) -> None:
        """Wait for the exclusive hold."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def try_share(self) -> bool:
        return self._try(fcntl.LOCK_SH)

    def try_own(self, *, seconds: float = 0) -> bool:
        """Take the exclusive hold if it comes free within ``seconds``."""
        deadline = time.monotonic() + seconds
        while not self._try(fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True

    def close(self) -> None:
        """Let go. A second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_owned(path: Path) -> bool:
    """Tell whether some live process owns this lock now."""
    if not path.exists():
        return False
    probe = Lock(path)
    try:
        return not probe.try_share()
    finally:
        probe.close()
