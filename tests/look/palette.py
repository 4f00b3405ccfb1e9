"""Reads the colours out of `tokens.css` and computes their contrast as WCAG 2.2 defines it."""

import re
from dataclasses import dataclass
from pathlib import Path

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
BOTH = re.compile(r"--cf-([a-z-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\);")


@dataclass(frozen=True, slots=True)
class Colour:
    """A token by day and by night."""

    light: str
    dark: str


def palette(css: str | None = None) -> dict[str, Colour]:
    """Return every colour token by its name without the prefix."""
    text = TOKENS.read_text() if css is None else css
    return {name: Colour(light, dark) for name, light, dark in BOTH.findall(text)}


def contrast(one: str, other: str) -> float:
    """Return the ratio of the two colours' luminance, from 1 to 21."""
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
