"""Draw a motif: as SVG in the page's own colours, or as a PNG in those of the light theme."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from cms.art.motifs import MOTIFS
from cms.art.shapes import HEIGHT, WIDTH, Area, Point, Shape

# The light theme of static/css/tokens.css; a test compares them.
PALETTE = {
    "sunk": "#ece8da",
    "card": "#fffefb",
    "line": "#d9d3bf",
    "ink": "#1a2130",
    "accent": "#12505e",
    "stamp": "#a2361f",
    "info": "#e1ebf5",
    "warning": "#faecc8",
    "success": "#dff0e5",
    "danger": "#f9e2df",
}
FINER = 2  # drawn so many times larger and scaled down, which smooths the edges


@lru_cache(maxsize=len(MOTIFS))
def svg(motif: str) -> str:
    """Return the picture as an SVG without words; `static/css/content.css` has its colours."""
    parts = "".join(_element(shape) for shape in MOTIFS[motif]())
    return (
        f'<svg class="art" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" focusable="false" '
        f'preserveAspectRatio="xMidYMid slice">{parts}</svg>'
    )


def _element(shape: Shape) -> str:
    if isinstance(shape, Area):
        points = " ".join(f"{x:.5g},{y:.5g}" for x, y in shape.points)
        return f'<polygon class="art__{shape.tone}" points="{points}"/>'
    x, y = shape.centre
    if shape.width:
        return (
            f'<circle class="art__ring art__{shape.tone}" cx="{x:.5g}" cy="{y:.5g}" '
            f'r="{shape.radius - shape.width / 2:.5g}" stroke-width="{shape.width:.4g}"/>'
        )
    return f'<circle class="art__{shape.tone}" cx="{x:.5g}" cy="{y:.5g}" r="{shape.radius:.4g}"/>'


@lru_cache(maxsize=len(MOTIFS))
def png(motif: str) -> bytes:
    """Return the picture as a PNG of 1920 by 1080 pixels, the same bytes every time."""
    scale = FINER * 2
    image = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), PALETTE["sunk"])
    draw = ImageDraw.Draw(image)
    for shape in MOTIFS[motif]():
        paint_shape(draw, shape, scale)
    small = image.resize((WIDTH * 2, HEIGHT * 2), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def paint_shape(draw: ImageDraw.ImageDraw, shape: Shape, scale: int) -> None:
    """Paint one shape of a motif, so many times larger."""
    colour = PALETTE[shape.tone]
    if isinstance(shape, Area):
        draw.polygon([_scaled(point, scale) for point in shape.points], fill=colour)
        return
    x, y = _scaled(shape.centre, scale)
    r = shape.radius * scale
    box = (x - r, y - r, x + r, y + r)
    if shape.width:
        draw.ellipse(box, outline=colour, width=max(1, round(shape.width * scale)))
    else:
        draw.ellipse(box, fill=colour)


def _scaled(point: Point, scale: int) -> Point:
    return point[0] * scale, point[1] * scale
