"""The stand-in's video rooms: whom a pass lets in, who is seen there, and what is told of it."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Receiver, until
from tests.scheduling.room_reports import b64url, signed_jwt
from tests.standin import StandIn

SECRET = "of the rooms, thirty-two bytes or more"
WEBHOOK_SECRET = "of the reports"
ROOM = "3f2a"
HOUR = 3_600


@pytest.fixture(scope="module")
def ear() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, ear: Receiver) -> Iterator[StandIn]:
    """One with rooms, which reports to `ear`."""
    arguments = [
        *("--jitsi-app-id", "counterfoil", "--jitsi-app-secret", SECRET),
        *("--jitsi-webhook-url", ear.url, "--jitsi-webhook-secret", WEBHOOK_SECRET),
    ]
    running = StandIn(tmp_path_factory.mktemp("rooms") / "state", arguments=arguments)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def rooms(house: StandIn, ear: Receiver) -> StandIn:
    """It, empty, and nothing heard yet."""
    house.reset()
    ear.received.clear()
    return house


def claims(name: str = "Ann", **other: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "aud": "jitsi",
        "iss": "counterfoil",
        "sub": "*",
        "room": ROOM,
        "nbf": now - HOUR,
        "exp": now + HOUR,
        "context": {"user": {"id": f"usr_{name.lower()}", "name": name, "moderator": False}},
        **other,
    }


def pass_of(name: str = "Ann", *, secret: str = SECRET, **other: Any) -> str:
    return signed_jwt(claims(name, **other), secret)


def ask(rooms: StandIn, what: str, *, room: str = ROOM, **body: str) -> httpx.Response:
    return httpx.post(f"{rooms.url}/rooms/{room}/{what}", json=body, trust_env=False)


def enters(rooms: StandIn, name: str = "Ann", **other: Any) -> dict[str, Any]:
    answer = ask(rooms, "enter", jwt=pass_of(name, **other))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(told: dict[str, Any]) -> list[str]:
    return [one["name"] for one in told["people"]]


def heard(ear: Receiver, count: int) -> list[dict[str, Any]]:
    """Wait for so many reports, check each signature by hand, and return what they say."""
    until(lambda: len(ear.received) >= count)
    told = []
    for headers, body in list(ear.received):
        stamp, made = headers["X-Jaas-Signature"].split(",")
        signed = stamp.removeprefix("t=").encode() + b"." + body
        expected = base64.b64encode(hmac.digest(WEBHOOK_SECRET.encode(), signed, "sha256"))
        assert made == f"v1={expected.decode()}"
        told.append(json.loads(body))
    return told


def test_who_comes_sees_who_is_there(rooms: StandIn) -> None:
    host = {"user": {"id": "usr_ada", "name": "Ada", "moderator": True}}
    first = enters(rooms, "Ann")
    second = enters(rooms, "Ada", context=host)

    assert names(first) == ["Ann"]
    assert names(second) == ["Ann", "Ada"]
    again = ask(rooms, "stay", seat=first["seat"]).json()
    assert [(one["is_you"], one["is_host"]) for one in again["people"]] == [
        (True, False),
        (False, True),
    ]


def test_rooms_are_apart(rooms: StandIn) -> None:
    first = enters(rooms, "Ann")
    other = ask(rooms, "enter", room="9c1d", jwt=pass_of("Bob", room="9c1d")).json()

    assert names(other) == ["Bob"]
    assert names(ask(rooms, "stay", seat=first["seat"]).json()) == ["Ann"]
    assert ask(rooms, "stay", room="9c1d", seat=first["seat"]).status_code == 404


def test_coming_and_going_is_told_once_each_and_signed(rooms: StandIn, ear: Receiver) -> None:
    seat = enters(rooms, "Ann")["seat"]
    heard(ear, 1)
    for _ in range(2):
        assert ask(rooms, "leave", seat=seat).status_code == 204
    other = enters(rooms, "Ada")["seat"]
    told = heard(ear, 3)

    assert [one["eventType"] for one in told] == [
        "PARTICIPANT_JOINED",
        "PARTICIPANT_LEFT",
        "PARTICIPANT_JOINED",
    ]
    assert [one["data"]["id"] for one in told] == ["usr_ann", "usr_ann", "usr_ada"]
    assert {one["fqn"] for one in told} == {f"counterfoil/{ROOM}"}
    assert len({one["idempotencyKey"] for one in told}) == 3
    assert abs(told[0]["timestamp"] / 1000 - time.time()) < 60
    assert names(ask(rooms, "stay", seat=other).json()) == ["Ada"]


def refused() -> dict[str, tuple[str, str]]:
    """Return passes that do not fit, as of now, each with what is said of it."""
    now = int(time.time())
    return {
        "no pass": ("", "You need a pass"),
        "no token": ("not.a.token", "This pass is not genuine"),
        "another secret": (pass_of(secret="guessed"), "This pass is not genuine"),
        "over": (pass_of(exp=now - 1), "This pass has run out"),
        "early": (pass_of(nbf=now + HOUR, exp=now + 2 * HOUR), "The room is not open yet"),
        "without an end": (pass_of(exp=None), "A pass without its hours"),
        "another room": (pass_of(room="9c1d"), "A pass for another room"),
        "another domain": (pass_of(sub="meet.example.org"), "A pass for another room"),
        "another service": (pass_of(iss="elsewhere"), "A pass of another service"),
        "another audience": (pass_of(aud="zoom"), "A pass of another service"),
    }


@pytest.mark.parametrize("kind", refused())
def test_a_pass_that_does_not_fit_is_refused_in_words(
    rooms: StandIn, ear: Receiver, kind: str
) -> None:
    token, title = refused()[kind]

    page = httpx.get(f"{rooms.url}/rooms/{ROOM}", params={"jwt": token}, trust_env=False)
    entry = ask(rooms, "enter", jwt=token)

    assert page.status_code == entry.status_code == (403 if token else 401)
    assert f"<h1>{title}</h1>" in page.text
    assert entry.json()["error"]["title"] == title
    assert names(enters(rooms, "Bob")) == ["Bob"]  # nobody else came in, and who may still does
    assert [one["data"]["id"] for one in heard(ear, 1)] == ["usr_bob"]


def test_a_token_that_names_another_algorithm_is_no_pass(rooms: StandIn) -> None:
    body = b64url(json.dumps(claims()).encode())
    for algorithm in ("none", "HS512"):
        head = b64url(json.dumps({"alg": algorithm}).encode())
        signature = hmac.digest(SECRET.encode(), f"{head}.{body}".encode(), "sha256")
        for token in (f"{head}.{body}.", f"{head}.{body}.{b64url(signature)}"):
            assert ask(rooms, "enter", jwt=token).status_code == 403


def test_a_pass_is_looked_at_when_somebody_comes_and_never_again(rooms: StandIn) -> None:
    now = int(time.time())
    seat = enters(rooms, exp=now + HOUR)["seat"]
    later = {"Sandbox-Time": str(now + 2 * HOUR)}

    stays = httpx.post(
        f"{rooms.url}/rooms/{ROOM}/stay", json={"seat": seat}, headers=later, trust_env=False
    )
    comes = httpx.post(
        f"{rooms.url}/rooms/{ROOM}/enter",
        json={"jwt": pass_of(exp=now + HOUR)},
        headers=later,
        trust_env=False,
    )

    assert (stays.status_code, comes.status_code) == (200, 403)


def test_looking_at_a_link_is_not_coming(rooms: StandIn, ear: Receiver) -> None:
    page = httpx.get(f"{rooms.url}/rooms/{ROOM}", params={"jwt": pass_of("Eve")}, trust_env=False)
    enters(rooms, "Ann")

    assert page.status_code == 200
    assert [one["data"]["id"] for one in heard(ear, 1)] == ["usr_ann"]


def test_a_page_that_falls_silent_has_left_and_one_that_speaks_has_not(
    rooms: StandIn, ear: Receiver
) -> None:
    silent, speaking = enters(rooms, "Ann")["seat"], enters(rooms, "Ada")["seat"]
    rooms.control("POST", "clock", advance_seconds=60)
    ask(rooms, "stay", seat=speaking)
    rooms.control("POST", "clock", advance_seconds=60)

    assert names(ask(rooms, "stay", seat=speaking).json()) == ["Ada"]
    assert ask(rooms, "stay", seat=silent).status_code == 404
    last = heard(ear, 3)[-1]
    assert (last["eventType"], last["data"]["id"]) == ("PARTICIPANT_LEFT", "usr_ann")
    assert last["data"]["disconnectReason"] == "connection_lost"


def test_a_killed_stand_in_has_lost_nobody_and_tells_what_it_had_not_told(
    rooms: StandIn, ear: Receiver
) -> None:
    rooms.control("POST", "webhooks/hold")
    seat = enters(rooms, "Ann")["seat"]
    rooms.stop(kill=True)
    rooms.start()
    rooms.control("POST", "webhooks/release")

    assert names(ask(rooms, "stay", seat=seat).json()) == ["Ann"]
    assert [one["data"]["id"] for one in heard(ear, 1)] == ["usr_ann"]


def test_a_page_from_elsewhere_speaks_for_nobody(rooms: StandIn) -> None:
    def enter(origin: str) -> int:
        url = f"{rooms.url}/rooms/{ROOM}/enter"
        headers = {"Origin": origin}
        return httpx.post(
            url, json={"jwt": pass_of()}, headers=headers, trust_env=False
        ).status_code

    assert (enter("https://elsewhere.example"), enter("http://127.0.0.1:8000")) == (403, 200)


def test_a_stand_in_without_a_secret_has_no_rooms(standin: StandIn) -> None:
    page = httpx.get(f"{standin.url}/rooms/{ROOM}", params={"jwt": pass_of()}, trust_env=False)

    assert page.status_code == 404


def test_a_name_is_text_and_never_markup(rooms: StandIn) -> None:
    user = {"user": {"id": "usr_eve", "name": "<b>Eve</b>"}}
    token = pass_of(context=user)
    page = httpx.get(f"{rooms.url}/rooms/{ROOM}", params={"jwt": token}, trust_env=False)

    assert "&lt;b&gt;Eve&lt;/b&gt;" in page.text
    assert "<b>" not in page.text
