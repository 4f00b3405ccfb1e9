"""A threaded HTTP/1.1 server with keep-alive, for loopback; it knows no path."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from sandbox.core.messages import DropConnection, Request, Response

type Application = Callable[[Request], Response]

_LARGEST_BODY = 64 * 1024 * 1024  # ten documents of a dispute


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 900
    server: LoopbackServer

    def _serve(self) -> None:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= _LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._send(Response(status=413 if length > _LARGEST_BODY else 400, body=b"{}"))
            return
        target = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=target.path,
            query=target.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            remote=self.client_address[0],
        )
        try:
            answer = self.server.application(request)
        except DropConnection:
            self.close_connection = True
            return
        self._send(answer)

    do_GET = do_POST = do_DELETE = do_OPTIONS = do_HEAD = _serve  # noqa: N815

    def _send(self, answer: Response) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def version_string(self) -> str:
        return "sandbox"

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the delivery log and the events are the record."""


class LoopbackServer(ThreadingHTTPServer):
    """Listens on a loopback address and on no other, unless `anywhere` is asked for.

    That is for a container with a network of its own, whose port is published on loopback.
    """

    daemon_threads = True
    request_queue_size = 512

    def __init__(
        self, host: str, port: int, application: Application, *, anywhere: bool = False
    ) -> None:
        self.application = application
        address = "127.0.0.1" if host == "localhost" else host
        if not anywhere and not ipaddress.ip_address(address).is_loopback:
            raise ValueError(f"the stand-in listens on loopback only, not on {host}")
        if ":" in address:
            self.address_family = socket.AF_INET6
        super().__init__((address, port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that went away in the middle of an answer."""
