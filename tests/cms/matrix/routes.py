"""The addresses of the back office, as the URL resolver has them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver

PREFIX = "cms/"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern below /cms/, as `ResolverMatch.route` says it but for that, and its view."""

    pattern: str
    view: Any

    def parameters(self) -> list[str]:
        return [one or other for one, other in PARAMETER.findall(self.pattern)]

    def filled(self, values: dict[str, object]) -> str:
        """Return the address with these values; the signs of a regular expression left out."""
        path = PARAMETER.sub(lambda found: str(values[found[1] or found[2]]), self.pattern)
        return f"/{PREFIX}" + path.replace("$", "").replace("\\", "")

    @property
    def view_class(self) -> Any:
        return getattr(self.view, "view_class", None)


def admin_routes() -> list[Route]:
    """Return every route below /cms/, in the order in which they are tried."""
    return list(_below(get_resolver(), ""))


def _below(resolver: URLResolver, path: str) -> Iterator[Route]:
    for one in resolver.url_patterns:
        pattern = path + str(one.pattern).removeprefix("^")
        if isinstance(one, URLResolver):
            yield from _below(one, pattern)
        elif pattern.startswith(PREFIX):
            yield Route(pattern.removeprefix(PREFIX), one.callback)
