"""Ask for one address over and over on kept connections, from a process of its own.

    python loader.py PORT CONNECTIONS SECONDS < one HTTP request

One thread and non-blocking sockets: some 15,000 answers a second, more than what is measured.
Prints one JSON object: how many answers came, and how long each of them took in milliseconds.
Stops at the first answer that is not a 200.
"""

import json
import selectors
import socket
import sys
import time
from typing import Any


class Line:
    """One connection: a request at a time."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._missing = 0
        self._head = b""
        self.began = 0.0

    def ask(self) -> None:
        self._head, self._missing = b"", -1
        self.began = time.perf_counter()
        self.socket.sendall(self._request)

    def read(self) -> bool:
        """Take what has come; say whether the answer is whole."""
        data = self.socket.recv(262_144)
        if not data:
            raise SystemExit("the server closed the connection")
        if self._missing >= 0:
            self._missing -= len(data)
            return self._missing <= 0
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._head[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(self._head.decode(errors="replace"))
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        self._missing = int(length) + end + 4 - len(self._head)
        return self._missing <= 0


def load(port: int, connections: int, seconds: float, request: bytes) -> list[float]:
    selector: Any = selectors.DefaultSelector()
    lines = [Line(port, request) for _ in range(connections)]
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.ask()
    took: list[float] = []
    until = time.perf_counter() + seconds
    while (now := time.perf_counter()) < until:
        for key, _ in selector.select(timeout=5):
            if key.data.read():
                took.append((time.perf_counter() - key.data.began) * 1e3)
                key.data.ask()
    del now
    return took


if __name__ == "__main__":
    asked = sys.stdin.buffer.read()
    began = time.perf_counter()
    found = load(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), asked)
    print(json.dumps({"seconds": time.perf_counter() - began, "took": sorted(found)}))
