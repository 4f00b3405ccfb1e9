"""One call to PayPal over HTTP: token, timeout, bounded retries, its errors in the port's words.

It knows PayPal's envelope (OAuth, `PayPal-Request-Id`, error bodies) and none of its objects.
What is repeated is what can heal and cannot double: reads, and writes that carry a request id.
Nothing of a request or an answer is logged but the method, the path, the status and the debug id.
Source: https://developer.paypal.com/api/rest/ ("Requests", "Responses", "Idempotency").
"""

import base64
import json
import logging
import random
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from billing.gateways.base import (
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnknownOutcome,
    refuse_inside_transaction,
)

logger = logging.getLogger(__name__)

type Json = dict[str, Any]
type Part = tuple[str, bytes, str]  # name, content, type

# The connection was never made, so PayPal has heard nothing.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LONGEST_PAUSE = 5.0
# A token is renewed before it ends, so that none ends under way.
_TOKEN_MARGIN = 60.0
DEBUG_ID = "paypal-debug-id"
# The APIs whose writes answer with the least of an object unless they are asked for all of it.
_REPRESENTED = ("/v2/checkout/", "/v2/payments/")


class NotThere(GatewayRefused):
    """PayPal knows no such object."""


@dataclass(frozen=True, slots=True)
class _Call:
    """What is asked, and whether asking it again can do harm."""

    what: str
    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Json | None = None
    request_id: str | None = None
    files: Sequence[Part] | None = None

    @property
    def sends(self) -> dict[str, Any]:
        """Return the body as httpx takes it: JSON, or parts of which the first is JSON."""
        if self.files is None:
            return {"json": self.body}
        first = ("input", (None, json.dumps(self.body), "application/json"))
        parts = [(f"file{number}", part) for number, part in enumerate(self.files, start=1)]
        return {"files": [first, *parts]}

    @property
    def repeatable(self) -> bool:
        return self.method == "GET" or self.request_id is not None

    @property
    def silence(self) -> type[GatewayUnavailable]:
        """Tell what it means that no usable answer came after it was sent."""
        return GatewayUnavailable if self.method == "GET" else GatewayUnknownOutcome


class PayPalClient:
    """One PayPal account. Safe to share between threads; it keeps connections and one token."""

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        api_base: str,
        timeout_seconds: float,
        max_retries: int = 2,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.api_base = api_base.rstrip("/")
        self._basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        self._max_retries = max_retries
        self._pause = pause
        self._http = httpx.Client(
            timeout=timeout_seconds, transport=transport, trust_env=False, follow_redirects=False
        )
        weakref.finalize(self, self._http.close)
        self._lock = threading.Lock()
        self._token, self._token_until = "", 0.0

    def get(self, what: str, path: str, query: Mapping[str, str] | None = None) -> Json:
        """Read. Raises NotThere, GatewayRefused, GatewayUnavailable."""
        return self._made(_Call(what, "GET", path, query=query))

    def post(self, what: str, path: str, body: Json, *, request_id: str | None = None) -> Json:
        """Write, under `request_id` where PayPal can keep one for this operation.

        Raises NotThere, GatewayRefused, GatewayUnavailable, GatewayUnknownOutcome.
        """
        return self._made(_Call(what, "POST", path, body=body, request_id=request_id))

    def post_parts(self, what: str, path: str, body: Json, files: Sequence[Part]) -> Json:
        """Write JSON with files beside it, once. Raises as `post` does."""
        return self._made(_Call(what, "POST", path, body=body, files=files))

    def fetch(self, what: str, url: str, *, most_bytes: int) -> bytes:
        """Get a public document of PayPal's, without any token; one try.

        Raises GatewayUnavailable where it is not there, or longer than `most_bytes`.
        """
        refuse_inside_transaction(f"PayPal ({what})")
        try:
            with self._http.stream("GET", url) as answer:
                if answer.status_code != httpx.codes.OK:
                    raise GatewayUnavailable(f"PayPal did not {what}: {answer.status_code}.")
                found = b""
                for part in answer.iter_bytes():
                    found += part
                    if len(found) > most_bytes:
                        raise GatewayUnavailable(f"PayPal's answer to {what} is too long.")
                return found
        except httpx.HTTPError as error:
            raise GatewayUnavailable(f"PayPal did not {what} ({type(error).__name__}).") from error

    def _made(self, call: _Call) -> Json:
        refuse_inside_transaction(f"PayPal ({call.what})")
        renewed = False
        for tries_left in range(self._max_retries, -1, -1):
            token = self._bearer(call)
            try:
                answer = self._http.request(
                    call.method,
                    f"{self.api_base}{call.path}",
                    params=call.query,
                    **call.sends,
                    headers=_headers(call, token),
                )
            except httpx.TransportError as error:
                sent = not isinstance(error, _NOT_SENT)
                if tries_left and (not sent or call.repeatable):
                    self._wait(tries_left, call, type(error).__name__)
                    continue
                raise _unheard(call, error, sent=sent) from error
            if answer.status_code == httpx.codes.UNAUTHORIZED and not renewed:
                # Once: the token was taken back. Nothing has happened under the old one.
                renewed = True
                self._forget(token)
                answer = self._again(call)
            if tries_left and _heals(answer, call):
                self._wait(tries_left, call, _said(answer), answer=answer)
                continue
            return _read(call, answer)
        raise AssertionError("the last try either answers or raises")

    def _again(self, call: _Call) -> httpx.Response:
        try:
            return self._http.request(
                call.method,
                f"{self.api_base}{call.path}",
                params=call.query,
                **call.sends,
                headers=_headers(call, self._bearer(call)),
            )
        except httpx.TransportError as error:
            raise _unheard(call, error, sent=not isinstance(error, _NOT_SENT)) from error

    def _wait(
        self, tries_left: int, call: _Call, why: str, *, answer: httpx.Response | None = None
    ) -> None:
        """Pause with full jitter, longer each time; not shorter than PayPal asks for."""
        spell = 0.25 * 2 ** (self._max_retries - tries_left)
        asked = answer.headers.get("retry-after", "") if answer is not None else ""
        least = float(asked) if asked.isascii() and asked.isdigit() else 0.0
        logger.info("PayPal %s %s: %s; again", call.method, call.path, why)
        self._pause(min(_LONGEST_PAUSE, max(least, random.uniform(0, spell))))  # noqa: S311

    def _bearer(self, call: _Call) -> str:
        """Return the process's token, asking for one where there is none that lasts."""
        with self._lock:
            if time.monotonic() < self._token_until:
                return self._token
            answer = self._ask_for_token(call)
            self._token = str(answer["access_token"])
            lasts = max(0.0, float(answer.get("expires_in", 0)) - _TOKEN_MARGIN)
            self._token_until = time.monotonic() + lasts
            return self._token

    def _ask_for_token(self, call: _Call) -> Json:
        for tries_left in range(self._max_retries, -1, -1):
            try:
                answer = self._http.post(
                    f"{self.api_base}/v1/oauth2/token",
                    data={"grant_type": "client_credentials"},
                    headers={"Authorization": f"Basic {self._basic}", "Accept": "application/json"},
                )
            except httpx.TransportError as error:
                if tries_left:
                    self._wait(tries_left, call, type(error).__name__)
                    continue
                raise _unheard(call, error, sent=False) from error
            if answer.is_success:
                found = _json(answer)
                if "access_token" in found:
                    return found
            if tries_left and (answer.is_server_error or answer.status_code == 429):
                self._wait(tries_left, call, _said(answer), answer=answer)
                continue
            break
        raise GatewayUnavailable(
            f"PayPal would not sign us in to {call.what} ({_said(answer)}). Check "
            "PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET, or try again in a minute."
        )

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._token_until = 0.0


