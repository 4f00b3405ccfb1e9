"""Words that a page of the app can show before its scripts are there.

This room knows no mentors. Whoever does gives what it can say of a page, by the name of the route's
module; `templates/app/first/` draws it with the app's own classes, so that the app takes the place
of the picture and nothing moves. See docs/adr/0050-first-words.md.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger(__name__)

type Words = Mapping[str, Any]
type Source = Callable[[Mapping[str, str]], Words | None]

_sources: dict[str, Source] = {}


def give_words(module: str, source: Source) -> None:
    """Have `source` asked for the first words of a route, with the parts of its address.

    It returns the names of the template, or None where there is nothing to say.
    """
    _sources[module] = source


def words_of(module: str, parts: Mapping[str, str]) -> Words | None:
    """Return the first words of a route's page, or None; a source that fails costs no more."""
    source = _sources.get(module)
    if source is None:
        return None
    try:
        return source(parts)
    except Exception:
        logger.exception("The first words of the app's page %r could not be had.", module)
        return None
