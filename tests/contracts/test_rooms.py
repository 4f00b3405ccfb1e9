"""Passes and reports between the product's Jitsi and the stand-in's rooms: each reads the other."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from scheduling.rooms.base import BadRoomSignature, Guest, Move
from scheduling.rooms.jitsi import JitsiRooms
from tests.sandbox.conftest import Receiver, until
from tests.standin import StandIn

SECRET = "of the rooms, thirty-two bytes or more"
ROOM = "3f2a"
ADA = Guest("usr_ada", "Ada Adams", is_host=True)
ANN = Guest("usr_ann", "Ann", is_host=False)


@pytest.fixture(scope="module")
def ear() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, ear: Receiver) -> Iterator[StandIn]:
    arguments = [
        *("--jitsi-app-id", "counterfoil", "--jitsi-app-secret", SECRET),
        *("--jitsi-webhook-url", ear.url, "--jitsi-webhook-secret", "new"),
    ]
    running = StandIn(tmp_path_factory.mktemp("house") / "state", arguments=arguments)
    running.start()
    yield running
    running.stop()


def of(
    house: StandIn, *, secret: str = SECRET, told_under: tuple[str, ...] = ("old", "new")
) -> JitsiRooms:
    return JitsiRooms(
        url=f"{house.url}/rooms",
        domain="*",
        app_id="counterfoil",
        app_secret=secret,
        webhook_secrets=told_under,
    )


def test_our_pass_opens_the_room_and_its_report_is_read(house: StandIn, ear: Receiver) -> None:
    now = datetime.now(UTC)
    hours = {"opens_at": now - timedelta(minutes=1), "until": now + timedelta(minutes=1)}
    for guest in (ANN, ADA):
        made = of(house).pass_for(room=ROOM, guest=guest, **hours)
        assert httpx.get(made.url, trust_env=False).status_code == 200
        door = f"{made.url.partition('?')[0]}/enter"
        entered = httpx.post(door, json={"jwt": made.token}, trust_env=False).json()

    assert [(one["name"], one["is_host"]) for one in entered["people"]] == [
        ("Ann", False),
        ("Ada Adams", True),
    ]
    until(lambda: len(ear.received) == 2)
    reports = [
        of(house).read(body=body, headers=headers, now=now) for headers, body in ear.received
    ]
    told = {(one.guest, one.move, one.room) for one in reports if one}
    assert told == {("usr_ann", Move.JOINED, ROOM), ("usr_ada", Move.JOINED, ROOM)}
    assert all(abs(one.at - now) < timedelta(minutes=1) for one in reports if one)
    headers, body = ear.received[0]
    with pytest.raises(BadRoomSignature):
        of(house, told_under=("old",)).read(body=body, headers=headers, now=now)


def test_a_pass_under_another_secret_opens_nothing(house: StandIn) -> None:
    now = datetime.now(UTC)
    made = of(house, secret="another installation's, as long as ours").pass_for(
        room=ROOM, guest=ANN, opens_at=now - timedelta(minutes=1), until=now + timedelta(minutes=1)
    )

    assert httpx.get(made.url, trust_env=False).status_code == 403
