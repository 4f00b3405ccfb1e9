"""Blocks of words and pictures: text, image, quote, call to action, steps, questions."""

from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.blocks.links import Link

# No images, embeds or raw HTML inside of text: they have blocks of their own, or none.
FEATURES = ["h2", "h3", "bold", "italic", "link", "ol", "ul", "hr"]
SMALL_FEATURES = ["bold", "italic", "link", "ol", "ul"]


def words() -> blocks.RichTextBlock:
    """Return the block of running text."""
    return blocks.RichTextBlock(
        features=FEATURES,
        icon="pilcrow",
        template="blocks/words.html",
        description="Running text with headings, lists and links.",
        preview_value=(
            "<h2>Before you book</h2><p>Read what a mentor offers, and <b>what you get back</b> "
            "if you cancel.</p><ul><li>One hour</li><li>One question</li></ul>"
        ),
    )


class Picture(blocks.StructBlock):  # type: ignore[misc]
    """An image that is described in words."""

    image = ImageChooserBlock()
    alt = blocks.CharBlock(
        max_length=200,
        label="Description",
        help_text="What the image tells somebody who does not see it.",
    )
    caption = blocks.CharBlock(required=False, max_length=200)

    class Meta:
        label = "Image"
        icon = "image"
        template = "blocks/picture.html"
        preview_template = "blocks/picture_preview.html"
        description = "An image with its description and a caption."


class Quote(blocks.StructBlock):  # type: ignore[misc]
    """Somebody's words."""

    text = blocks.TextBlock(max_length=400)
    name = blocks.CharBlock(required=False, max_length=80)
    role = blocks.CharBlock(required=False, max_length=80)

    class Meta:
        icon = "openquote"
        template = "blocks/quote.html"
        description = "Somebody's words, set large."
        preview_value = {  # noqa: RUF012
            "text": "Bring one decision. Leave with a plan for two weeks, written down.",
            "name": "Ada Winterbourne",
            "role": "Mentor, London",
        }


class CallToAction(blocks.StructBlock):  # type: ignore[misc]
    """One thing to do next."""

    heading = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False, max_length=240)
    first = Link(label="Link")
    second = Link(label="Second link")

    class Meta:
        label = "Call to action"
        icon = "pick"
        template = "blocks/action.html"
        description = "One thing to do next, as a ticket across the page."
        preview_value = {  # noqa: RUF012
            "heading": "The first hour is the hardest to book",
            "text": "Pick a time, pay, and it is yours.",
            "first": {"label": "Find a mentor", "address": "/mentors/"},
            "second": {},
        }


class HowItWorks(blocks.StructBlock):  # type: ignore[misc]
    """Numbered steps."""

    heading = blocks.CharBlock(max_length=90)
    steps = blocks.ListBlock(
        blocks.StructBlock(
            [("title", blocks.CharBlock(max_length=60)), ("text", blocks.TextBlock(max_length=240))]
        ),
        min_num=2,
        max_num=6,
    )

    class Meta:
        label = "How it works"
        icon = "list-ol"
        template = "blocks/how.html"
        description = "Two to six numbered steps."
        preview_value = {  # noqa: RUF012
            "heading": "How it works",
            "steps": [
                {"title": "Pick a time", "text": "In your own time zone."},
                {"title": "Pay", "text": "The time is held for fifteen minutes."},
                {"title": "Talk", "text": "The link is in your e-mail."},
            ],
        }


class Faq(blocks.StructBlock):  # type: ignore[misc]
    """Questions that open to their answers."""

    heading = blocks.CharBlock(max_length=90)
    questions = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("question", blocks.CharBlock(max_length=120)),
                ("answer", blocks.RichTextBlock(features=SMALL_FEATURES)),
            ]
        ),
        min_num=1,
        max_num=20,
    )

    class Meta:
        label = "Questions"
        icon = "help"
        template = "blocks/faq.html"
        description = "Questions that open to their answers."
        preview_value = {  # noqa: RUF012
            "heading": "Questions",
            "questions": [
                {
                    "question": "What if my mentor cancels?",
                    "answer": "<p>You get everything back.</p>",
                }
            ],
        }
