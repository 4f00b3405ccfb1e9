"""The client of PayPal: what it repeats, what it does not, and what it says of silence."""

import logging
from collections.abc import Callable

import httpx
import pytest

from billing.gateways.base import GatewayRefused, GatewayUnavailable, GatewayUnknownOutcome
from billing.gateways.paypal_client import NotThere, PayPalClient

SECRET = "a-very-secret-secret"


class Server:
    """Answers in turn; the last answer for ever. Counts what it is asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []
        self.tokens = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth2/token"):
            self.tokens += 1
            return httpx.Response(
                200, json={"access_token": f"token-{self.tokens}", "expires_in": 32_000}
            )
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def client(server: Callable[[httpx.Request], httpx.Response], pauses: list[float]) -> PayPalClient:
    return PayPalClient(
        client_id="app",
        client_secret=SECRET,
        api_base="https://api-m.paypal.test",
        timeout_seconds=1,
        transport=httpx.MockTransport(server),
        pause=pauses.append,
    )


def ok() -> httpx.Response:
    return httpx.Response(200, json={"id": "X1"})


def broken(status: int = 500, **headers: str) -> httpx.Response:
    return httpx.Response(
        status,
        json={"name": "INTERNAL_SERVER_ERROR"},
        headers={"Paypal-Debug-Id": "f00", **headers},
    )


def refused(issue: str, status: int = 422) -> httpx.Response:
    details = [{"issue": issue, "description": "No."}]
    return httpx.Response(status, json={"name": "UNPROCESSABLE_ENTITY", "details": details})


def test_one_token_serves_many_calls() -> None:
    server = Server(ok())
    port = client(server, [])

    for _ in range(3):
        assert port.get("look", "/v2/things/1") == {"id": "X1"}

    assert server.tokens == 1
    assert {one.headers["authorization"] for one in server.seen} == {"Bearer token-1"}


def test_a_token_that_was_taken_back_is_renewed_once() -> None:
    server = Server(httpx.Response(401, json={}), ok())

    assert client(server, []).post("do", "/v2/things", {}) == {"id": "X1"}

    assert [one.headers["authorization"] for one in server.seen] == [
        "Bearer token-1",
        "Bearer token-2",
    ]


def test_keys_that_are_wrong_are_no_loop() -> None:
    server = Server(httpx.Response(401, json={}))

    with pytest.raises(GatewayUnavailable) as caught:
        client(server, []).get("look", "/v2/things/1")

    assert len(server.seen) == 2
    assert not isinstance(caught.value, GatewayUnknownOutcome)


def test_what_can_heal_is_repeated_under_the_same_id_with_longer_pauses() -> None:
    server, pauses = Server(broken(), broken(503), ok()), list[float]()

    client(server, pauses).post("do", "/v2/things", {"a": 1}, request_id="payment:1")

    assert [one.headers["paypal-request-id"] for one in server.seen] == ["payment:1"] * 3
    assert {one.content for one in server.seen} == {b'{"a":1}'}
    assert 0 <= pauses[0] <= 0.25
    assert 0 <= pauses[1] <= 0.5


def test_a_limit_is_waited_for_as_long_as_asked_within_bounds() -> None:
    server, pauses = Server(broken(429, **{"Retry-After": "3"}), ok()), list[float]()
    client(server, pauses).post("do", "/v2/things", {})
    assert pauses == [3.0]

    server, pauses = Server(broken(429, **{"Retry-After": "900"}), ok()), list[float]()
    client(server, pauses).post("do", "/v2/things", {})
    assert pauses == [5.0]


@pytest.mark.parametrize("answer", [broken(), httpx.ReadTimeout("slow"), httpx.ReadError("cut")])
def test_a_write_without_an_id_is_made_once_and_its_outcome_is_unknown(
    answer: httpx.Response | Exception,
) -> None:
    server = Server(answer)

    with pytest.raises(GatewayUnknownOutcome):
        client(server, []).post("do", "/v2/things", {})

    assert len(server.seen) == 1


def test_a_write_that_never_left_is_made_again_even_without_an_id() -> None:
    server = Server(httpx.ConnectError("refused"), ok())

    assert client(server, []).post("do", "/v2/things", {}) == {"id": "X1"}


def test_a_gateway_that_cannot_be_reached_has_heard_nothing() -> None:
    server = Server(httpx.ConnectTimeout("nobody"))

    with pytest.raises(GatewayUnavailable) as caught:
        client(server, []).post("do", "/v2/things", {}, request_id="payment:1")

    assert not isinstance(caught.value, GatewayUnknownOutcome)
    assert len(server.seen) == 3


def test_a_read_that_fails_leaves_nothing_unknown() -> None:
    server = Server(broken())

    with pytest.raises(GatewayUnavailable) as caught:
        client(server, []).get("look", "/v2/things/1")

    assert not isinstance(caught.value, GatewayUnknownOutcome)
    assert "debug id f00" in caught.value.detail


def test_a_twin_that_is_worked_on_is_waited_for() -> None:
    busy = refused("PREVIOUS_REQUEST_IN_PROGRESS", status=409)
    server = Server(busy, ok())
    assert client(server, []).post("do", "/v2/things", {}, request_id="a:1") == {"id": "X1"}

    with pytest.raises(GatewayUnknownOutcome):
        client(Server(busy), []).post("do", "/v2/things", {}, request_id="a:1")


def test_a_no_is_a_no_with_paypals_finest_word_and_is_not_repeated() -> None:
    server = Server(refused("INSTRUMENT_DECLINED"))

    with pytest.raises(GatewayRefused) as caught:
        client(server, []).post("do", "/v2/things", {}, request_id="a:1")

    assert (caught.value.reason, len(server.seen)) == ("INSTRUMENT_DECLINED", 1)
    with pytest.raises(NotThere):
        client(Server(refused("INVALID_RESOURCE_ID", 404)), []).get("look", "/v2/things/1")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}"])
def test_an_answer_that_cannot_be_read_is_silence(body: bytes) -> None:
    with pytest.raises(GatewayUnknownOutcome):
        client(Server(httpx.Response(200, content=body)), []).post("do", "/v2/things", {})


def test_no_secret_and_no_body_reaches_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="billing")
    with pytest.raises(GatewayUnknownOutcome) as caught:
        client(Server(broken()), []).post("do", "/v2/x", {"private": 1}, request_id="a:1")

    told = caplog.text + str(caught.value)
    assert "/v2/x" in told
    for secret in (SECRET, "token-1", "private", "Basic"):
        assert secret not in told
