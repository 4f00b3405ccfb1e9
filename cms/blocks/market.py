"""Blocks that show the market as it is now. What they show is read when the page is rendered."""

from decimal import Decimal

from wagtail import blocks

from cms.filtering import Sort

CURRENCIES = [("USD", "USD"), ("EUR", "EUR"), ("GBP", "GBP")]
FIGURES = [
    ("mentors", "Mentors who take bookings"),
    ("sessions", "Sessions held"),
    ("languages", "Languages spoken"),
    ("places", "Places"),
    ("subjects", "Subjects"),
]


class MentorCards(blocks.StructBlock):  # type: ignore[misc]
    """Some mentors: those who are chosen, else those whom a search finds."""

    heading = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False, max_length=240)
    chosen = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="cms.MentorProfilePage"),
        default=[],
        max_num=6,
        help_text="Leave empty to show whom the search below finds.",
    )
    search = blocks.CharBlock(
        required=False, max_length=80, help_text="Name or subject. Empty finds everybody."
    )
    language = blocks.CharBlock(required=False, max_length=8, help_text="Such as en or fr.")
    order = blocks.ChoiceBlock(
        choices=[
            (Sort.RELEVANCE.value, "Best match"),
            (Sort.SOONEST.value, "Soonest free"),
            (Sort.PRICE.value, "Lowest price"),
            (Sort.RATING.value, "Best rated"),
        ],
        default=Sort.RELEVANCE.value,
    )
    count = blocks.IntegerBlock(default=3, min_value=1, max_value=12)

    class Meta:
        label = "Mentor cards"
        icon = "group"
        template = "blocks/mentors.html"
        description = "Mentors as tickets: chosen by hand or found by a search."
        preview_value = {"heading": "Mentors", "order": "relevance", "count": 3}  # noqa: RUF012


class FeeExplainer(blocks.StructBlock):  # type: ignore[misc]
    """A price in its parts, to the cent, by today's rates."""

    heading = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False, max_length=300)
    price = blocks.DecimalBlock(
        min_value=Decimal(1), max_value=Decimal(10_000), decimal_places=2, default=Decimal(100)
    )
    currency = blocks.ChoiceBlock(choices=CURRENCIES, default="USD")
    cancelling = blocks.BooleanBlock(
        required=False, default=True, help_text="Also say what a client gets back, and when."
    )

    class Meta:
        label = "A price in its parts"
        icon = "cf-card"
        template = "blocks/fees.html"
        description = "What becomes of a price: gateway fee, commission, and the mentor's share."
        preview_value = {  # noqa: RUF012
            "heading": "Where a price goes",
            "price": Decimal(100),
            "currency": "USD",
            "cancelling": True,
        }


class Testimonial(blocks.StructBlock):  # type: ignore[misc]
    """A review that a client left after a session: named, else the newest with five stars."""

    reference = blocks.CharBlock(
        required=False,
        max_length=40,
        help_text="Of a review, such as rev_…; while it is hidden nothing is shown.",
    )
    mentor = blocks.PageChooserBlock(
        required=False,
        page_type="cms.MentorProfilePage",
        help_text="Or the newest of this mentor. Both empty: the newest of all.",
    )

    class Meta:
        label = "Testimonial"
        icon = "pick"
        template = "blocks/review.html"
        description = "What a client wrote after a session that took place."
        preview_value = {"reference": "", "mentor": None}  # noqa: RUF012


class Stats(blocks.StructBlock):  # type: ignore[misc]
    """Two to four figures. Each is counted when the page is rendered; a zero is left out."""

    heading = blocks.CharBlock(required=False, max_length=90)
    figures = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("figure", blocks.ChoiceBlock(choices=FIGURES)),
                ("label", blocks.CharBlock(max_length=60)),
            ]
        ),
        min_num=1,
        max_num=4,
    )

    class Meta:
        label = "Live figures"
        icon = "history"
        template = "blocks/stats.html"
        description = "Live figures: mentors, sessions held, languages, places."
        preview_value = {  # noqa: RUF012
            "figures": [
                {"figure": "mentors", "label": "mentors take bookings"},
                {"figure": "languages", "label": "languages"},
            ]
        }


class SubjectGrid(blocks.StructBlock):  # type: ignore[misc]
    """The subjects that most mentors know, each a search."""

    heading = blocks.CharBlock(max_length=90)
    text = blocks.TextBlock(required=False, max_length=240)
    count = blocks.IntegerBlock(default=9, min_value=3, max_value=24)

    class Meta:
        label = "Subjects"
        icon = "tag"
        template = "blocks/subjects.html"
        description = "The subjects that most mentors know, with how many know them."
        preview_value = {"heading": "What people ask about", "count": 9}  # noqa: RUF012
