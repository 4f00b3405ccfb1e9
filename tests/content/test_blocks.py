"""Every block renders: empty, with its preview, and with the market as it is now."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from wagtail.blocks import StreamBlock
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from accounts import roles
from accounts.models import User
from accounts.roles import add_to_group
from billing.models import CommissionRule
from cms.blocks import page_blocks
from cms.blocks.links import Link
from cms.models import HomePage
from kernel import clock
from kernel.ids import public_id, uuid7
from scheduling import reviews
from scheduling.models import CancellationPolicy, Review
from tests.cms.conftest import SignIn, listed_mentor, sign_in
from tests.content.conftest import add_landing
from tests.factories.people import UserFactory
from tests.factories.reviews import reviewed

__all__ = ["sign_in"]
BLOCKS = StreamBlock(page_blocks()).child_blocks
FEES = {"heading": "Where it goes", "price": Decimal(100), "currency": "USD", "cancelling": True}


def rendered(name: str, value: object) -> str:
    block = BLOCKS[name]
    return str(block.render(block.normalize(value)))


def shown(*blocks: tuple[str, object]) -> str:
    """Return the front page with these blocks."""
    home = HomePage.objects.get()
    home.body = [(name, BLOCKS[name].normalize(value)) for name, value in blocks]
    home.save()
    response = Browser().get("/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_described_and_previewed_in_the_picker(name: str, sign_in: SignIn) -> None:
    block = BLOCKS[name]
    response = sign_in("admin").get("/cms/block-preview/", {"id": block.definition_prefix})

    assert block.get_description()
    assert block.is_previewable
    assert response.status_code == 200
    assert "css/content.css" in response.content.decode()


@pytest.mark.parametrize("name", sorted(set(BLOCKS) - {"picture", "gallery", "form", "review"}))
def test_the_preview_of_a_block_says_something(name: str) -> None:
    listed_mentor("Ada Byron", expertise=("Go",))
    CancellationPolicy.objects.update(is_default=True)

    html = str(BLOCKS[name].render(BLOCKS[name].get_preview_value()))

    assert len(html.strip()) > 40
    assert "<script" not in html
    assert " style=" not in html


def test_an_image_needs_its_description() -> None:
    block = BLOCKS["picture"]
    image = Image.objects.create(title="Bridge", file=get_test_image_file())

    with pytest.raises(ValidationError):
        block.clean(block.normalize({"image": image, "alt": "", "caption": ""}))

    html = rendered("picture", {"image": image, "alt": "A bridge at dusk", "caption": ""})
    assert 'alt="A bridge at dusk"' in html
    assert 'type="image/avif"' in html
    assert 'type="image/webp"' in html


def test_the_fee_block_says_cents_by_the_rule_in_force() -> None:
    before = rendered("fees", FEES)
    CommissionRule.objects.create(rate_bps=1000, effective_from=clock.now())
    after = rendered("fees", FEES)

    # 100.00 = 2.9 % + 0.30 | 15 % | the rest; then 10 %.
    for amount in ["$3.20 USD", "$15.00 USD", "$81.80 USD", "$100.00 USD"]:
        assert amount in before
    for amount in ["$3.20 USD", "$10.00 USD", "$86.80 USD"]:
        assert amount in after


def test_the_fee_block_says_what_a_cancellation_gives_back() -> None:
    CancellationPolicy.objects.get_or_create(name="Standard", version=1)
    CancellationPolicy.objects.update(is_default=True)

    html = rendered("fees", FEES | {"price": Decimal(99)})

    assert "24 hours before, or earlier" in html
    assert "$99.00 USD" in html
    assert "$49.50 USD" in html


def test_the_fee_block_says_nothing_of_a_price_that_nobody_can_pay() -> None:
    assert rendered("fees", FEES | {"price": Decimal("0.05")}).strip() == ""


def test_mentors_are_found_by_a_search_or_chosen_by_hand() -> None:
    _, _, ada = listed_mentor("Ada Byron", headline="Engines")
    listed_mentor("Bea Cole", headline="Bridges")
    _, _, gone = listed_mentor("Cid Dunn", headline="Gone")
    gone.mentor.status = "suspended"
    gone.mentor.save()

    searched = rendered("mentors", {"heading": "M", "search": "bridges", "count": 3})
    chosen = rendered("mentors", {"heading": "M", "chosen": [ada, gone], "count": 3})

    assert "Bea Cole" in searched
    assert "Ada Byron" not in searched
    assert "Ada Byron" in chosen
    assert "Cid Dunn" not in chosen


def test_figures_are_counted_now_and_zeros_left_out() -> None:
    listed_mentor("Ada Byron", languages=("en", "fr"))
    value = {
        "figures": [
            {"figure": "mentors", "label": "mentors"},
            {"figure": "languages", "label": "languages"},
            {"figure": "sessions", "label": "sessions held"},
        ]
    }

    html = rendered("stats", value)

    assert "<dd>1</dd>" in html
    assert "<dd>2</dd>" in html
    assert "sessions held" not in html


def test_subjects_lead_to_their_search_the_commonest_first() -> None:
    listed_mentor("Ada Byron", expertise=("Go", "C & C++"))
    listed_mentor("Bea Cole", expertise=("Go",))

    html = rendered("subjects", {"heading": "Subjects", "count": 9})

    assert html.index("?q=Go") < html.index("?q=C%20%26%20C%2B%2B")
    assert "2 mentors" in html


def five_stars(rating: int = 5) -> Review:
    """A review of Ada, who is live."""
    _, kind, _ = listed_mentor("Ada Byron")
    starts_at = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
    return reviewed(session_type=kind, rating=rating, starts_at=starts_at, comment=WORDS)


def curator() -> User:
    user: User = UserFactory()
    add_to_group(user=user, group=roles.MENTOR_CURATOR)
    return User.objects.get(pk=user.pk)


AT = datetime(2027, 3, 9, tzinfo=UTC)
WORDS = "She read my plan aloud and stopped at the sentence that I did not believe."


def test_a_testimonial_is_a_review_that_the_public_sees() -> None:
    review = five_stars()
    block = {"reference": review.public_id}

    assert WORDS in rendered("review", block)
    assert WORDS in rendered("review", {})
    reviews.hide(review_id=review.pk, by=curator(), reason="Names a person.", now=AT)
    assert rendered("review", block).strip() == ""
    assert rendered("review", {}).strip() == ""


def test_a_testimonial_is_never_anothers_than_the_one_that_is_named() -> None:
    five_stars()

    assert rendered("review", {"reference": public_id("rev", uuid7())}).strip() == ""
    assert rendered("review", {"reference": "rev_nonsense"}).strip() == ""


@pytest.mark.parametrize("rating", [1, 4])
def test_what_is_not_named_has_five_stars(rating: int) -> None:
    five_stars(rating)

    assert rendered("review", {}).strip() == ""


MARKET: list[tuple[str, Any]] = [
    ("hero", {"heading": "Talk", "beside": "live"}),
    ("mentors", {"heading": "Mentors", "count": 12}),
    ("fees", FEES),
    ("stats", {"figures": [{"figure": "mentors", "label": "mentors"}]}),
    ("subjects", {"heading": "Subjects", "count": 9}),
]


def test_the_front_page_takes_the_same_queries_for_one_mentor_and_for_three() -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            html = shown(*MARKET)
        assert "Ada Byron" in html
        return len(queries)

    listed_mentor("Ada Byron", expertise=("Go",))
    count()
    one = count()
    listed_mentor("Bea Cole", expertise=("Go", "C"))
    listed_mentor("Cid Dunn", expertise=("Rust",))

    assert count() == one


@pytest.mark.parametrize(
    ("link", "field"),
    [
        ({"label": "Go"}, "page"),
        ({"label": "Go", "address": "javascript:alert(1)"}, "address"),
        ({"label": "Go", "address": "//elsewhere.example"}, "address"),
        ({"label": "Go", "address": "http://plain.example"}, "address"),
    ],
)
def test_a_link_leads_somewhere_and_runs_nothing(link: dict[str, str], field: str) -> None:
    block = Link()

    with pytest.raises(ValidationError) as refused:
        block.clean(block.normalize(link))

    assert set(refused.value.block_errors) == {field}  # type: ignore[attr-defined]


def test_a_link_to_a_page_follows_the_page() -> None:
    page = add_landing("promise")
    action = ("action", {"heading": "Next", "first": {"label": "Go", "page": page}})

    assert 'href="/promise/">Go</a>' in shown(action)
    page.unpublish()
    assert "Go</a>" not in shown(action)
