"""Set words into a picture with the public pages' own faces, letters beyond Western Europe too.

A letter that neither file of a face has is left out; a text of another script comes to nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont
from PIL import ImageDraw, ImageFont

ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Type:
    """A face in one size (pixels) and weight."""

    face: str  # the name of its files: `inter` is inter-latin.woff2 and inter-latin-ext.woff2
    size: int
    weight: int

    def length(self, text: str) -> float:
        """Return how wide the text is, in pixels."""
        return sum(font.getlength(run) for font, run in self._runs(text))

    def set(self, draw: ImageDraw.ImageDraw, x: float, y: float, text: str, *, fill: str) -> None:
        """Write the text on the baseline `y`."""
        for font, run in self._runs(text):
            draw.text((x, y), run, fill=fill, font=font, anchor="ls")
            x += font.getlength(run)

    def broken(self, text: str, *, room: float, most: int) -> tuple[list[str], bool]:
        """Return the text in at most so many lines, and whether all of it is there."""
        words = written(text, self.face).split()
        if (lines := self._lines(words, room)) is not None and len(lines) <= most:
            return lines, True
        while words := words[:-1]:
            shorter = [*words[:-1], words[-1].rstrip(",;:.–-") + ELLIPSIS]
            lines = self._lines(shorter, room)
            if lines is not None and len(lines) <= most:
                return lines, False
        return [], False

    def _lines(self, words: list[str], room: float) -> list[str] | None:
        lines: list[str] = []
        for word in words:
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.length(longer) <= room:
                lines[-1] = longer
            elif self.length(word) > room:
                return None
            else:
                lines.append(word)
        return lines

    def _runs(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        files = _files(self.face)
        for file, run in groupby(text, lambda letter: _holding(files, letter)):
            if file is not None:
                yield _font(file, self.size, self.weight), "".join(run)


def written(text: str, face: str) -> str:
    """Return what of the text can be set: nothing, where that is not most of it."""
    files = _files(face)
    letters = [letter for letter in text if letter.strip()]
    known = [letter for letter in letters if _holding(files, letter) is not None]
    if len(known) * 3 < len(letters) * 2:
        return ""
    kept = (one for one in text if not one.strip() or _holding(files, one) is not None)
    return " ".join("".join(kept).split())


def _holding(files: tuple[Path, ...], letter: str) -> Path | None:
    return next((file for file in files if ord(letter) in _letters(file)), None)


@lru_cache(maxsize=4)
def _files(face: str) -> tuple[Path, ...]:
    folder = Path(settings.ROOT) / "static" / "fonts"
    return tuple(folder / f"{face}-{part}.woff2" for part in ("latin", "latin-ext"))


@lru_cache(maxsize=8)
def _letters(file: Path) -> frozenset[int]:
    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


@lru_cache(maxsize=32)
def _font(file: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(file), size)
    font.set_variation_by_axes([weight])
    return font
