"""Several pictures side by side, and a video that is fetched when somebody presses play.

# Note [Nothing is asked of a video site before the press]
The player's frame holds a page of our own (`srcdoc`): a picture and a link. Following the link
loads the site's player into that very frame, so nothing has to run, and until then the video site
learns nothing. The page's policy names the one host that its frames may show (`frame_hosts`). The
link tells the site which site it is on and no more: YouTube shows no video to who tells nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.art.motifs import CHOICES

YOUTUBE, VIMEO = "youtube", "vimeo"
_HOSTS = {
    **dict.fromkeys(("youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be"), YOUTUBE),
    **dict.fromkeys(("www.youtube-nocookie.com", "youtube-nocookie.com"), YOUTUBE),
    **dict.fromkeys(("vimeo.com", "www.vimeo.com", "player.vimeo.com"), VIMEO),
}
_IDS = {YOUTUBE: re.compile(r"[\w-]{11}"), VIMEO: re.compile(r"\d{6,12}")}
_PATHS = frozenset({"embed", "shorts", "live", "v", "video"})
_PLAYERS = {YOUTUBE: "https://www.youtube-nocookie.com", VIMEO: "https://player.vimeo.com"}
NAMES = {YOUTUBE: "YouTube", VIMEO: "Vimeo"}


@dataclass(frozen=True, slots=True)
class Video:
    """A film at a video site."""

    site: str
    id: str

    @property
    def host(self) -> str:
        """Return the origin of the player that keeps no cookie before it plays."""
        return _PLAYERS[self.site]

    @property
    def player(self) -> str:
        """Return the address of the player, which begins by itself: it was pressed already."""
        if self.site == YOUTUBE:
            return f"{self.host}/embed/{self.id}?autoplay=1&rel=0"
        return f"{self.host}/video/{self.id}?autoplay=1&dnt=1"

    @property
    def page(self) -> str:
        """Return the address of the film at its site."""
        if self.site == YOUTUBE:
            return f"https://www.youtube.com/watch?v={self.id}"
        return f"https://vimeo.com/{self.id}"

    @property
    def name(self) -> str:
        return NAMES[self.site]


def video_of(address: str) -> Video | None:
    """Return the film that an address of YouTube or Vimeo means; None for any other address."""
    parts = urlsplit(address.strip())
    site = _HOSTS.get(parts.hostname or "") if parts.scheme in {"http", "https"} else None
    if site is None:
        return None
    asked = parse_qs(parts.query).get("v", [""])[0] if site == YOUTUBE else ""
    steps = [step for step in parts.path.split("/") if step and step not in _PATHS]
    named = asked or (steps[0] if steps else "")
    return Video(site, named) if _IDS[site].fullmatch(named) else None


def frame_hosts(body: Iterable[Any]) -> list[str]:
    """Return the origins whose players the videos among some blocks would show."""
    films = (video_of(one.value["address"]) for one in body if one.block_type == "video")
    return sorted({film.host for film in films if film is not None})


class VideoValue(blocks.StructValue):  # type: ignore[misc]
    """Knows its film."""

    @property
    def film(self) -> Video | None:
        return video_of(self.get("address") or "")


class VideoEmbed(blocks.StructBlock):  # type: ignore[misc]
    """A film at YouTube or Vimeo. See Note [Nothing is asked of a video site before the press]."""

    address = blocks.CharBlock(
        max_length=200, help_text="As it stands in the browser: https://www.youtube.com/watch?v=…"
    )
    title = blocks.CharBlock(max_length=120, help_text="What the film is called; it is read out.")
    caption = blocks.CharBlock(required=False, max_length=200)
    image = ImageChooserBlock(required=False, help_text="Shown until the film plays.")
    motif = blocks.ChoiceBlock(
        choices=CHOICES, default="talk", label="Drawing", help_text="Where no image is chosen."
    )

    class Meta:
        label = "Video"
        icon = "media"
        template = "blocks/video.html"
        value_class = VideoValue
        description = "A film at YouTube or Vimeo, which learns of a reader who presses play."
        preview_value = {  # noqa: RUF012
            "address": "https://vimeo.com/76979871",
            "title": "What an hour looks like",
            "caption": "Three minutes, with captions.",
            "motif": "tickets",
        }

    def clean(self, value: Any) -> Any:
        """Refuse an address that is no film of a site that we know."""
        cleaned = super().clean(value)
        if video_of(cleaned.get("address") or "") is None:
            wrong = ValidationError(
                "This is no address of a film at YouTube or Vimeo. Open the film there and copy "
                "the address from the browser."
            )
            raise blocks.StructBlockValidationError(block_errors={"address": wrong})
        return cleaned


class Gallery(blocks.StructBlock):  # type: ignore[misc]
    """Two to twelve images, each described in words."""

    heading = blocks.CharBlock(required=False, max_length=90)
    pictures = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("image", ImageChooserBlock()),
                (
                    "alt",
                    blocks.CharBlock(
                        max_length=200,
                        label="Description",
                        help_text="What the image tells somebody who does not see it.",
                    ),
                ),
                ("caption", blocks.CharBlock(required=False, max_length=120)),
            ]
        ),
        min_num=2,
        max_num=12,
    )

    class Meta:
        icon = "image"
        template = "blocks/gallery.html"
        preview_template = "blocks/gallery_preview.html"
        description = "Two to twelve images side by side, each with its description."
