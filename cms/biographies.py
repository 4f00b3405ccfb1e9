"""A mentor's biography as it is kept: the few elements an editor has, and nothing that runs. Pure.

Wagtail cleans what its own editor sends, and `richtext` cleans nothing when a page is rendered.
What comes over the API is therefore made of allowed elements before it is kept.
"""

import re
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag
from wagtail.whitelist import Whitelister, allow_without_attributes, attribute_rule

from kernel.errors import Invalid

LONGEST = 20_000  # characters, before and after
_ADDRESS = re.compile(r"https?://[^/]|mailto:[^/]|tel:[+0-9]|/(?!/)", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
# What is no text to readers is dropped whole; of any other unknown element the words stay.
_DROPPED = frozenset(
    {
        *("script", "style", "template", "noscript", "iframe", "object", "embed", "applet"),
        *("svg", "math", "title", "textarea", "select", "head", "xmp", "plaintext", "noembed"),
        *("noframes", "frameset", "audio", "video", "canvas"),
    }
)


def address(given: str) -> str | None:
    """Return a link's address where it leads to a page, a mailbox or a telephone; else None.

    Browsers overlook blanks and read `\\` as `/`; an address with either is none.
    """
    text = given.strip(" ")
    return text if _ADDRESS.match(text) and not _UNSEEN.search(text) else None


class _Biography(Whitelister):  # type: ignore[misc]
    element_rules = {  # noqa: RUF012 - Wagtail's attribute
        **dict.fromkeys(
            ("[document]", "p", "br", "b", "strong", "i", "em", "h3", "ul", "ol", "li"),
            allow_without_attributes,
        ),
        "a": attribute_rule({"href": address}),
    }

    def clean_string_node(self, doc: BeautifulSoup, node: NavigableString) -> None:  # noqa: ARG002
        """Drop comments, declarations and CDATA, which are written as they came."""
        if isinstance(node, PreformattedString):
            node.extract()

    def clean_tag_node(self, doc: BeautifulSoup, tag: Tag) -> None:
        """Drop what holds no words, and links that lead nowhere."""
        if tag.name in _DROPPED:
            tag.decompose()
            return
        super().clean_tag_node(doc, tag)
        if tag.name == "a" and not tag.get("href"):
            tag.unwrap()


def cleaned(html: str) -> str:
    """Return the biography as it may be kept and shown; the same again for what was cleaned.

    Raises Invalid where it is too long, or nested too deep to be text.
    """
    text: Any = html.strip()
    try:
        text = _Biography().clean(text).strip()
    except RecursionError:
        raise Invalid(
            "The biography is nested too deep; write plain paragraphs.", pointer="/bio"
        ) from None
    if len(text) > LONGEST:
        raise Invalid(f"The biography has at most {LONGEST} characters.", pointer="/bio")
    return str(text)
