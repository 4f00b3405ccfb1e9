"""The product as a process that dies as in a power cut, at the point that a request names.

As a WSGI application (`tests.api.deadly:application`) it reads the point from `X-Die-At`; as a
program, `python -m tests.api.deadly <point>`, it does the jobs that are due and dies on the way.
"""

import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

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


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve the product, and die where the request says."""
    _now.point = environ.get("HTTP_X_DIE_AT", "")
    _now.careless = "HTTP_X_CARELESS" in environ
    answer: Iterable[bytes] = _product(environ, start_response)
    return answer


def _do_jobs(point: str) -> None:
    import django  # noqa: PLC0415 - set up before anything of the product is imported

    django.setup()
    from kernel import tasks  # noqa: PLC0415

    arm()
    _now.point = point
    tasks.drain()


if __name__ == "__main__":
    _do_jobs(*sys.argv[1:])
elif os.environ.get("DEADLY"):  # the served one; a test may import the points alone
    from config.wsgi import application as _product

    arm()
