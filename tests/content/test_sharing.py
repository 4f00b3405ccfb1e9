"""The picture of a shared link: drawn from the page, named by what it says, gone with the page."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client as Browser
from django.utils import translation
from PIL import Image
from wagtail.images.models import Image as Photo
from wagtail.images.tests.utils import get_test_image_file

from accounts.models import Mentor
from cms import sharing
from cms.art import card
from cms.art.card import Card
from cms.art.lettering import Type, written
from cms.art.painter import paint
from cms.models import MentorProfilePage
from tests.cms.conftest import listed_mentor
from tests.content.conftest import add_landing, write_article
from tests.content.german import add_german, translated


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def shared(path: str) -> str:
    """Return where a page's picture is, as its head says."""
    html = Browser().get(path).content.decode()
    told = dict(re.findall(r'<meta property="(og:image[^"]*)" content="([^"]*)">', html))
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["og:image:alt"]
    return str(told["og:image"]).removeprefix(settings.PUBLIC_URL)


@pytest.mark.parametrize("path", ["/", "/mentors/", "/mentors/ada/", "/articles/asking/"])
def test_every_kind_of_page_has_a_picture_of_the_size_that_previews_ask_for(path: str) -> None:
    listed_mentor("Ada Byron")
    write_article("Asking")

    answer = Browser().get(shared(path))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Image.open(BytesIO(answer.content)).size == (card.WIDTH, card.HEIGHT)
    assert len(answer.content) < 150_000


def test_another_content_has_another_address_and_the_old_one_leads_there() -> None:
    page = add_landing("promise", title="First")
    first = shared("/promise/")
    drawn = Browser().get(first).content
    page.title = "Second"
    page.save_revision().publish()

    second = shared("/promise/")

    assert second != first
    led = Browser().get(first)
    assert (led.status_code, led["Location"]) == (302, second)
    assert Browser().get(second).content != drawn
    assert len(default_storage.listdir(f"{sharing.FOLDER}/{page.pk}")[1]) == 1


def test_the_word_above_the_title_is_of_the_pages_language_wherever_it_is_asked_for() -> None:
    article = write_article("Asking")
    add_german()
    german = translated(article, "fragen", title="Fragen")

    assert sharing.card_of(article, "C").eyebrow == f"Article · {article.author}"
    with translation.override("de"):
        assert sharing.card_of(article, "C").eyebrow == f"Article · {article.author}"
    assert sharing.card_of(german, "C").eyebrow == f"Artikel · {article.author}"
    assert Browser().get(shared("/de/artikel/fragen/")).status_code == 200


def test_it_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    listed_mentor("Ada Byron")
    path = shared("/mentors/ada/")
    drawn = Browser().get(path).content

    def again(_card: Card) -> bytes:
        raise AssertionError("drawn twice")

    monkeypatch.setattr(card, "png", again)

    assert Browser().get(path).content == drawn


def test_a_photograph_comes_in_the_place_of_the_drawing() -> None:
    _, _, page = listed_mentor("Ada Byron")
    before = shared("/mentors/ada/")
    photo = Photo.objects.create(title="Ada", file=get_test_image_file(colour="red"))
    MentorProfilePage.objects.filter(pk=page.pk).update(portrait=photo)

    path = shared("/mentors/ada/")

    assert path != before
    image = Image.open(BytesIO(Browser().get(path).content)).convert("RGB")
    assert image.getpixel((card.WIDTH - 200, 300)) == (255, 0, 0)


def test_nobody_sees_the_picture_of_a_page_that_is_not_public() -> None:
    mentor, _, _ = listed_mentor("Ada Byron")
    draft = write_article("Draft", live=False)
    path = shared("/mentors/ada/")
    Mentor.objects.filter(pk=mentor.pk).update(status=Mentor.Status.SUSPENDED)

    assert Browser().get(path).status_code == 404
    assert Browser().get(sharing.picture_path(draft, brand="Counterfoil")).status_code == 404
    assert Browser().get("/art/pages/999999-abc.png").status_code == 404


@pytest.mark.parametrize("end", ["delete", "unpublish"])
def test_what_was_drawn_goes_with_the_page(end: str) -> None:
    page = add_landing("promise")
    Browser().get(shared("/promise/"))
    folder = f"{sharing.FOLDER}/{page.pk}"
    assert default_storage.listdir(folder)[1]

    getattr(page, end)()

    assert default_storage.listdir(folder)[1] == []


@pytest.mark.parametrize(
    "said",
    [
        Card(title="Ada Byron", name="Ada Byron"),
        Card(title="Łukasz Wójcik-Żółtowski", line="Mówi po polsku", name="Łukasz"),
        Card(title="Ада Байрон", line="", name="Ада Байрон"),
        Card(title="word " * 60, line="line " * 80, eyebrow="x" * 200),
        Card(title="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten" * 2),
        Card(title=""),
    ],
    ids=["short", "Polish", "Cyrillic", "long", "one long word", "empty"],
)
def test_any_words_can_be_drawn_and_the_same_card_is_the_same_picture(said: Card) -> None:
    assert card.png(said) == card.png(said)


def test_letters_that_no_face_has_are_left_out_and_words_of_another_script_are_none() -> None:
    assert written("Łódź", "inter") == "Łódź"
    assert written("Plan 🎟 ahead", "inter") == "Plan ahead"
    assert written("Ада Байрон", "inter") == ""


def test_a_text_that_has_no_room_ends_with_an_ellipsis() -> None:
    type_ = Type("inter", 30, 400)

    lines, whole = type_.broken("one two three four five six seven", room=130, most=2)

    assert (whole, lines[-1][-1]) == (False, "…")
    assert len(lines) == 2
    assert all(type_.length(line) <= 130 for line in lines)


def test_a_shape_with_a_hole_is_painted_with_it_and_a_turn_turns() -> None:
    ring = '<path d="M0 0h12v12H0ZM4 4h4v4H4Z" fill="#ff0000" fill-rule="evenodd"/>'
    turned = (
        '<g transform="rotate(90 6 6)"><rect x="0" y="0" width="12" height="3" fill="#00f"/></g>'
    )

    image, other = paint(ring, box=12, size=24), paint(turned, box=12, size=24)

    assert [image.getpixel(at) for at in ((2, 2), (12, 12))] == [(255, 0, 0, 255), (0, 0, 0, 0)]
    assert [other.getpixel(at)[3] for at in ((22, 12), (2, 12))] == [255, 0]  # type: ignore[index]
