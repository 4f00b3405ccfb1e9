"""What blocks read when they are rendered: mentors, figures, subjects, the parts of a price."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.formats import number_format

from cms import directory, featuring, figures, prices, testimonials
from cms.figures import Subject
from cms.filtering import Entry, Filters, Sort
from cms.models import FormPage
from cms.prices import PriceTold
from cms.testimonials import Told
from kernel import clock

register = template.Library()
BESIDE = 3


@register.simple_tag
def block_mentors(block: Any) -> list[Entry]:
    """Return the mentors of a block: those chosen by hand, else those whom its search finds."""
    filters = Filters(
        q=block.get("search") or "",
        language=block.get("language") or "",
        sort=Sort(block.get("order") or Sort.RELEVANCE),
    )
    return _chosen_or_found(block.get("chosen"), filters, limit=block["count"])


@register.simple_tag
def mentors_beside(block: Any) -> list[Entry]:
    """Return the few mentors beside a page's title."""
    return _chosen_or_found(block.get("mentors"), Filters(), limit=BESIDE)


def _chosen_or_found(pages: Any, filters: Filters, *, limit: int) -> list[Entry]:
    ids = [page.mentor_id for page in pages or () if page is not None]
    now = clock.now()
    if ids:
        return directory.chosen(mentor_ids=ids, now=now)
    if filters == Filters():
        return featuring.shown(now=now, limit=limit)
    return list(directory.search(filters=filters, now=now, limit=limit).items)


@register.simple_tag
def price_told(block: Any) -> PriceTold | None:
    """Return the parts of a block's price by the rates of this instant."""
    return prices.tell(price=block["price"], currency=block["currency"], now=clock.now())


@register.simple_tag
def block_figures(block: Any) -> list[tuple[str, str]]:
    """Return (figure, label) of a block, without those that are still zero."""
    counted = figures.market_figures()
    shown = [(counted[item["figure"]], item["label"]) for item in block["figures"]]
    return [
        (number_format(figure, force_grouping=True), label) for figure, label in shown if figure
    ]


@register.simple_tag
def block_subjects(block: Any) -> list[Subject]:
    """Return the subjects of a block."""
    return figures.common_subjects(count=block["count"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that a block shows, and the page that it belongs to."""

    page: FormPage
    form: Any


@register.simple_tag
def block_form(block: Any) -> Asked | None:
    """Return the form of a block; None while its page is a draft."""
    chosen = block.get("page")
    page = FormPage.objects.live().public().filter(pk=chosen.pk).first() if chosen else None
    return Asked(page, page.asked()) if page is not None else None


@register.simple_tag
def block_review(block: Any) -> Told | None:
    """Return the review of a block; None where the public sees none such."""
    page = block.get("mentor")
    return testimonials.tell(
        reference=block.get("reference") or "", mentor_id=page.mentor_id if page else None
    )
