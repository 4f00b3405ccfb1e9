"""The pages that people arrive at, and what the app will fetch for them.

Its router finds that out only once it runs. An address that is not in here loses that time and
nothing else.
"""

import re
from dataclasses import dataclass

MEMBERS, VISITORS = "member-layout", "visitor-layout"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A page that people arrive at.

    `modules` are its route and what stands around it; `reads` what its first screen asks the API
    for, as the app writes it, with the parts of the address that `pattern` names.
    """

    pattern: re.Pattern[str]
    modules: tuple[str, ...]
    reads: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module of the page itself."""
        return self.modules[-1]


def _arrival(address: str, layout: str, module: str, *reads: str) -> Arrival:
    return Arrival(re.compile(rf"^/app{address}/?$"), (layout, module), reads)


SLUG, ID = r"(?P<slug>[a-z0-9-]+)", r"(?P<id>[a-z0-9_]+)"
PROFILE = "/api/users/profile"
ARRIVALS = (
    _arrival("", MEMBERS, "dashboard", PROFILE, "/api/dashboard"),
    _arrival("/mentors", MEMBERS, "mentors", PROFILE, "/api/mentors?limit=12"),
    _arrival(f"/mentors/{SLUG}", MEMBERS, "mentor", PROFILE, "/api/mentors/{slug}"),
    _arrival(f"/mentors/{SLUG}/book", MEMBERS, "book", PROFILE, "/api/mentors/{slug}"),
    _arrival("/sessions", MEMBERS, "sessions", PROFILE),
    _arrival(f"/sessions/{ID}", MEMBERS, "session", PROFILE, "/api/sessions/{id}"),
    _arrival(f"/sessions/{ID}/pay", MEMBERS, "pay", PROFILE, "/api/sessions/{id}"),
    _arrival("/login", VISITORS, "login"),
    _arrival("/register", VISITORS, "register"),
)


def arrival_at(path: str) -> tuple[Arrival | None, dict[str, str]]:
    """Return the page that people arrive at by this path, and the parts of the path by name."""
    for arrival in ARRIVALS:
        if found := arrival.pattern.match(path):
            return arrival, found.groupdict()
    return None, {}
