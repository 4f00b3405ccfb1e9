"""Paths with `{names}` to handlers; nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match[T]:
    """A route that fits, with what the path's names stand for."""

    target: T
    names: dict[str, str]


class Router[T]:
    """Routes in the order in which they were added; a fixed path may be put before a named one."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], T]] = []
        self._templates: list[tuple[str, str]] = []

    def add(self, method: str, template: str, target: T) -> None:
        """Add a route such as `POST /v1/refunds/{id}/cancel`."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
        self._routes.append((method, re.compile(f"^{pattern}$"), target))
        self._templates.append((method, template))

    def templates(self) -> list[tuple[str, str]]:
        """Return every method and template."""
        return list(self._templates)

    def match(self, method: str, path: str) -> Match[T] | None:
        """Return the first route that fits."""
        for wanted, pattern, target in self._routes:
            if wanted == method and (found := pattern.match(path)):
                return Match(target=target, names=found.groupdict())
        return None
