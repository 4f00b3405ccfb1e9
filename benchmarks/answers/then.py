"""The product at the instant of a drawn market: whoever asks over HTTP asks on that Monday.

A time that can be booked depends on when one asks (notices, how far ahead a mentor lets book), so a
server of today would have other mentors than the statements, which are handed the instant.
"""

from collections.abc import Iterable
from typing import Any

from benchmarks.kit.crowd import NOW
from config.wsgi import application as product
from kernel import clock


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    with clock.travel(NOW):
        answer: Iterable[bytes] = product(environ, start_response)
        return answer
