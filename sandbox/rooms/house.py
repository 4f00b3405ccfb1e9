"""The house of rooms: who is in which, who comes and goes, and that it is reported.

A seat is one open page of one person: whoever has two has two seats, as with Jitsi. A page says
every second that it is still there; one that fell silent has left.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.core.clock import Clock
from sandbox.core.ids import Ids
from sandbox.core.messages import Json
from sandbox.core.store import Store
from sandbox.core.webhooks import Parcel, Webhooks
from sandbox.rooms import GATEWAY, reports
from sandbox.rooms.passes import Guest, opened

SILENCE_JOB = "rooms_silence"
# A browser lets a page in the background speak once a minute.
_SILENCE_SECONDS = 90
_ENDPOINT = "rooms_commandline"


@dataclass(frozen=True, slots=True)
class Door:
    """How passes are checked and where reports go: what the command line says of the rooms."""

    app_id: str
    app_secret: str
    webhook_url: str
    webhook_secret: str


class House:
    """Every room; there is one as soon as somebody with a pass for it comes."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, webhooks: Webhooks) -> None:
        self.store, self.clock = store, clock
        self._ids, self._webhooks = ids, webhooks
        self._heard: dict[str, int] = {}
        self.door: Door | None = None
        webhooks.prepare[GATEWAY] = self._parcel

    def guest(self, room: str, *, token: str, domain: str) -> Guest:
        """Return whom a pass lets in. Expects a door; raises BadPass."""
        if self.door is None:
            raise LookupError("the stand-in was started without rooms")
        return opened(
            token,
            room=room,
            domain=domain,
            app_id=self.door.app_id,
            secret=self.door.app_secret,
            now=self.clock.now(),
        )

    def enter(self, room: str, guest: Guest) -> str:
        """Give somebody a seat and report it; return the seat's name, which is its key."""
        now, key = self.clock.now(), self._ids.new("seat")
        with self.store.transaction():
            meeting = next((one["meeting"] for one in self._seats(room)), self._ids.text(20))
            seat = self.store.add(
                "room_seat",
                {
                    "id": key,
                    "created": now,
                    "room": room,
                    "meeting": meeting,
                    "guest": guest.id,
                    "name": guest.name,
                    "is_host": guest.is_host,
                },
            )
            self._report(reports.JOINED, seat)
            self.store.later(SILENCE_JOB, {"seat": key}, due=now + _SILENCE_SECONDS)
            self._heard[key] = now
        self._webhooks.wake.set()
        return key

    def stay(self, room: str, seat_id: str) -> bool:
        """Hear that a page is still open; say whether it has its seat still."""
        with self.store.lock:
            seat = self.store.get("room_seat", seat_id)
            if seat is None or seat["room"] != room:
                return False
            self._heard[seat_id] = self.clock.now()
            return True

    def leave(self, room: str, seat_id: str, *, why: str = "left") -> None:
        """Take a seat back and report it; nothing happens to one that is gone."""
        with self.store.transaction():
            seat = self.store.get("room_seat", seat_id)
            if seat is None or seat["room"] != room:
                return
            self._left(seat, why=why)
        self._webhooks.wake.set()

    def people(self, room: str, *, seat_id: str) -> list[Json]:
        """Return who is in the room, in the order of their coming; `is_you` marks one seat."""
        with self.store.lock:
            return [
                {
                    "name": seat["name"],
                    "is_host": seat["is_host"],
                    "is_you": seat["id"] == seat_id,
                    "since": seat["created"],
                }
                for seat in self._seats(room)
            ]

    def hear_silence(self, payload: Json) -> None:
        """Take the seat of a page that fell silent. A job: expects the store's transaction."""
        seat = self.store.get("room_seat", payload["seat"])
        if seat is None:
            return
        now = self.clock.now()
        # Whom this process has never heard may have been there before it was started anew.
        silent_at = self._heard.setdefault(seat["id"], now) + _SILENCE_SECONDS
        if now >= silent_at:
            self._left(seat, why="connection_lost")
        else:
            self.store.later(SILENCE_JOB, payload, due=silent_at)

    def _seats(self, room: str) -> list[Json]:
        return self.store.select("room_seat", {"room": room})

    def _left(self, seat: Json, *, why: str) -> None:
        self.store.drop(seat["id"])
        self._heard.pop(seat["id"], None)
        self._report(reports.LEFT, seat, why=why)

    def _report(self, kind: str, seat: Json, *, why: str = "") -> None:
        """Keep what happened at the door, and have it told. Expects the store's transaction."""
        event = self.store.add(
            "room_event",
            {
                "id": self._ids.new("rooms"),
                "created": self.clock.now(),
                "type": kind,
                "meeting": seat["meeting"],
                "participant": seat["id"][-8:],
                "seat": seat,
                "why": why,
            },
        )
        heard = self.door is not None and self.door.webhook_url
        self._webhooks.enqueue(
            gateway=GATEWAY,
            event=event["id"],
            event_type=kind,
            endpoints=[_ENDPOINT] if heard else [],
        )

    def _parcel(self, event_id: str, endpoint: str) -> Parcel | None:
        """Make what is sent, signed now. Expects the store's lock."""
        event, door = self.store.get("room_event", event_id), self.door
        if event is None or door is None or not door.webhook_url:
            return None
        return reports.parcel(
            event, url=door.webhook_url, secret=door.webhook_secret, app_id=door.app_id
        )
