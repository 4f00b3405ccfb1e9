"""A mail server on loopback that keeps what it takes, and can leave a sender waiting."""

import socketserver
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from typing import Any


class Sink(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a sender needs. While `silent` it greets nobody who connects."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mailbox: list[EmailMessage] = []
        self.silent = False
        self.connected = threading.Semaphore(0)
        self.port: int = self.server_address[1]

    def __enter__(self) -> "Sink":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def mailers(self) -> dict[str, Any]:
        """Django's MAILERS setting for it."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 20}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"default": {"BACKEND": backend, "OPTIONS": options}}

    def recipients(self) -> list[str]:
        return sorted(message["To"] for message in self.mailbox)


class _Talk(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.server.connected.release()
        if self.server.silent:
            self.rfile.read()  # until the sender is gone
            return
        self._say("220 at your service")
        for line in self.rfile:
            match line.split()[0].upper():
                case b"DATA":
                    self._say("354 go ahead")
                    self._take()
                    self._say("250 taken")
                case b"QUIT":
                    self._say("221 good day")
                    return
                case _:
                    self._say("250 fine")

    def _take(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        self.server.mailbox.append(message_from_bytes(b"".join(lines), policy=modern))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
