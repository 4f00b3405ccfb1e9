"""The feed of articles (Atom), the newest twenty of a language."""

from datetime import UTC, datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy

from cms import languages
from cms.models import ArticlePage

NEWEST = 20


class ArticleFeed(Feed[ArticlePage, Any]):
    """What was written lately, with its lead; the text itself is read on the site."""

    feed_type = Atom1Feed
    title = gettext_lazy("Counterfoil: articles")
    subtitle = gettext_lazy("Notes on asking for advice, and on giving it.")

    def get_object(self, request: HttpRequest) -> HttpRequest:
        """Keep the request: with it the site is read once, and not for each address."""
        return request

    def link(self, obj: HttpRequest) -> str:  # noqa: ARG002 - the signature is Django's
        return f"{languages.home_path()}{languages.ARTICLES[languages.active()]}/"

    def items(self, request: HttpRequest) -> list[ArticlePage]:
        live = ArticlePage.objects.live().public().order_by("-published_on", "-pk")
        live = live.filter(locale__language_code=languages.active())
        articles: list[ArticlePage] = list(live[:NEWEST])
        for article in articles:
            article.address = article.get_full_url(request)
        return articles

    def item_title(self, item: ArticlePage) -> str:
        return str(item.title)

    def item_description(self, item: ArticlePage) -> str:
        return str(item.lead)

    def item_link(self, item: ArticlePage) -> str:
        return item.address

    def item_author_name(self, item: ArticlePage) -> str:
        return str(item.author)

    def item_pubdate(self, item: ArticlePage) -> datetime:
        return datetime.combine(item.published_on, time(12), tzinfo=UTC)

    def item_updateddate(self, item: ArticlePage) -> datetime:
        at: datetime = item.last_published_at or self.item_pubdate(item)
        return at
