"""The one table of the app's screens, for whoever judges all of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.journeys.demo import ROOT

ROUTER = ROOT / "frontend" / "src" / "app" / "router.tsx"
LOADING = "[data-slot=loading], [aria-busy=true], .animate-pulse"
_PATH = re.compile(r'\bpath: "([^"]+)"')
_NESTED = "/app/messages"  # the one route whose children have paths of their own


@dataclass(frozen=True)
class Screen:
    """An address and who looks at it.

    `{…}` are names in what was planted (`tests.browser.furniture`); `press` is the button that
    opens a dialog over it.
    """

    who: str
    path: str
    press: str = ""

    def at(self, planted: dict[str, Any]) -> str:
        return self.path.format(**planted)


VISITOR, CLIENT, MENTOR, APPLICANT = "visitor", "client", "mentor", "applicant"
SCREENS = (
    Screen(VISITOR, "/app/login"),
    Screen(VISITOR, "/app/register"),
    Screen(VISITOR, "/app/verify?email=ada@example.com"),
    Screen(VISITOR, "/app/forgot"),
    Screen(VISITOR, "/app/reset?email=ada@example.com"),
    Screen(VISITOR, "/app/social"),
    Screen(VISITOR, "/app/undo-email#token=und_nothing"),
    Screen(CLIENT, "/app"),
    Screen(CLIENT, "/app/mentors"),
    Screen(CLIENT, "/app/mentors?q=nobody+at+all"),
    Screen(CLIENT, "/app/mentors/ada-winterbourne"),
    Screen(CLIENT, "/app/mentors/ada-winterbourne/book"),
    Screen(CLIENT, "/app/mentors/{slug}/packages/{offer}"),
    Screen(CLIENT, "/app/packages"),
    Screen(CLIENT, "/app/packages", press="Give back: 3 × Coaching"),
    Screen(CLIENT, "/app/sessions"),
    Screen(CLIENT, "/app/sessions?when=past"),
    Screen(CLIENT, "/app/sessions/{ahead}"),
    Screen(CLIENT, "/app/sessions/{ahead}", press="Cancel the session"),
    Screen(CLIENT, "/app/sessions/{past}"),
    Screen(CLIENT, "/app/sessions/{reviewed}"),
    Screen(CLIENT, "/app/sessions/{cancelled}"),
    Screen(CLIENT, "/app/sessions/{ahead}/move"),
    Screen(CLIENT, "/app/sessions/{held}/pay"),
    Screen(CLIENT, "/app/sessions/{prepaid}/pay"),
    Screen(CLIENT, "/app/sessions/{ahead}/done"),
    Screen(CLIENT, "/app/series/{series}"),
    Screen(CLIENT, "/app/series/{series}", press="Cancel the series or its rest"),
    Screen(CLIENT, "/app/goals"),
    Screen(CLIENT, "/app/goals/{goal}"),
    Screen(CLIENT, "/app/payments"),
    Screen(CLIENT, "/app/payments/{payment}"),
    Screen(CLIENT, "/app/apply"),
    Screen(CLIENT, "/app/messages"),
    Screen(CLIENT, "/app/messages/new?mentor=ada-winterbourne"),
    Screen(CLIENT, "/app/messages/{conversation}"),
    Screen(CLIENT, "/app/settings/you"),
    Screen(CLIENT, "/app/settings/emails"),
    Screen(CLIENT, "/app/settings/data"),
    Screen(CLIENT, "/app/settings/sign-in"),
    Screen(CLIENT, "/app/nowhere"),
    Screen(MENTOR, "/app"),
    Screen(MENTOR, "/app/sessions"),
    Screen(MENTOR, "/app/sessions/{ahead}"),
    Screen(MENTOR, "/app/messages/{conversation}"),
    Screen(MENTOR, "/app/profile"),
    Screen(MENTOR, "/app/profile?tab=offers"),
    Screen(MENTOR, "/app/profile?tab=selling"),
    Screen(MENTOR, "/app/profile?tab=selling", press="Offer a package"),
    Screen(MENTOR, "/app/profile?tab=selling", press="Make a group"),
    Screen(MENTOR, "/app/availability"),
    Screen(MENTOR, "/app/availability?tab=seen"),
    Screen(MENTOR, "/app/availability?tab=calendars"),
    Screen(MENTOR, "/app/reviews?which=all"),
    Screen(MENTOR, "/app/earnings"),
    Screen(MENTOR, "/app/earnings/statements"),
    Screen(MENTOR, "/app/earnings/statements/{statement}"),
    Screen(APPLICANT, "/app/apply"),
    Screen(APPLICANT, "/app/profile"),
)


@cache
def routes() -> tuple[str, ...]:
    """Every path of the app's router, whole."""
    found = _PATH.findall(ROUTER.read_text())
    return tuple(path if path.startswith("/") else f"{_NESTED}/{path}" for path in found)


def route_of(path: str, known: Iterable[str]) -> str | None:
    """Return the route that shows the address: the one with the fewest parts left open."""
    plain = re.split(r"[?#]", path)[0]
    fits = [route for route in known if re.fullmatch(_pattern(route), plain)]
    return min(fits, key=lambda route: (route.count("*"), route.count(":")), default=None)


def unlisted(known: Iterable[str], screens: Iterable[Screen]) -> set[str]:
    """Return the routes without a row in the table."""
    known = list(known)
    return set(known) - {route_of(screen.path, known) for screen in screens}


def _pattern(route: str) -> str:
    return re.sub(r":\w+", "[^/]+", route).replace("*", ".+")
