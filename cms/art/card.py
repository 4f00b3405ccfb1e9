"""Draw what a shared link shows: a ticket with the page's words, a picture on its stub, our mark.

The size that link previews ask for (1200 by 630 pixels), in the light theme's colours and the
public pages' own faces. Knows no page.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from cms.art import motifs, shapes
from cms.art.drawing import PALETTE, paint_shape
from cms.art.lettering import Type, written
from cms.art.painter import paint
from cms.portraits import drawing

WIDTH, HEIGHT = 1200, 630
PAPER, INK, SOFT = "#f5f2e8", "#1a2130", "#454b5b"
EDGE, RADIUS, STUB = 44, 30, 400
LEFT, TOP = EDGE + 56, EDGE + 54
ROOM = WIDTH - STUB - EDGE - LEFT - 56  # for words, left of the perforation
TITLE_SIZES = (76, 68, 60, 52, 46)
TITLE_LINES, LINE_LINES = 4, 2
SERIF, SANS = "source-serif-4", "inter"
SEMIBOLD, REGULAR = 600, 400
TITLE_ROOM = 200  # pixels, beyond which a title is set smaller
EYEBROW, LINE = Type(SANS, 25, SEMIBOLD), Type(SANS, 29, REGULAR)
LINE_STEP = 42
FLOOR = HEIGHT - TOP - 66  # where the mark begins
COLOURS = 224
MARK = (  # templates/_mark.html
    f'<path fill="{INK}" d="M5 4h8.5v1.7a1.3 1.3 0 0 0 0 2.6v2.4a1.3 1.3 0 0 0 0 2.6v2.4'
    'a1.3 1.3 0 0 0 0 2.6V20H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3Z"/>'
    f'<path fill="{PALETTE["stamp"]}" d="M19 4a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3h-3.9v-1.7'
    'a1.3 1.3 0 0 0 0-2.6v-2.4a1.3 1.3 0 0 0 0-2.6V8.3a1.3 1.3 0 0 0 0-2.6V4Z"/>'
)


@dataclass(frozen=True, slots=True)
class Card:
    """What is drawn. The picture: a photograph, else a portrait of `name`, else a motif."""

    title: str
    line: str = ""
    eyebrow: str = ""
    name: str = ""
    motif: str = "tickets"
    photo: bytes | None = None
    brand: str = "Counterfoil"


def png(card: Card) -> bytes:
    """Return the picture as a PNG; the same card gives the same bytes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    _ticket(image, _picture(card))
    draw = ImageDraw.Draw(image)
    _words(draw, card)
    mark = paint(MARK, box=24, size=54)
    image.paste(mark, (LEFT - 5, HEIGHT - TOP - 46), mark)
    Type(SERIF, 36, SEMIBOLD).set(draw, LEFT + 58, HEIGHT - TOP - 8, card.brand, fill=INK)
    if card.photo is None:  # few colours: a palette is a third of the size
        image = image.quantize(COLOURS, dither=Image.Dither.NONE)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _ticket(image: Image.Image, picture: Image.Image) -> None:
    """The card with its picture on the stub, notches and a perforation between."""
    finer = 2
    size = (WIDTH * finer, HEIGHT * finer)
    mask = Image.new("L", size)
    cut = ImageDraw.Draw(mask)
    box = (EDGE * finer, EDGE * finer, (WIDTH - EDGE) * finer, (HEIGHT - EDGE) * finer)
    cut.rounded_rectangle(box, RADIUS * finer, fill=255)
    x = (WIDTH - EDGE - STUB) * finer
    for y, r in ((EDGE * finer, 22), ((HEIGHT - EDGE) * finer, 22)):
        cut.ellipse((x - r * finer, y - r * finer, x + r * finer, y + r * finer), fill=0)
    for y in range(EDGE + 44, HEIGHT - EDGE - 36, 22):
        hole = 4.5 * finer
        cut.ellipse((x - hole, y * finer - hole, x + hole, y * finer + hole), fill=0)
    ground = Image.new("RGB", (WIDTH, HEIGHT), PALETTE["card"])
    ground.paste(picture, (WIDTH - EDGE - STUB, EDGE))
    image.paste(ground, (0, 0), mask.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS))


def _picture(card: Card) -> Image.Image:
    width, height = STUB, HEIGHT - 2 * EDGE
    if card.photo is not None:
        with Image.open(BytesIO(card.photo)) as photo:
            return _covering(photo.convert("RGB"), width, height)
    if card.name:
        drawn = paint(drawing(card.name), box=120, size=height)
        whole = Image.new("RGB", drawn.size, PALETTE["sunk"])
        whole.paste(drawn, (0, 0), drawn)
        return _covering(whole, width, height)
    finer = 2
    large = Image.new("RGB", (shapes.WIDTH * finer, shapes.HEIGHT * finer), PALETTE["sunk"])
    for shape in motifs.MOTIFS.get(card.motif, motifs.tickets)():
        paint_shape(ImageDraw.Draw(large), shape, finer)
    return _covering(large, width, height)


def _covering(image: Image.Image, width: int, height: int) -> Image.Image:
    """Return the middle of a picture, as large as it fills the box."""
    scale = max(width / image.width, height / image.height)
    fitted = image.resize(
        (max(width, round(image.width * scale)), max(height, round(image.height * scale))),
        Image.Resampling.LANCZOS,
    )
    left, top = (fitted.width - width) // 2, (fitted.height - height) // 2
    return fitted.crop((left, top, left + width, top + height))


def _words(draw: ImageDraw.ImageDraw, card: Card) -> None:
    """The eyebrow, the title as large as it can be, and as much of the line as has room."""
    y = float(TOP + 26)
    if card.eyebrow:
        EYEBROW.set(draw, LEFT, y, written(card.eyebrow, SANS), fill=PALETTE["stamp"])
        y += 22
    for size in TITLE_SIZES:
        type_ = Type(SERIF, size, SEMIBOLD)
        lines, whole = type_.broken(card.title, room=ROOM, most=TITLE_LINES)
        if whole and len(lines) * size <= TITLE_ROOM:
            break
    for text in lines:
        y += type_.size * 1.12
        type_.set(draw, LEFT, y, text, fill=INK)
    lines, _ = LINE.broken(card.line, room=ROOM, most=LINE_LINES)
    y += 16
    for text in lines[: int((FLOOR - y) // LINE_STEP)]:
        y += LINE_STEP
        LINE.set(draw, LEFT, y, text, fill=SOFT)
