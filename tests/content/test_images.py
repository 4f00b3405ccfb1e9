"""Pictures of editors: three formats, several widths, their size told, and loaded when due."""

import re
from typing import Any

import pytest
from django.test import Client as Browser
from wagtail.blocks import StreamBlock
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file_jpeg

from cms.blocks import page_blocks
from cms.models import MentorProfilePage
from tests.cms.conftest import listed_mentor
from tests.content.conftest import write_article

BLOCKS = StreamBlock(page_blocks()).child_blocks
FORMATS = ["image/avif", "image/webp"]


@pytest.fixture
def photo(settings: Any, tmp_path: Any) -> Image:
    settings.MEDIA_ROOT = tmp_path
    file = get_test_image_file_jpeg(size=(1920, 1440))
    image: Image = Image.objects.create(title="A bridge", file=file)
    return image


def parts(html: str) -> tuple[list[str], dict[str, str]]:
    """Return the formats that the page's one picture offers, and what its `img` says."""
    (picture,) = re.findall(r"<picture>.*?</picture>", html, re.S)
    (img,) = re.findall(r"<img [^>]*>", picture)
    return re.findall(r'type="([^"]*)"', picture), dict(re.findall(r'([\w-]+)="([^"]*)"', img))


def rendered(name: str, value: object) -> str:
    return str(BLOCKS[name].render(BLOCKS[name].normalize(value)))


def article(photo: Image) -> str:
    write_article("Asking", hero=photo, hero_alt="A bridge")
    return Browser().get("/articles/asking/").content.decode()


def profile(photo: Image) -> str:
    _, _, page = listed_mentor("Ada Byron")
    MentorProfilePage.objects.filter(pk=page.pk).update(portrait=photo)
    return Browser().get("/mentors/ada/").content.decode()


def hero(photo: Image) -> str:
    return rendered("hero", {"heading": "Hello", "image": photo, "alt": "A bridge"})


def picture(photo: Image) -> str:
    return rendered("picture", {"image": photo, "alt": "A bridge"})


@pytest.mark.parametrize(
    ("shown", "loading"),
    [(article, "eager"), (profile, "eager"), (hero, "eager"), (picture, "lazy")],
)
def test_a_picture_has_three_formats_several_widths_and_its_size(
    photo: Image, shown: Any, loading: str
) -> None:
    formats, img = parts(shown(photo))

    assert formats[:2] == FORMATS
    assert img["src"].endswith(".jpg")
    assert img["srcset"].count("w,") >= 1
    assert img["sizes"]
    assert int(img["width"]) > 0 < int(img["height"])
    assert img["loading"] == loading
    assert ("fetchpriority" in img and img["fetchpriority"] == "high") is (loading == "eager")


def test_a_gallery_shows_each_described_picture(photo: Image) -> None:
    pictures = [{"image": photo, "alt": f"Bridge {n}", "caption": ""} for n in (1, 2)]

    html = rendered("gallery", {"heading": "Bridges", "pictures": pictures})

    assert html.count("<picture>") == html.count('loading="lazy"') == 2
    assert 'alt="Bridge 1"' in html
