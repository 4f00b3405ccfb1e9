"""The parts that demo pages are told in; `demo.content` turns them into blocks."""

from dataclasses import dataclass
from datetime import date

type Part = tuple[str, object]  # the name of a block and its value


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """An article. `mentor` is the address of the mentor who wrote it, if one did."""

    slug: str
    title: str
    lead: str
    author: str
    days_ago: int
    motif: str
    body: tuple[Part, ...]
    mentor: str = ""


@dataclass(frozen=True, slots=True)
class DemoDocument:
    """A document with its version and the day from which it holds."""

    slug: str
    title: str
    summary: str
    version: str
    effective_from: date
    requires_acceptance: bool
    body: str


def words(html: str) -> Part:
    """Return running text, its lines joined."""
    return "words", " ".join(line.strip() for line in html.strip().splitlines())


def quote(text: str, name: str = "", role: str = "") -> Part:
    return "quote", {"text": text, "name": name, "role": role}


def link(label: str, address: str) -> dict[str, str]:
    return {"label": label, "address": address}


def action(heading: str, text: str, first: dict[str, str], second: object = None) -> Part:
    return "action", {"heading": heading, "text": text, "first": first, "second": second or {}}


def faq(heading: str, *questions: tuple[str, str]) -> Part:
    return "faq", {
        "heading": heading,
        "questions": [{"question": asked, "answer": answer} for asked, answer in questions],
    }
