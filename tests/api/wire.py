"""What goes over the wire to the gateway: every call with its key.

A forwarder on loopback between the product and the stand-in. It changes nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

HOP_BY_HOP = frozenset(
    {"connection", "content-length", "transfer-encoding", "content-encoding", "host", "date",
     "server", "accept-encoding"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the gateway, and the Idempotency-Key that it carried ("" for none)."""

    method: str
    path: str
    key: str


@dataclass(slots=True)
class Wire:
    """Where the product finds the gateway, and the calls so far, oldest first."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)

    @property
    def writes(self) -> list[Call]:
        """What changed something there."""
        return [call for call in self.calls if call.method != "GET"]

    def keys(self, path: str) -> set[str]:
        """Return the keys of the writes to a path."""
        return {call.key for call in self.writes if call.path == path}


@contextmanager
def wire_to(target: str) -> Iterator[Wire]:
    """Forward what comes to `Wire.url` to the stand-in at `target`."""
    wire = Wire()
    client = httpx.Client(base_url=target, timeout=60, trust_env=False)

    class Forward(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.partition("?")[0]
            key = self.headers.get("Idempotency-Key", "")
            wire.calls.append(Call(self.command, path, key))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
            answer = client.request(self.command, self.path, content=body, headers=headers)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_DELETE = do_PATCH = forward  # noqa: N815 - the names of the protocol

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Forward)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    wire.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield wire
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
        client.close()
