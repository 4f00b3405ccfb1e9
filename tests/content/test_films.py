"""Films: many ways to write an address, one player, and nobody asked before the press."""

from html import unescape

import pytest
from django.test import Client as Browser
from wagtail.blocks import StreamBlock, StructBlockValidationError

from cms.blocks import page_blocks
from cms.blocks.moving import Video, video_of
from tests.content.conftest import add_landing

BLOCK = StreamBlock(page_blocks()).child_blocks["video"]
ID = "dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("address", "film"),
    [
        (f"https://www.youtube.com/watch?v={ID}&t=42s", Video("youtube", ID)),
        (f"https://youtu.be/{ID}?si=abc", Video("youtube", ID)),
        (f"https://m.youtube.com/shorts/{ID}", Video("youtube", ID)),
        (f"https://www.youtube-nocookie.com/embed/{ID}", Video("youtube", ID)),
        ("https://vimeo.com/76979871", Video("vimeo", "76979871")),
        ("https://player.vimeo.com/video/76979871?h=x", Video("vimeo", "76979871")),
        ("https://vimeo.com/", None),
        ("https://www.youtube.com/@somebody", None),
        (f"https://youtube.com.evil.example/watch?v={ID}", None),
        (f"javascript://youtube.com/watch?v={ID}", None),
        ('https://youtu.be/"><script>', None),
        ("", None),
    ],
)
def test_an_address_means_a_film_or_nothing(address: str, film: Video | None) -> None:
    assert video_of(address) == film


def test_an_address_that_is_no_film_is_refused() -> None:
    value = BLOCK.normalize({"address": "https://example.com/film.mp4", "title": "A film"})

    with pytest.raises(StructBlockValidationError) as refusal:
        BLOCK.clean(value)

    assert "no address of a film" in str(refusal.value.block_errors["address"].message)


def test_the_page_holds_a_cover_and_its_policy_names_the_one_host() -> None:
    film = {
        "address": f"https://youtu.be/{ID}",
        "title": 'An "hour"',
        "caption": "",
        "motif": "talk",
    }
    add_landing("film", body=[("video", film)])
    add_landing("plain")

    answer = Browser().get("/film/")
    html = answer.content.decode()
    cover = unescape(html.partition('srcdoc="')[2].partition('"')[0])

    assert ' src="http' not in html.partition("<iframe")[2].partition("</iframe>")[0]
    assert f'href="https://www.youtube-nocookie.com/embed/{ID}?autoplay=1&amp;rel=0"' in cover
    assert "Play “An &quot;hour&quot;”" in cover
    policy = answer["Content-Security-Policy"]
    assert "frame-src https://www.youtube-nocookie.com;" in f"{policy};"
    assert "frame-src" not in Browser().get("/plain/")["Content-Security-Policy"]
