"""What pages are built of. Structure and words; facts are read by the templates when they render.

Knows no page, no mentor and no price, so that the models may be made of blocks.
"""

from typing import Any

from cms.blocks.asking import FormBlock
from cms.blocks.market import FeeExplainer, MentorCards, Stats, SubjectGrid, Testimonial
from cms.blocks.moving import Gallery, VideoEmbed
from cms.blocks.opening import Hero
from cms.blocks.words import CallToAction, Faq, HowItWorks, Picture, Quote, words

type Choices = list[tuple[str, Any]]


def article_blocks() -> Choices:
    """Return what an article may hold: words and pictures, and a little of the market."""
    return [
        ("words", words()),
        ("picture", Picture()),
        ("gallery", Gallery()),
        ("video", VideoEmbed()),
        ("quote", Quote()),
        ("review", Testimonial()),
        ("fees", FeeExplainer()),
        ("mentors", MentorCards()),
        ("faq", Faq()),
        ("action", CallToAction()),
    ]


def page_blocks() -> Choices:
    """Return what the front page and landing pages may hold."""
    return [
        ("hero", Hero()),
        *article_blocks(),
        ("how", HowItWorks()),
        ("subjects", SubjectGrid()),
        ("stats", Stats()),
        ("form", FormBlock()),
    ]


__all__ = ["article_blocks", "page_blocks"]
