"""Articles, and questions with their answers. Pure."""

from collections.abc import Iterable
from datetime import date, datetime

from cms.structured.graph import Node


def article(
    *,
    url: str,
    title: str,
    lead: str,
    image: str,
    author: str,
    author_url: str,
    published_on: date,
    revised: datetime | None,
    site: str,
    language: str,
) -> Node:
    """Return an article. `author_url` is "" for an author without a page."""
    person: Node = {"@type": "Person", "name": author}
    if author_url:
        person["url"] = author_url
    node: Node = {
        "@type": "Article",
        "@id": url,
        "url": url,
        "mainEntityOfPage": url,
        "headline": title,
        "description": lead,
        "image": [image],
        "author": person,
        "publisher": {"@id": f"{site}/#organization"},
        "datePublished": published_on.isoformat(),
        "inLanguage": language,
    }
    if revised is not None:
        node["dateModified"] = revised.isoformat()
    return node


def questions(pairs: Iterable[tuple[str, str]], *, url: str) -> Node:
    """Return the page's questions, each with its answer in plain words."""
    return {
        "@type": "FAQPage",
        "@id": url,
        "url": url,
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
            for question, answer in pairs
        ],
    }
