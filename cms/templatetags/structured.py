"""`{% structured %}`: what search engines read of a page, from what the page itself has read."""

import re
from collections.abc import Iterable, Sequence
from html import unescape
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from accounts.names import short_name
from cms import languages
from cms.filtering import Entry
from cms.models import ArticlePage, FaqPage, HomePage, MentorProfilePage
from cms.pictures import portrait_path
from cms.structured import articles, graph, profiles
from cms.structured.graph import Node, Step
from cms.templatetags.directory import Shown
from cms.templatetags.pages import page_head
from scheduling.models import Review

register = template.Library()
FIRST_LEVEL = 3  # depth of what stands right under the front page
_BREAKS = re.compile(r"</(?:p|li|h\d)>|<br\s*/?>")


@register.simple_tag(takes_context=True)
def structured(context: dict[str, Any]) -> SafeString:
    """Write the data of a page that has no facts of its own: front page, article, questions …"""
    page, head = context["page"], page_head(context, context["page"])
    nodes: list[Node] = []
    if isinstance(page, HomePage):
        return _script(
            [
                graph.organisation(settings.PUBLIC_URL),
                graph.website(
                    settings.PUBLIC_URL,
                    description=head.description,
                    language=languages.active(),
                    home=languages.home_path(),
                    directory=languages.mentors_path(),
                ),
            ]
        )
    if isinstance(page, ArticlePage):
        nodes = [_article(page, head.image, head.url, context["profile"])]
    elif isinstance(page, FaqPage):
        nodes = [articles.questions(_questions(page), url=head.url)]
    return _script([*nodes, _trail(page, head.url)])


@register.simple_tag(takes_context=True)
def structured_profile(
    context: dict[str, Any], page: MentorProfilePage, entry: Entry, reviews: Sequence[Review]
) -> SafeString:
    """Write the data of a mentor's page; `entry` and `reviews` are those that it shows."""
    site, url = settings.PUBLIC_URL, page.get_full_url(context.get("request"))
    image = f"{site}{portrait_path(entry.slug)}"
    opinions = [
        profiles.Opinion(
            rating=review.rating,
            words=review.comment,
            author=short_name(review.client.user.name),
            at=review.created_at,
        )
        for review in reviews
    ]
    nodes = profiles.profile(entry, url=url, image=image, revised=page.last_published_at, site=site)
    name = gettext("Sessions with %(name)s") % {"name": entry.name}
    service = profiles.service(entry, opinions, url=url, site=site, name=name)
    return _script([*nodes, service, _trail(page, url)])


@register.simple_tag(takes_context=True)
def structured_index(context: dict[str, Any], page: Any, shown: Shown) -> SafeString:
    """Write the data of the directory: the mentors that this answer shows, in their order."""
    found = [
        Step(entry.name, f"{settings.PUBLIC_URL}{languages.mentors_path(entry.slug)}")
        for entry in shown.results.items
    ]
    nodes = [graph.listed(found)] if found else []
    return _script([*nodes, _trail(page, page_head(context, page).url)])


def _article(page: ArticlePage, image: str, url: str, author: MentorProfilePage | None) -> Node:
    return articles.article(
        url=url,
        title=page.title,
        lead=page.lead,
        image=image,
        author=page.author,
        author_url=author.full_url if author is not None else "",
        published_on=page.published_on,
        revised=page.last_published_at,
        site=settings.PUBLIC_URL,
        language=languages.of_page(page),
    )


def _questions(page: FaqPage) -> Iterable[tuple[str, str]]:
    for block in page.body:
        for item in block.value["questions"]:
            yield item["question"], plain(item["answer"].source)


def plain(html: str) -> str:
    """Return the words of an editor's text, one line for each paragraph."""
    text = unescape(strip_tags(_BREAKS.sub("\n", html)))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _trail(page: Any, url: str) -> Node:
    """Return the way to a page; its address ends it, without the query of a later sheet."""
    here = url.partition("?")[0]
    steps = [Step(gettext("Home"), f"{settings.PUBLIC_URL}{languages.home_path()}")]
    if page.depth > FIRST_LEVEL:
        parent = page.get_parent()
        is_here = languages.of_page(parent) == languages.active()
        title = parent.title if is_here else parent.localized.title
        steps.append(Step(title, f"{here.rstrip('/').rpartition('/')[0]}/"))
    return graph.trail([*steps, Step(page.title, here)])


def _script(nodes: Sequence[Node]) -> SafeString:
    text = graph.written(nodes)
    return mark_safe(  # noqa: S308 - no markup can begin in it (`graph.written`)
        f'<script type="application/ld+json">{text}</script>'
    )
