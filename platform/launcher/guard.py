"""Ends the supervisor's children when the supervisor itself was killed.

A kill -9 leaves no time to clean up, and the kernel's death signal reaches direct children only.
So this small process listens on a pipe: each line ``+123`` or ``-123`` names a process group that
began or ended, and the end of the pipe means that the supervisor is gone. A file given as its
argument stays locked until its work is done, so that the next run can wait for that. It knows
nothing else, and imports as little as it can, because it sleeps beside every run.
"""

import fcntl
import os
import signal
import sys
import time

GRACE_SECONDS = 12  # the web server itself kills a worker that does not end within ten
KILLED_SECONDS = 5


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        (groups.add if line.startswith("+") else groups.discard)(group)
    send(groups, signal.SIGTERM)
    wait_until_gone(groups, GRACE_SECONDS)
    send(groups, signal.SIGKILL)
    wait_until_gone(groups, KILLED_SECONDS)  # until then the next run finds the ports taken


def wait_until_gone(groups: set[int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(exists(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)


def send(groups: set[int], signal_number: int) -> None:
    for group in groups:
        try:
            os.killpg(group, signal_number)
        except (ProcessLookupError, PermissionError):
            continue


def exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
