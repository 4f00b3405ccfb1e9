"""One shape for each kind of block that editors may use; `kind` tells them apart."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from accounts.names import short_name
from api.schemas.base import MoneyOut, Out
from api.schemas.content import (
    ContentLink,
    ContentPicture,
    ContentReview,
    GivenBackOut,
    Html,
    Motif,
    PriceParts,
)
from api.schemas.mentors import MentorItem
from cms import contents
from cms.templatetags import market


class WordsBlock(Out):
    """Running text."""

    kind: Literal["words"]
    html: Html

    @classmethod
    def of(cls, value: Any) -> "WordsBlock":
        return cls(kind="words", html=contents.html_of(value.source))


class PictureBlock(Out):
    """An image with a caption."""

    kind: Literal["picture"]
    picture: ContentPicture | None
    caption: str

    @classmethod
    def of(cls, value: Any) -> "PictureBlock":
        picture = ContentPicture.of(value.get("image"), _text(value, "alt"))
        return cls(kind="picture", picture=picture, caption=_text(value, "caption"))


class QuoteBlock(Out):
    """Somebody's words, set large."""

    kind: Literal["quote"]
    text: str
    name: str
    role: str

    @classmethod
    def of(cls, value: Any) -> "QuoteBlock":
        return cls(
            kind="quote",
            text=_text(value, "text"),
            name=_text(value, "name"),
            role=_text(value, "role"),
        )


class ReviewBlock(Out):
    """What a client said after a session that took place; null while nothing is to be shown."""

    kind: Literal["review"]
    review: ContentReview | None

    @classmethod
    def of(cls, value: Any) -> "ReviewBlock":
        told = market.block_review(value)
        if told is None:
            return cls(kind="review", review=None)
        return cls(
            kind="review",
            review=ContentReview(
                rating=told.review.rating,
                comment=told.review.comment,
                author=short_name(told.review.client.user.name),
                mentor=ContentLink(label=told.mentor_name, href=f"/mentors/{told.mentor_slug}/"),
            ),
        )


class FeesBlock(Out):
    """A price in its parts by the rates of now; `parts` is null where nothing is sold at it."""

    kind: Literal["fees"]
    heading: str
    text: str
    parts: PriceParts | None
    given_back: list[GivenBackOut]

    @classmethod
    def of(cls, value: Any) -> "FeesBlock":
        told = market.price_told(value)
        back = told.given_back if told is not None and value.get("cancelling") else ()
        return cls(
            kind="fees",
            heading=value["heading"],
            text=_text(value, "text"),
            parts=PriceParts.of(told.parts) if told is not None else None,
            given_back=[
                GivenBackOut(hours_before=one.hours_before, amount=MoneyOut.of(one.amount))
                for one in back
            ],
        )


class MentorsBlock(Out):
    """Some mentors, chosen by hand or found by a search."""

    kind: Literal["mentors"]
    heading: str
    text: str
    search: Annotated[str, Field(description="What the link to all of them searches for.")]
    mentors: list[MentorItem]

    @classmethod
    def of(cls, value: Any) -> "MentorsBlock":
        mentors = [MentorItem.of(entry) for entry in market.block_mentors(value)]
        search = _text(value, "search")
        return cls(
            kind="mentors",
            heading=value["heading"],
            text=_text(value, "text"),
            search=search,
            mentors=mentors,
        )


class Question(Out):
    """A question and its answer."""

    question: str
    answer: Html


class FaqBlock(Out):
    """Questions that belong together."""

    kind: Literal["faq"]
    heading: str
    questions: list[Question]

    @classmethod
    def of(cls, value: Any) -> "FaqBlock":
        questions = [
            Question(question=one["question"], answer=contents.html_of(one["answer"].source))
            for one in value["questions"]
        ]
        return cls(kind="faq", heading=value["heading"], questions=questions)


class ActionBlock(Out):
    """One thing to do next."""

    kind: Literal["action"]
    heading: str
    text: str
    links: list[ContentLink]

    @classmethod
    def of(cls, value: Any) -> "ActionBlock":
        return cls(
            kind="action", heading=value["heading"], text=_text(value, "text"), links=_links(value)
        )


class HeroBlock(Out):
    """How a page begins. Beside the words: the image, else the mentors, else the drawing."""

    kind: Literal["hero"]
    eyebrow: str
    heading: str
    text: str
    small: str
    links: list[ContentLink]
    picture: ContentPicture | None
    mentors: list[MentorItem]
    motif: Motif | None

    @classmethod
    def of(cls, value: Any) -> "HeroBlock":
        picture = ContentPicture.of(value.get("image"), _text(value, "alt"))
        live = picture is None and value.get("beside") == "live"
        entries = market.mentors_beside(value) if live else []
        return cls(
            kind="hero",
            eyebrow=_text(value, "eyebrow"),
            heading=value["heading"],
            text=_text(value, "text"),
            small=_text(value, "small"),
            links=_links(value),
            picture=picture,
            mentors=[MentorItem.of(entry) for entry in entries],
            motif=None if picture or entries else "tickets" if live else value.get("beside"),
        )


