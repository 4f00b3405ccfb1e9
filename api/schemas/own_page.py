"""A mentor's own page as the mentor reads and writes it: what visitors see, and what waits."""

import binascii
from base64 import b64decode
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Body, Out, PlainText
from cms import own_page
from cms.biographies import LONGEST
from cms.photos import BadPhoto, made_anew
from cms.previews import Link

Subject = Annotated[PlainText, Field(min_length=1, max_length=40)]
Language = Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$", max_length=35)]
PageState = Literal["unwritten", "public", "waiting", "changes_asked", "draft"]
ReviewedField = Literal["headline", "bio", "expertise", "portrait"]
InstantField = Literal["location", "languages"]
# The 1 MB that a body may have, in base64, less what else stands in it.
LONGEST_PHOTO = 960_000


class OwnPageChange(Body):
    """What is to be different; what is left out stays.

    `photo: null` takes the photograph away: a portrait is drawn from the name.
    """

    headline: Annotated[PlainText, Field(min_length=1, max_length=140)] | None = None
    bio: (
        Annotated[
            PlainText,
            Field(
                max_length=LONGEST,
                description="HTML of p, br, b, strong, i, em, h3, ul, ol, li and a; the rest goes.",
            ),
        ]
        | None
    ) = None
    expertise: Annotated[list[Subject], Field(max_length=12)] | None = None
    photo: Annotated[
        str | None,
        Field(
            max_length=LONGEST_PHOTO,
            description="A JPEG, PNG or WebP in base64, each side 200 pixels at least.",
        ),
    ] = None
    location: Annotated[PlainText, Field(max_length=80)] | None = None
    languages: Annotated[list[Language], Field(max_length=10, description="BCP 47.")] | None = None

    def wish(self) -> dict[str, Any]:
        """Return it in the words of `cms.own_page`, without the photograph that was sent."""
        given = self.model_dump(exclude_none=True, exclude={"photo"})
        for name in ("headline", "location"):
            if name in given:
                given[name] = given[name].strip()
        if "expertise" in given:
            subjects = (subject.strip() for subject in given["expertise"])
            given["expertise"] = list(dict.fromkeys(filter(None, subjects)))
        if "photo" in self.model_fields_set and self.photo is None:
            given["portrait"] = None
        return given

    def picture(self) -> bytes | None:
        """Return the photograph, made anew. Raises BadPhoto."""
        if self.photo is None:
            return None
        try:
            data = b64decode(self.photo, validate=True)
        except (binascii.Error, ValueError):
            raise BadPhoto("The photo is not base64 (RFC 4648).", pointer="/photo") from None
        return made_anew(data)


class PageWords(Out):
    """What is reviewed of a page."""

    headline: str
    bio: Annotated[str, Field(description="HTML of a few elements, as visitors get it.")]
    expertise: list[str]
    portrait_url: Annotated[
        str, Field(max_length=65_536, description="A photo's address, or a drawing as a data: URL.")
    ]
    has_photo: bool

    @classmethod
    def of(cls, words: own_page.Words | None) -> "PageWords | None":
        if words is None:
            return None
        return cls(
            headline=words.headline,
            bio=words.bio,
            expertise=list(words.expertise),
            portrait_url=words.shown,
            has_photo=words.portrait is not None,
        )


class PageReview(Out):
    """What the reviewers say: since when it waits, or what they ask for and by when."""

    since: datetime | None
    comment: str
    answer_by: datetime | None


class OwnPageOut(Out):
    """The own page. `live` is what visitors see, null while they see none; `pending` is newer.

    `differing` names the reviewed fields in which the two differ.
    """

    slug: str
    state: PageState
    live: PageWords | None
    pending: PageWords | None
    differing: list[ReviewedField]
    review: PageReview | None
    location: str
    languages: list[str]
    reviewed: Annotated[
        list[ReviewedField], Field(description="A change of these waits for a reviewer.")
    ]
    instant: Annotated[
        list[InstantField],
        Field(description="A change of these is public at once, like prices and hours."),
    ]
    version: Annotated[
        str | None, Field(description="The newest version of the words; null without a page.")
    ]

    @classmethod
    def of(cls, page: own_page.OwnPage) -> "OwnPageOut":
        status = page.status
        return cls(
            slug=page.mentor.slug,
            state=page.state.value,
            live=PageWords.of(page.live),
            pending=PageWords.of(page.pending),
            differing=list(page.differing),  # type: ignore[arg-type]
            review=PageReview(
                since=status.since, comment=status.comment, answer_by=status.answer_by
            )
            if status.since
            else None,
            location=page.mentor.location,
            languages=list(page.mentor.languages),
            reviewed=list(own_page.REVIEWED),  # type: ignore[arg-type]
            instant=list(own_page.INSTANT),  # type: ignore[arg-type]
            version=str(page.version) if page.version else None,
        )


class PreviewLink(Out):
    """A link to what waits, for whoever has it, until it ends."""

    url: str
    expires_at: datetime

    @classmethod
    def of(cls, link: Link) -> "PreviewLink":
        return cls(url=link.url, expires_at=link.until)
