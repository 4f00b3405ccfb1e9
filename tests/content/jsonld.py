"""Reading JSON-LD as a search engine does: out of the HTML, one document a page."""

import json
from html.parser import HTMLParser
from typing import Any

KIND = "application/ld+json"


class _Scripts(HTMLParser):
    """Collects the text of every script, by its type."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self._inside = True
            self.found.append((dict(attrs).get("type") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            kind, text = self.found[-1]
            self.found[-1] = (kind, text + data)


def scripts(html: str) -> list[tuple[str, str]]:
    """Return type and text of every script of a page."""
    parser = _Scripts()
    parser.feed(html)
    return parser.found


def read(html: str) -> dict[str, dict[str, Any]]:
    """Return the nodes of the page's one document by their type; no type comes twice."""
    found = scripts(html)
    assert [kind for kind, _ in found] == [KIND]
    document = json.loads(found[0][1])
    assert document["@context"] == "https://schema.org"
    nodes = {node["@type"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"])
    return nodes
