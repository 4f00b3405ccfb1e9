"""A room in a browser: whoever has a pass comes in, sees who is there, and leaves again."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from sandbox.core.messages import Json, Request, Response
from sandbox.core.router import Router
from sandbox.rooms import PREFIX
from sandbox.rooms.house import House
from sandbox.rooms.passes import BadPass, Guest

type Act = Callable[[Request, str], Response]

FILES = Path(__file__).with_name("door")
_SERVED = {
    f"{PREFIX}/assets/room.css": ("room.css", "text/css"),
    f"{PREFIX}/assets/room.js": ("room.js", "text/javascript"),
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address holds the pass
    "Cache-Control": "no-store",
}
_LOCAL_NAMES = {"127.0.0.1", "localhost", "::1"}
_ABOUT = (
    "This room is a stand-in on this machine: no camera, no microphone. It shows who is there, and "
    "reports who comes and goes."
)


class Pages:
    """Everything under `/rooms/`."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._routes: Router[Act] = Router()
        self._routes.add("GET", f"{PREFIX}/{{room}}", self._show)
        for name, act in (("enter", self._enter), ("stay", self._stay), ("leave", self._leave)):
            self._routes.add("POST", f"{PREFIX}/{{room}}/{name}", act)

    def handle(self, request: Request) -> Response:
        """Answer a browser; only pages of this machine speak for somebody."""
        if request.path in _SERVED:
            return _file(*_SERVED[request.path])
        match = self._routes.match(request.method, request.path)
        if match is None or self._house.door is None:
            return _outside("Not here", "There is no such room.", status=404)
        origin = request.headers.get("origin", "null")
        if origin != "null" and urlsplit(origin).hostname not in _LOCAL_NAMES:
            return _refused("Refused", "Only a page of this machine may ask for that.", status=403)
        try:
            return match.target(request, match.names["room"])
        except BadPass as problem:
            if request.method == "GET":
                return _outside(problem.title, str(problem), status=problem.status)
            return _refused(problem.title, str(problem), status=problem.status)
        except (ValueError, KeyError, TypeError):
            return _refused("Refused", "This is no question that a room answers.", status=400)

    def _guest(self, request: Request, room: str, token: str) -> Guest:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        return self._house.guest(room, token=token, domain=host)

    def _show(self, request: Request, room: str) -> Response:
        """The page; coming in is its script's first act, so that looking at a link is none."""
        token = dict(parse_qsl(request.query)).get("jwt", "")
        return _page("Video room", _inside(self._guest(request, room, token)), script=True)

    def _enter(self, request: Request, room: str) -> Response:
        """`{"jwt"}`: look at the pass and give a seat."""
        guest = self._guest(request, room, str(request.json()["jwt"]))
        return self._told(room, self._house.enter(room, guest))

    def _stay(self, request: Request, room: str) -> Response:
        """`{"seat"}`: who is here; 404 for who has no seat any more."""
        seat = str(request.json()["seat"])
        if not self._house.stay(room, seat):
            return _refused("You are not in the room", "Your seat is gone.", status=404)
        return self._told(room, seat)

    def _leave(self, request: Request, room: str) -> Response:
        """`{"seat"}`: go; also told by a page that is closed."""
        self._house.leave(room, str(request.json()["seat"]))
        return Response(status=204)

    def _told(self, room: str, seat: str) -> Response:
        return Response.of_json(
            {"seat": seat, "people": self._house.people(room, seat_id=seat)},
            Cache_Control="no-store",
        )


def _refused(title: str, text: str, *, status: int) -> Response:
    body: Json = {"error": {"title": title, "message": text}}
    return Response.of_json(body, status=status)


def _outside(title: str, text: str, *, status: int) -> Response:
    body = f"<div class=card><h1>{escape(title)}</h1><p>{escape(text)}</p></div>"
    return _page(title, body, status=status)


def _inside(guest: Guest) -> str:
    """The room as it is before its script has spoken: two seats, so that nothing moves later."""
    host = "Host" if guest.is_host else ""
    return (
        "<div class=head><h1>Video room</h1><p class=since>Coming in …</p></div>"
        "<p role=status class=news>Coming in …</p>"
        "<ul class=seats aria-label='In the room'>"
        f"<li class=seat data-kind=you><span class=face aria-hidden=true></span>"
        f"<span class=name>{escape(guest.name)} <span class=you>(you)</span></span>"
        f"<span class=role>{host}</span></li>"
        "<li class=seat data-kind=empty><span class=face aria-hidden=true></span>"
        "<span class=name>Nobody else yet</span><span class=role></span></li></ul>"
        "<footer><button type=button id=door disabled>Leave</button>"
        f"<p>{_ABOUT}</p></footer>"
        "<noscript><p>This room needs JavaScript.</p></noscript>"
    )


def _page(title: str, body: str, *, status: int = 200, script: bool = False) -> Response:
    scripts = f"<script src='{PREFIX}/assets/room.js'></script>" if script else ""
    answer = Response.of_html(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        "<meta name=color-scheme content='light dark'><link rel=icon href='data:,'>"
        f"<title>{escape(title)}</title><link rel=stylesheet href='{PREFIX}/assets/room.css'>"
        "<body><header class=brand>Rooms <span>stand-in</span></header>"
        f"<main>{body}</main>{scripts}</html>",
        status=status,
    )
    answer.headers |= _HEADERS
    return answer


def _file(name: str, kind: str) -> Response:
    return Response(
        body=(FILES / name).read_bytes(),
        content_type=f"{kind}; charset=utf-8",
        headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
    )