class HowStep(Out):
    """One step of several."""

    title: str
    text: str


class HowBlock(Out):
    """Numbered steps."""

    kind: Literal["how"]
    heading: str
    steps: list[HowStep]

    @classmethod
    def of(cls, value: Any) -> "HowBlock":
        steps = [HowStep(title=one["title"], text=one["text"]) for one in value["steps"]]
        return cls(kind="how", heading=value["heading"], steps=steps)


class SubjectCount(Out):
    """A subject, and how many mentors know it."""

    name: str
    mentors: int


class SubjectsBlock(Out):
    """The subjects that most mentors know."""

    kind: Literal["subjects"]
    heading: str
    text: str
    subjects: list[SubjectCount]

    @classmethod
    def of(cls, value: Any) -> "SubjectsBlock":
        known = [
            SubjectCount(name=one.name, mentors=one.mentors) for one in market.block_subjects(value)
        ]
        return cls(
            kind="subjects", heading=value["heading"], text=_text(value, "text"), subjects=known
        )


class Figure(Out):
    """A figure as it is written, and what it counts."""

    figure: str
    label: str


class StatsBlock(Out):
    """Figures of now, without those that are still zero."""

    kind: Literal["stats"]
    heading: str
    figures: list[Figure]

    @classmethod
    def of(cls, value: Any) -> "StatsBlock":
        figures = [
            Figure(figure=figure, label=label) for figure, label in market.block_figures(value)
        ]
        return cls(kind="stats", heading=_text(value, "heading"), figures=figures)


class GalleryPicture(Out):
    """One image of several, with its caption."""

    picture: ContentPicture | None
    caption: str


class GalleryBlock(Out):
    """Several images side by side."""

    kind: Literal["gallery"]
    heading: str
    pictures: list[GalleryPicture]

    @classmethod
    def of(cls, value: Any) -> "GalleryBlock":
        pictures = [
            GalleryPicture(
                picture=ContentPicture.of(one["image"], one["alt"]), caption=_text(one, "caption")
            )
            for one in value["pictures"]
        ]
        return cls(kind="gallery", heading=_text(value, "heading"), pictures=pictures)


class VideoBlock(Out):
    """A film at a video site, which learns of nobody before `player` is opened.

    `player` and `page` are null where the address is no film any more.
    """

    kind: Literal["video"]
    title: str
    caption: str
    site: Literal["youtube", "vimeo"] | None
    player: Annotated[str | None, Field(max_length=300, description="To be shown in a frame.")]
    page: Annotated[str | None, Field(max_length=300, description="The film at its site.")]
    picture: ContentPicture | None
    motif: Motif | None

    @classmethod
    def of(cls, value: Any) -> "VideoBlock":
        film = value.film
        picture = ContentPicture.of(value.get("image"), "")
        return cls(
            kind="video",
            title=value["title"],
            caption=_text(value, "caption"),
            site=film.site if film else None,
            player=film.player if film else None,
            page=film.page if film else None,
            picture=picture,
            motif=None if picture else value.get("motif"),
        )


class FormBlock(Out):
    """A form of the site, which is filled in at its own address; null where it is no longer."""

    kind: Literal["form"]
    heading: str
    text: str
    form: ContentLink | None

    @classmethod
    def of(cls, value: Any) -> "FormBlock":
        page = value.get("page")
        live = page is not None and page.live
        form = ContentLink(label=page.title, href=contents.address_of(page)) if live else None
        return cls(kind="form", heading=value["heading"], text=_text(value, "text"), form=form)


AnyBlock = (
    WordsBlock
    | PictureBlock
    | GalleryBlock
    | VideoBlock
    | FormBlock
    | QuoteBlock
    | ReviewBlock
    | FeesBlock
    | MentorsBlock
    | FaqBlock
    | ActionBlock
    | HeroBlock
    | HowBlock
    | SubjectsBlock
    | StatsBlock
)
BLOCKS: Mapping[str, Callable[[Any], Out]] = {
    "words": WordsBlock.of,
    "picture": PictureBlock.of,
    "gallery": GalleryBlock.of,
    "video": VideoBlock.of,
    "form": FormBlock.of,
    "quote": QuoteBlock.of,
    "review": ReviewBlock.of,
    "fees": FeesBlock.of,
    "mentors": MentorsBlock.of,
    "faq": FaqBlock.of,
    "action": ActionBlock.of,
    "hero": HeroBlock.of,
    "how": HowBlock.of,
    "subjects": SubjectsBlock.of,
    "stats": StatsBlock.of,
}


def blocks_of(body: Iterable[Any]) -> list[Any]:
    """Return an editor's blocks in their order."""
    return [BLOCKS[block.block_type](block.value) for block in body]


def _text(value: Any, name: str) -> str:
    """Return a field that an editor may have left empty, or that came after the block was kept."""
    return value.get(name) or ""


def _links(value: Any) -> list[ContentLink]:
    links = (ContentLink.of(value.get(name)) for name in ("first", "second"))
    return [link for link in links if link is not None]
