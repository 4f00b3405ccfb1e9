"""The API's addresses, found by their first word.

Django tries one pattern after the other. django-ninja hands it all of them as one list, and a call
of the last address tried a hundred of them; with one resolver per first word, tried in turn, still
sixteen, which took 15 of the 135 µs of a short answer (benchmarks/authenticated.py).
"""

from collections.abc import Iterable

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern


def grouped(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return the same addresses, those of plain routes looked up by their first word.

    What begins with a parameter or is no plain route stays as it is, behind them. An address
    belongs to one first word, in which patterns keep their order, so no other order matters.
    """
    groups: dict[str, list[URLPattern]] = {}
    others: list[URLPattern | URLResolver] = []
    for pattern in patterns:
        word, rest = _divided(pattern)
        if not isinstance(pattern, URLPattern) or not word:
            others.append(pattern)
            continue
        route = RoutePattern(rest, is_endpoint=True)
        groups.setdefault(word, []).append(
            URLPattern(route, pattern.callback, pattern.default_args, pattern.name)
        )
    return [ByFirstWord(groups), *others]


class ByFirstWord(URLResolver):
    """Looks an address up by its first word, its slash included, in place of trying each."""

    def __init__(self, groups: dict[str, list[URLPattern]]) -> None:
        self._of = {
            word: URLResolver(RoutePattern(word), patterns) for word, patterns in groups.items()
        }
        super().__init__(RoutePattern(""), list(self._of.values()))

    def resolve(self, path: str) -> ResolverMatch:
        word, slash, _ = path.partition("/")
        group = self._of.get(word + slash)
        if group is None:
            raise Resolver404({"path": path, "tried": []})
        match = group.resolve(path)
        match.route = word + slash + match.route
        return match


def _divided(pattern: URLPattern | URLResolver) -> tuple[str, str]:
    """Return the first word of a plain route with its slash, and all that follows; else nothing."""
    if not isinstance(pattern.pattern, RoutePattern):
        return "", ""
    word, slash, rest = str(pattern.pattern).partition("/")
    return ("", "") if "<" in word else (word + slash, rest)
