"""Send a case into the product, in this process, and judge what comes back by the document.

The judges are schemathesis's own: no 5xx, a documented status, a documented media type, a body and
headers that fit their schemas. What is no operation of the document (another method, another
address) must answer as a problem all the same.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

import requests
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, close_old_connections, connection
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    is_unexpected_http_status_case,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import Client, EnvironBuilder

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PROBLEM = "application/problem+json"
_addresses = itertools.count(1)


def new_address() -> str:
    """Return a source that nobody has called from: what is limited by source stays reachable."""
    number = next(_addresses) % 0xFFFFFF
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep the WSGI application from closing the session in which the test's transaction runs."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@dataclass(slots=True)
class Range:
    """Where cases are shot, and what was found there: one line for each distinct finding."""

    application: Callable[..., Any] = field(default_factory=get_wsgi_application)
    statuses: Counter[int] = field(default_factory=Counter)
    found: dict[str, str] = field(default_factory=dict)

    def shoot(self, case: Any, headers: Mapping[str, str]) -> Response:
        """Send one of schemathesis's cases and judge the answer."""
        with one_connection():
            response: Response = case.call(
                app=self.application,
                headers=dict(headers),
                environ_base={"REMOTE_ADDR": new_address()},
            )
        self.judge(case, response, case.as_curl_command)
        return response

    def send(
        self, operation: Any, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Response:
        """Send bytes to an operation at any address, whatever they are, and judge the answer."""
        method = operation.method.upper()
        response = self.raw(method, address, body, headers)
        shown = f"{method} {address[:200]} {dict(headers)!s:.300} {(body or b'')[:200]!r}"
        names = [one["name"] for one in operation.definition.raw.get("parameters", ())]
        self.judge(
            operation.Case(path_parameters=dict.fromkeys(names, "x")), response, lambda: shown
        )
        return response

    def raw(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Response:
        """Send without judging."""
        path, _, query = address.partition("?")
        builder = EnvironBuilder(
            path="/",
            method=method,
            input_stream=None,
            data=body,
            headers=list(headers.items()),
            query_string=query,
            environ_base={"REMOTE_ADDR": new_address()},
        )
        environ = builder.get_environ()
        builder.close()
        environ["PATH_INFO"] = _unquoted(path)  # byte by byte, as a server hands it on
        environ["QUERY_STRING"] = query
        with one_connection():
            answer = Client(self.application).open(environ)
        told: dict[str, list[str]] = {}
        for name, value in answer.headers:
            told.setdefault(name.lower(), []).append(value)
        return Response(
            status_code=answer.status_code,
            headers=told,
            content=answer.get_data(),
            request=requests.Request(method, "http://localhost/").prepare(),
            elapsed=0,
            verify=False,
        )

    def judge(self, case: Any, response: Response, shown: Callable[[], str]) -> None:
        """Count the answer, and keep what is wrong with it."""
        self.statuses[response.status_code] += 1
        if is_unexpected_http_status_case(case):
            self.judge_stray(response, shown)
        else:
            try:
                case.validate_response(
                    response, checks=CHECKS, transport_kwargs={"base_url": "http://localhost"}
                )
            except FailureGroup as group:
                for failure in group.exceptions:
                    self.note(f"{response.status_code} {failure.title}", failure, response, shown)
        self._look_at_constraints(shown)

    def note(self, what: str, why: Any, response: Response | None, shown: Any) -> None:
        """Keep one finding; the first of its kind stands for all."""
        answer = response.content[:400] if response else b""
        self.found.setdefault(what, f"{what}: {why}\n  by {shown()}\n  answer {answer!r}")

    def check(self) -> None:
        """Assert that nothing was found."""
        assert not self.found, "\n\n".join(self.found.values())

    def judge_stray(self, response: Response, shown: Callable[[], str]) -> None:
        """Judge what is no operation of the document: it is refused, as a problem."""
        types = response.headers.get("content-type", [""])
        if response.status_code >= 500:
            self.note(f"{response.status_code} server error", "a stray request", response, shown)
        elif response.status_code >= 400 and not types[0].startswith(PROBLEM):
            self.note(f"{response.status_code} is no problem", types[0], response, shown)

    def _look_at_constraints(self, shown: Callable[[], str]) -> None:
        """Ask the constraints that wait for a commit, which a test never reaches."""
        if not connection.in_atomic_block:
            return
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        except DatabaseError as error:
            self.note("a constraint at the commit", error, None, shown)
            raise


def _unquoted(path: str) -> str:
    """Return PATH_INFO as WSGI has it: the bytes of the address, each one a character."""
    return unquote_to_bytes(path).decode("latin-1")
