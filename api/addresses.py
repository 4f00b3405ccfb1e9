"""The API's addresses, grouped by their first word, so that few patterns are tried for a call.

Django tries one pattern after the other. django-ninja hands it all of them as one list, and a
call of the last address tried a hundred of them, a good part of what a short answer took.
"""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern


def grouped(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return the same addresses as one resolver per first word, each in its present order.

    What is one word alone, begins with a parameter or is no plain route stays as it is: an address
    belongs to one first word, so no order between groups matters.
    """
    groups: dict[str, list[URLPattern]] = {}
    result: list[URLPattern | URLResolver] = []
    for pattern in patterns:
        word, rest = _divided(pattern)
        if not isinstance(pattern, URLPattern) or not word:
            result.append(pattern)
            continue
        if word not in groups:
            groups[word] = []
            result.append(path(word, include(groups[word])))
        groups[word].append(
            URLPattern(
                RoutePattern(rest, is_endpoint=True),
                pattern.callback,
                pattern.default_args,
                pattern.name,
            )
        )
    return result


def _divided(pattern: URLPattern | URLResolver) -> tuple[str, str]:
    """Return the first word of a plain route with its slash, and all that follows; else nothing."""
    if not isinstance(pattern.pattern, RoutePattern):
        return "", ""
    word, slash, rest = str(pattern.pattern).partition("/")
    return ("", "") if not slash or "<" in word else (word + slash, rest)
