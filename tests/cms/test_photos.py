"""A photograph is made anew: small, upright, with nothing beside its pixels, or refused."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from cms import photos
from cms.photos import BadPhoto, made_anew


def picture(size: tuple[int, int] = (400, 300), kind: str = "JPEG", **how: Any) -> bytes:
    out = BytesIO()
    mode = how.pop("mode", "RGB")
    Image.new(mode, size, how.pop("colour", None)).save(out, kind, **how)
    return out.getvalue()


def with_a_place() -> bytes:
    """A picture turned on its side, that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn it by a quarter
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)  # GPS latitude
    return picture(exif=exif, comment=b"SECRETCOMMENT")


def test_nothing_of_the_file_is_kept_beside_its_pixels() -> None:
    sent = with_a_place()
    assert b"SECRETCAMERA" in sent
    assert b"SECRETCOMMENT" in sent

    made = made_anew(sent)

    with Image.open(BytesIO(made)) as shown:
        assert shown.format == "JPEG"
        assert shown.size == (300, 400)  # upright
        assert dict(shown.getexif()) == {}
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(shown.info)
    assert b"SECRET" not in made


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_each_kind_becomes_a_small_jpeg(kind: str) -> None:
    with Image.open(BytesIO(made_anew(picture((3000, 2000), kind)))) as shown:
        assert (shown.format, shown.size, shown.mode) == ("JPEG", (1200, 800), "RGB")


def test_what_was_transparent_is_white() -> None:
    sent = picture(kind="PNG", mode="RGBA", colour=(255, 0, 0, 0))

    with Image.open(BytesIO(made_anew(sent))) as shown:
        assert shown.getpixel((10, 10)) == (255, 255, 255)


def test_what_follows_the_picture_in_the_file_is_left_out() -> None:
    made = made_anew(picture() + b"<script>alert(1)</script>")

    assert b"<script>" not in made


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'><script/></svg>",
        b"%PDF-1.7",
        picture()[:200],
        picture(kind="PNG")[:40],
        picture(kind="GIF"),
        picture(kind="BMP"),
        picture(kind="TIFF"),
        picture((199, 400)),
    ],
    ids=["nothing", "svg", "pdf", "cut", "cut png", "gif", "bmp", "tiff", "small"],
)
def test_what_is_no_photograph_is_refused(data: bytes) -> None:
    with pytest.raises(BadPhoto) as refused:
        made_anew(data)

    assert refused.value.facts == {"pointer": "/photo"}


def test_the_size_it_claims_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = picture((600, 600), "PNG")
    monkeypatch.setattr(photos, "MOST_PIXELS", 600 * 600 - 1)
    monkeypatch.setattr(photos, "_flat", None)  # to decode it would fail

    with pytest.raises(BadPhoto, match="pixels"):
        made_anew(sent)
