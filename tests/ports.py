"""Ports for servers that a test starts, and perhaps starts again."""

import secrets
import socket
from contextlib import suppress

# Below what systems lend to outgoing connections (from 32768 on Linux, 49152 elsewhere): one of
# those may be gone before a server that was killed is started again.
FIRST, BEHIND = 20_000, 32_000


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens now."""
    for _ in range(100):
        port = FIRST + secrets.randbelow(BEHIND - FIRST)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError(f"No port of {FIRST} to {BEHIND} is free.")
