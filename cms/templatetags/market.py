"""What blocks read when they are rendered: mentors, figures, subjects, the parts of a price."""

from typing import Any

from django import template

from cms import directory, figures, prices
from cms.figures import Subject
from cms.filtering import Entry, Filters, Sort
from cms.prices import PriceTold
from kernel import clock

register = template.Library()
BESIDE = 3


@register.simple_tag
def block_mentors(block: Any) -> list[Entry]:
    """Return the mentors of a block: those chosen by hand, else those whom its search finds."""
    pages = [page for page in block.get("chosen") or () if page is not None]
    if pages:
        return directory.chosen(mentor_ids=[page.mentor_id for page in pages], now=clock.now())
    results = directory.search(
        filters=Filters(
            q=block.get("search") or "",
            language=block.get("language") or "",
            sort=Sort(block.get("order") or Sort.RELEVANCE),
        ),
        now=clock.now(),
        limit=block["count"],
    )
    return list(results.items)


@register.simple_tag
def next_mentors() -> list[Entry]:
    """Return the few mentors beside a page's title."""
    return list(directory.search(filters=Filters(), now=clock.now(), limit=BESIDE).items)


@register.simple_tag
def price_told(block: Any) -> PriceTold | None:
    """Return the parts of a block's price by the rates of this instant."""
    return prices.tell(price=block["price"], currency=block["currency"], now=clock.now())


@register.simple_tag
def block_figures(block: Any) -> list[tuple[str, str]]:
    """Return (figure, label) of a block, without those that are still zero."""
    counted = figures.market_figures()
    shown = [(counted[item["figure"]], item["label"]) for item in block["figures"]]
    return [(f"{figure:,}", label) for figure, label in shown if figure]


@register.simple_tag
def block_subjects(block: Any) -> list[Subject]:
    """Return the subjects of a block."""
    return figures.common_subjects(count=block["count"])
