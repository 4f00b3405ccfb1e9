"""Make `static/fonts/` from the families' packages: `python -m tests.look.fonts FOLDER`.

A page asks for two faces before its first paint, so they hold what our pages write and no more:
Western European letters (the `latin` files), the rest of Europe's and Turkish ones
(`latin-ext`, fetched by pages that need one), the weights 400 to 700, one optical size, and the
italic in one weight. FOLDER is where `@fontsource-variable/inter` 5.3.0 and
`@fontsource-variable/source-serif-4` 5.3.1 lie unpacked; the same packages give the same bytes.
"""

import io
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

TARGET = Path(__file__).resolve().parents[2] / "static" / "fonts"
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "pnum", "lnum", "calt", "liga"]
WEIGHTS = (400, 700)
OPTICAL_SIZE = 32  # headings are 20 to 56 px

# Inclusive, as `unicode-range` in static/css/fonts.css, which a test compares.
LATIN = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2C6, 0x2C6), (0x2DA, 0x2DA),
    (0x2DC, 0x2DC), (0x2002, 0x2002), (0x2009, 0x2009), (0x2013, 0x2014), (0x2018, 0x201A),
    (0x201C, 0x201E), (0x2022, 0x2022), (0x2026, 0x2026), (0x2039, 0x203A), (0x2044, 0x2044),
    (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2191, 0x2191), (0x2193, 0x2193), (0x2212, 0x2212),
    (0x2215, 0x2215),
)  # fmt: skip
BEYOND = (
    (0x100, 0x130), (0x132, 0x151), (0x154, 0x17F), (0x18F, 0x18F), (0x192, 0x192),
    (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x1CD, 0x1DC), (0x1E6, 0x1E7), (0x218, 0x21B),
    (0x259, 0x259), (0x1E80, 0x1E85), (0x1E9E, 0x1E9E), (0x1EF2, 0x1EF9), (0x20A1, 0x20A1),
    (0x20A4, 0x20A4), (0x20A6, 0x20A7), (0x20A9, 0x20A9), (0x20AB, 0x20AB), (0x20AE, 0x20AE),
    (0x20B1, 0x20B2), (0x20B4, 0x20B5), (0x20B8, 0x20BA), (0x20BD, 0x20BD), (0x20BF, 0x20BF),
)  # fmt: skip

type Ranges = tuple[tuple[int, int], ...]
type Axes = Mapping[str, float | tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Face:
    """A file of ours: which of a package's it is made from, its letters, its axes."""

    source: str
    letters: Ranges
    axes: Axes


INTER: Axes = {"wght": WEIGHTS}
SERIF: Axes = {"wght": WEIGHTS, "opsz": OPTICAL_SIZE}
FACES = {
    "inter-latin": Face("inter-latin-wght-normal", LATIN, INTER),
    "inter-latin-ext": Face("inter-latin-ext-wght-normal", BEYOND, INTER),
    "source-serif-4-latin": Face("source-serif-4-latin-opsz-normal", LATIN, SERIF),
    "source-serif-4-latin-ext": Face("source-serif-4-latin-ext-opsz-normal", BEYOND, SERIF),
    "source-serif-4-latin-italic": Face("source-serif-4-latin-wght-italic", LATIN, {"wght": 400}),
}


def numbers(ranges: Ranges) -> Iterable[int]:
    """Return every code point of the ranges."""
    return (number for first, last in ranges for number in range(first, last + 1))


def made(source: Path, face: Face) -> bytes:
    """Return the face as WOFF2."""
    font = instancer.instantiateVariableFont(TTFont(source, recalcTimestamp=False), dict(face.axes))
    font.flavor = None
    whole = io.BytesIO()
    font.save(whole)
    whole.seek(0)
    options = subset.Options(
        layout_features=FEATURES, hinting=False, name_IDs=["*"], notdef_outline=True
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=numbers(face.letters))
    cut = TTFont(whole, recalcTimestamp=False)
    cutter.subset(cut)
    cut.flavor = "woff2"
    out = io.BytesIO()
    cut.save(out)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Write all faces; return the exit status."""
    folder = Path(arguments[0])
    for name, face in FACES.items():
        (source,) = sorted(folder.rglob(f"{face.source}.woff2"))
        data = made(source, face)
        (TARGET / f"{name}.woff2").write_bytes(data)
        sys.stdout.write(f"{name}.woff2: {len(data):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
