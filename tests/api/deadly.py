"""The product as a process that dies as in a power cut, at the point that a request names.

`python -m tests.api.deadly <port>` serves it with a process for each call, forked from one that
has everything loaded: whoever dies, the next call finds another. `X-Die-At` names the point; a
POST to JOBS has the jobs done that are due, as a worker does, and dies on the way.
"""

import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterable
from importlib import import_module
from socketserver import ForkingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

JOBS = "/do-jobs"
# Each point: where, and whether what is named there has been done by then.
POINTS: dict[str, tuple[str, str, bool]] = {
    "begun": ("kernel.idempotency", "begin", True),
    "session written": ("billing.checkout", "_write_down", True),
    "package written": ("billing.packages", "_write_down", True),
    "intent made": ("billing.payments", "_create", True),
    "reference kept": ("billing.payments", "open_intent", True),
    "cancelled": ("billing.cancellations", "cancel", True),
    "answer not kept": ("kernel.idempotency", "finish", False),
    "answer kept": ("kernel.idempotency", "finish", True),
    "refund not ordered": ("billing.gateways.stripe_gateway.StripeGateway", "refund", False),
    "refund ordered": ("billing.gateways.stripe_gateway.StripeGateway", "refund", True),
}
_now = threading.local()  # `point` of the request in this thread; `careless` for a planted fault


def arm() -> None:
    """Lay the points; the product is set up already."""
    for point, (place, name, after) in POINTS.items():
        holder = _find(place)
        setattr(holder, name, _deadly(getattr(holder, name), point, after=after))
    gateway = _find("billing.gateways.stripe_gateway.StripeGateway")
    gateway.create_intent = _careless(gateway.create_intent)


def _deadly(real: Callable[..., Any], point: str, *, after: bool) -> Callable[..., Any]:
    def acting(*given: Any, **named: Any) -> Any:
        dies = getattr(_now, "point", "") == point
        if dies and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = real(*given, **named)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return acting


def _careless(real: Callable[..., Any]) -> Callable[..., Any]:
    """Plant the fault that the test must find: a key of its own for every try."""

    def acting(*given: Any, **named: Any) -> Any:
        if getattr(_now, "careless", False):
            named["payment_id"] = uuid.uuid4()
        return real(*given, **named)

    return acting


def _find(place: str) -> Any:
    module, _, name = place.rpartition(".")
    return getattr(import_module(module), name) if name[0].isupper() else import_module(place)


class Server(ForkingMixIn, WSGIServer):
    """A process for each call."""


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def serve(port: int) -> None:
    """Load the product, lay the points and serve until the end."""
    # The product is set up by this import, and not by whoever reads the points alone.
    from config.wsgi import application as product  # noqa: PLC0415
    from kernel import tasks  # noqa: PLC0415

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _now.point = environ.get("HTTP_X_DIE_AT", "")
        _now.careless = "HTTP_X_CARELESS" in environ
        if environ["PATH_INFO"] == JOBS:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [str(tasks.drain()).encode()]
        answer: Iterable[bytes] = product(environ, start_response)
        return answer

    arm()
    with make_server("127.0.0.1", port, application, Server, Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
