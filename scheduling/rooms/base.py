"""The port of a video provider: a pass for one person into one room, and its signed reports.

Both are made and checked offline, so no request of ours waits for a provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import orjson

from kernel.errors import Kind, Refusal

# How old a signature may be: as both providers' own libraries have it.
TOLERANCE = timedelta(minutes=5)


class BadRoomSignature(Refusal):
    """The report was not signed by the video provider, or is too old; nothing was written."""

    code = "bad_room_signature"
    kind = Kind.MALFORMED


class Move(StrEnum):
    """What somebody did at the door of a room."""

    JOINED = "joined"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a pass is for: a public id, the name that the others see, and whose room it is."""

    id: str
    name: str
    is_host: bool


@dataclass(frozen=True, slots=True)
class Pass:
    """An address that opens the room to one person, and the token in it."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider tells of a room: `guest` is the id that our pass gave, empty for none."""

    event_id: str
    move: Move
    room: str
    guest: str
    at: datetime


class RoomProvider(Protocol):
    """What every provider can do."""

    name: ClassVar[str]

    def pass_for(self, *, room: str, guest: Guest, opens_at: datetime, until: datetime) -> Pass:
        """Return a pass into `room` that holds from `opens_at` until `until`."""
        ...

    def read(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Report | None:
        """Check a report's signature over its raw body; None for one that is no move.

        Raises BadRoomSignature.
        """
        ...


def unix(instant: datetime) -> int:
    """Return whole seconds since the epoch."""
    return int(instant.timestamp())


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers by their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


def read_json(body: bytes) -> dict[str, Any]:
    """Return the object in a signed body; raise BadRoomSignature for what is none."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise BadRoomSignature("The report is no JSON object.")
    return found
