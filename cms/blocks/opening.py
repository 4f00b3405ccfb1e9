"""How a page begins: its title, what to do first, and something to look at beside it."""

from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.art.motifs import CHOICES
from cms.blocks.links import Link

TICKETS = "live"


class Hero(blocks.StructBlock):  # type: ignore[misc]
    """The page's one title. Beside it: a drawing, an image, or mentors with their free times."""

    eyebrow = blocks.CharBlock(required=False, max_length=60, help_text="A few words above.")
    heading = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False, max_length=300)
    first = Link(label="First link")
    second = Link(label="Second link")
    beside = blocks.ChoiceBlock(
        choices=[(TICKETS, "Mentors with their next free time"), *CHOICES],
        default="tickets",
        help_text="An image, where one is chosen, comes instead.",
    )
    mentors = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="cms.MentorProfilePage"),
        default=[],
        max_num=3,
        help_text="Which mentors are shown; empty shows those who stand first in the directory.",
    )
    image = ImageChooserBlock(required=False)
    alt = blocks.CharBlock(
        required=False,
        max_length=200,
        label="Description of the image",
        help_text="What the image tells somebody who does not see it.",
    )
    small = blocks.CharBlock(required=False, max_length=120, help_text="One line under the links.")

    class Meta:
        icon = "title"
        template = "blocks/hero.html"
        description = "The title of the page with its first link, and a picture beside it."
        preview_value = {  # noqa: RUF012 - Wagtail's own way to write it
            "eyebrow": "Mentors, by the hour",
            "heading": "Talk to somebody who has done it",
            "text": "Every price and free time on these pages is live.",
            "first": {"label": "Find a mentor", "address": "/mentors/"},
            "second": {"label": "How it works", "address": "#how"},
            "beside": "tickets",
            "small": "Full refund until 24 hours before.",
        }
