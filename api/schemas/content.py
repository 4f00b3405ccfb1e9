"""What the pages and blocks of the site are made of: pictures, links, menus, and facts.

What editors wrote is in the words of the editor; facts (prices, reviews, figures) are those of the
moment of the answer.
"""

from typing import Annotated, Any

from pydantic import Field

from api.schemas.base import MoneyOut, Out
from api.schemas.consents import DocumentOut
from cms import contents
from cms.templatetags.pages import Head, Item, Menus

Html = Annotated[str, Field(description="HTML of a few elements, without scripts or styles.")]
Address = Annotated[
    str,
    Field(
        description="A path of this site, a part of the page, an address or an e-mail address.",
        json_schema_extra={"format": "uri-reference"},
        max_length=2048,
    ),
]
Motif = Annotated[str, Field(description="The name of a drawing: /art/{motif}.png.", max_length=20)]


class ContentPicture(Out):
    """An image as it is sent. `alt` is empty where it only adorns."""

    src: Address
    width: int
    height: int
    alt: str

    @classmethod
    def of(cls, image: Any, alt: str) -> "ContentPicture | None":
        shown = contents.picture_of(image, alt)
        if shown is None:
            return None
        return cls(src=shown.url, width=shown.width, height=shown.height, alt=shown.alt)


class ContentLink(Out):
    """Where a button or an entry of a menu leads."""

    label: str
    href: Address

    @classmethod
    def of(cls, link: Any) -> "ContentLink | None":
        """Return the link; None for one that leads nowhere (any more)."""
        if not link or not link.get("label") or not link.leads_to:
            return None
        href = contents.address_of(link["page"]) if link.leads_to == "page" else link["address"]
        return cls(label=link["label"], href=href)

    @classmethod
    def of_item(cls, item: Item) -> "ContentLink":
        return cls(label=item.title, href=item.url)


class ContentReview(Out):
    """A review as strangers read it."""

    rating: Annotated[int, Field(ge=1, le=5)]
    comment: str
    author: Annotated[str, Field(description="First name and initial.")]
    mentor: ContentLink


class GivenBackOut(Out):
    """What a client gets back who cancels so many hours before the start, or later."""

    hours_before: int
    amount: MoneyOut


class PriceParts(Out):
    """The three parts add up to the price."""

    price: MoneyOut
    gateway_fee: MoneyOut
    commission: MoneyOut
    mentor_share: MoneyOut

    @classmethod
    def of(cls, parts: Any) -> "PriceParts":
        names = ("price", "gateway_fee", "commission", "mentor_share")
        return cls(**{name: MoneyOut.of(getattr(parts, name)) for name in names})


class ContentMeta(Out):
    """What search engines and link previews read."""

    title: str
    description: str
    url: Annotated[str, Field(description="The page's one address.")]
    image: Annotated[str, Field(description="Absolute.", max_length=2048)]

    @classmethod
    def of(cls, head: Head) -> "ContentMeta":
        return cls(title=head.title, description=head.description, url=head.url, image=head.image)


class Navigation(Out):
    """The menus: the main pages, and the documents."""

    main: list[ContentLink]
    legal: list[ContentLink]
    to_agree: list[DocumentOut]

    @classmethod
    def of(cls, menus: Menus, to_agree: list[DocumentOut]) -> "Navigation":
        return cls(
            main=[ContentLink.of_item(item) for item in menus.main],
            legal=[ContentLink.of_item(item) for item in menus.legal],
            to_agree=to_agree,
        )
