"""A photograph that a mentor sent, made anew as a JPEG: nothing of the file is kept. Pure.

No place, no camera, no profile, no second frame, and no program that reads otherwise what Pillow
reads as a picture. An SVG is a document that runs, and none of the three kinds that are read.
"""

import struct
from io import BytesIO

from PIL import Image, ImageOps

from kernel.errors import Invalid

KINDS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 25_000_000
LEAST_SIDE = 200
KEPT_SIDE = 1200  # three times what a page shows
QUALITY = 88
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, struct.error, EOFError)


class BadPhoto(Invalid):
    """What was sent is no photograph that can be shown."""

    code = "bad_photo"


def made_anew(data: bytes) -> bytes:
    """Return the picture as a JPEG of at most KEPT_SIDE pixels a side. Raises BadPhoto."""
    try:
        with Image.open(BytesIO(data), formats=KINDS) as given:
            _check(*given.size)
            picture = _flat(ImageOps.exif_transpose(given))
    except Image.DecompressionBombError:
        raise _too_large() from None
    except _BROKEN:
        raise BadPhoto(
            "This is no picture that can be read. Send a JPEG, PNG or WebP file.", pointer="/photo"
        ) from None
    picture.thumbnail((KEPT_SIDE, KEPT_SIDE))
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _check(width: int, height: int) -> None:
    """Refuse by the size that the file claims, before anything is decoded."""
    if width * height > MOST_PIXELS:
        raise _too_large()
    if min(width, height) < LEAST_SIDE:
        raise BadPhoto(
            f"The picture has {width} × {height} pixels; each side needs {LEAST_SIDE}.",
            pointer="/photo",
        )


def _too_large() -> BadPhoto:
    return BadPhoto(
        f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. "
        "Make it smaller and send it again.",
        pointer="/photo",
    )


def _flat(picture: Image.Image) -> Image.Image:
    """Return it in RGB on white, as new pixels without anything beside them."""
    deep = picture.convert("RGBA")
    ground = Image.new("RGB", deep.size, "white")
    ground.paste(deep, mask=deep.getchannel("A"))
    return ground
