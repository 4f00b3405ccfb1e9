"""Servers on loopback that say what a test has them say, byte by byte, over real sockets."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import repeat

OK = b"HTTP/1.1 200 OK\r\n"

type Talk = Callable[[socket.socket], None]


@contextmanager
def serving(*talks: Talk) -> Iterator[tuple[int, list[bytes]]]:
    """Answer one connection by each talk in turn; yield the port and the heads that came."""
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def run() -> None:
            for talk in talks:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line:
                    head = b""
                    while b"\r\n\r\n" not in head and (piece := line.recv(65_536)):
                        head += piece
                        if head.startswith(b"\x16"):  # a hello of TLS has no such end
                            break
                    heads.append(head)
                    with suppress(OSError):  # the reader hung up, as it should
                        talk(line)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listener.getsockname()[1], heads
        with suppress(
            OSError
        ):  # whoever waits in accept hears of it, as a close alone is not heard
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)


def saying(*parts: bytes) -> Talk:
    return lambda line: line.sendall(b"".join(parts))


def file(body: bytes, *headers: bytes) -> Talk:
    return saying(OK, *(header + b"\r\n" for header in headers), b"\r\n", body)


def dripping(first: bytes, drip: bytes) -> Talk:
    """Send a byte every twentieth of a second, for as long as somebody listens."""

    def talk(line: socket.socket) -> None:
        line.sendall(first)
        for piece in repeat(drip, 200):
            line.sendall(piece)
            time.sleep(0.05)

    return talk
