"""One shape for each kind of page; `kind` tells them apart."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from api.schemas.base import Out
from api.schemas.content import Address, ContentLink, ContentMeta, ContentPicture, Html, Motif
from api.schemas.content_blocks import AnyBlock, FaqBlock, blocks_of
from cms import contents

Block = Annotated[AnyBlock, Field(discriminator="kind")]


class _Page(Out):
    path: Address
    title: str
    meta: ContentMeta


class HomeContent(_Page):
    """The front page."""

    kind: Literal["home"]
    lead: str
    body: list[Block]


class LandingContent(_Page):
    """A page for one kind of reader."""

    kind: Literal["landing"]
    lead: str
    body: list[Block]


class FaqContent(_Page):
    """Questions and answers, by subject."""

    kind: Literal["faq"]
    lead: str
    body: list[FaqBlock]


class LegalContent(_Page):
    """A document that people agree to."""

    kind: Literal["legal"]
    version: str
    effective_from: date
    requires_acceptance: bool
    summary: str
    html: Html


class ArticleCard(Out):
    """An article in a list. `picture` where one was chosen, else the drawing."""

    path: Address
    title: str
    lead: str
    author: str
    published_on: date
    picture: ContentPicture | None
    motif: Motif

    @classmethod
    def values(cls, page: Any) -> dict[str, Any]:
        return {
            "path": contents.address_of(page),
            "title": page.title,
            "lead": page.lead,
            "author": page.author,
            "published_on": page.published_on,
            "picture": ContentPicture.of(page.hero, page.hero_alt),
            "motif": page.motif,
        }


class ArticlesContent(_Page):
    """The articles, the newest first, a sheet at a time."""

    kind: Literal["articles"]
    lead: str
    articles: list[ArticleCard]
    sheet: int
    sheets: int


class ArticleContent(ArticleCard):
    """One article. `profile` leads to its author, where a mentor wrote it who can be booked."""

    kind: Literal["article"]
    meta: ContentMeta
    body: list[Block]
    profile: ContentLink | None


type AnyPage = (
    HomeContent | LandingContent | FaqContent | LegalContent | ArticlesContent | ArticleContent
)


class ContentPage(RootModel[Annotated[AnyPage, Field(discriminator="kind")]]):
    """A page of the site, by its kind."""


PER_SHEET = 12


def page_of(page: Any, meta: ContentMeta, *, sheet: int) -> AnyPage:
    """Return the page as it is answered."""
    base = {"path": contents.address_of(page), "title": page.title, "meta": meta}
    match type(page).__name__:
        case "HomePage":
            return HomeContent(kind="home", **base, lead=page.lead, body=blocks_of(page.body))
        case "LandingPage":
            return LandingContent(kind="landing", **base, lead=page.lead, body=blocks_of(page.body))
        case "FaqPage":
            return FaqContent(kind="faq", **base, lead=page.lead, body=blocks_of(page.body))
        case "LegalPage":
            return LegalContent(kind="legal", **base, **_document(page))
        case "ArticleIndexPage":
            return ArticlesContent(kind="articles", **base, lead=page.lead, **_sheet(page, sheet))
        case _:
            return ArticleContent(
                kind="article",
                **ArticleCard.values(page),
                meta=meta,
                body=blocks_of(page.body),
                profile=_profile(page),
            )


def _document(page: Any) -> dict[str, Any]:
    names = ("version", "effective_from", "requires_acceptance", "summary")
    return {name: getattr(page, name) for name in names} | {"html": contents.html_of(page.body)}


def _sheet(page: Any, sheet: int) -> dict[str, Any]:
    found: tuple[Sequence[Any], int] = contents.articles(page, sheet=sheet, per_sheet=PER_SHEET)
    articles, count = found
    return {
        "articles": [ArticleCard(**ArticleCard.values(one)) for one in articles],
        "sheet": sheet,
        "sheets": max(1, -(-count // PER_SHEET)),
    }


def _profile(page: Any) -> ContentLink | None:
    profile = page.profile()
    return (
        ContentLink(label=page.author, href=contents.address_of(profile))
        if profile is not None
        else None
    )