def segment(value: str) -> str:
    """Return an id as one segment of a path."""
    return quote(value, safe="")


def _headers(call: _Call, token: str) -> dict[str, str]:
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
    }
    if call.method == "POST" and call.path.startswith(_REPRESENTED):
        headers["Prefer"] = "return=representation"
    if call.request_id is not None:
        headers["PayPal-Request-Id"] = call.request_id
    return headers


def _heals(answer: httpx.Response, call: _Call) -> bool:
    """Say whether the same call may be answered otherwise in a moment, and may be made again."""
    if answer.status_code == 429:
        return True  # it was not looked at
    busy = answer.status_code == 409 and call.request_id is not None
    return call.repeatable and (answer.is_server_error or busy)


def _read(call: _Call, answer: httpx.Response) -> Json:
    if answer.is_success:
        if answer.status_code == httpx.codes.NO_CONTENT:
            return {}
        found = _json(answer)
        if found:
            return found
        raise _silent(call, answer)
    if answer.status_code in (400, 404, 409, 422):
        reason, text = _problem(answer)
        if answer.status_code == 409 and call.request_id is not None:
            raise _silent(call, answer)  # the first call with this id is still being worked on
        kind = NotThere if answer.status_code == 404 else GatewayRefused
        raise kind(f"PayPal refused to {call.what}: {text} ({_said(answer)})", reason=reason)
    if answer.is_client_error:  # keys or rights (ours to mend), a limit: nothing happened
        raise GatewayUnavailable(
            f"PayPal would not {call.what} now ({_said(answer)}). Try again in a minute."
        )
    raise _silent(call, answer)


def _problem(answer: httpx.Response) -> tuple[str, str]:
    """Return PayPal's own code for the refusal, the finest that it gives, and its words."""
    body = _json(answer)
    details = body.get("details")
    first = details[0] if isinstance(details, list) and details else {}
    reason = first.get("issue") or body.get("name") or str(answer.status_code)
    return str(reason)[:80], str(first.get("description") or body.get("message") or reason)[:300]


def _json(answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _said(answer: httpx.Response) -> str:
    return f"{answer.status_code}, debug id {answer.headers.get(DEBUG_ID, 'none')}"


def _silent(call: _Call, answer: httpx.Response) -> GatewayUnavailable:
    return call.silence(
        f"PayPal gave no usable answer when asked to {call.what} ({_said(answer)}). "
        "Try again in a minute; repeating is safe."
    )


def _unheard(call: _Call, error: Exception, *, sent: bool) -> GatewayUnavailable:
    kind = call.silence if sent else GatewayUnavailable
    return kind(
        f"PayPal did not answer when asked to {call.what} ({type(error).__name__}). "
        "Try again in a minute; repeating is safe."
    )
