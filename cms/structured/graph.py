"""One graph of a page, and how it is written into HTML. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONTEXT = "https://schema.org"
NAME = "Counterfoil"
# Inside of a script no markup may begin: not a tag, not a comment, not an entity.
_ESCAPES = {mark: f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}

type Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A page on the way from the front page to the one that is shown, and its address."""

    name: str
    url: str


def written(nodes: Iterable[Mapping[str, Any]]) -> str:
    """Return the nodes as one JSON-LD document, safe inside of `<script>`."""
    graph = {"@context": CONTEXT, "@graph": [dict(node) for node in nodes]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    for mark, escaped in _ESCAPES.items():  # `str.translate` raises an error for each letter
        text = text.replace(mark, escaped)
    return text


def organisation(site: str) -> Node:
    """Who runs the site. `site` is its address without a slash at the end."""
    return {
        "@type": "Organization",
        "@id": f"{site}/#organization",
        "name": NAME,
        "url": f"{site}/",
        "logo": f"{site}/static/brand/icon-180.png",
    }


def website(site: str, *, description: str, language: str, home: str, directory: str) -> Node:
    """The site in a language, and that its directory can be searched; both are paths."""
    return {
        "@type": "WebSite",
        "@id": f"{site}/#website",
        "name": NAME,
        "url": f"{site}{home}",
        "description": description,
        "inLanguage": language,
        "publisher": {"@id": f"{site}/#organization"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{site}{directory}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def trail(steps: Sequence[Step]) -> Node:
    """The way to the page, the front page first."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": step.name, "item": step.url}
            for place, step in enumerate(steps, 1)
        ],
    }


def listed(steps: Sequence[Step]) -> Node:
    """What a list shows, in its order."""
    return {
        "@type": "ItemList",
        "numberOfItems": len(steps),
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": step.name, "url": step.url}
            for place, step in enumerate(steps, 1)
        ],
    }
