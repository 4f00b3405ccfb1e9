"""A portrait drawn from a name: always the same for a name, seldom the same for two. Pure."""

import hashlib
from collections.abc import Sequence
from html import escape

SKINS = ("#f2d3bb", "#e6b892", "#d19a6f", "#a9714b", "#7d4f33", "#5b3a29")
HAIRS = ("#2b2118", "#4a3222", "#7b4b2a", "#b0793f", "#8c8c8c", "#d9cdb8", "#1b1b22")
CLOTHES = ("#14505c", "#a63a24", "#4a5a8a", "#5d6b3a", "#7a4d6b", "#8a6a1f", "#36454f")
GROUNDS = ("#e9dfc9", "#d7e3e0", "#ead9d2", "#dcdfec", "#e3e6d3", "#efe3e8", "#f0e4c8")
HAIR_SHAPES = (
    "M28 46c-2-24 46-26 44 0-4-10-10-14-22-14s-18 4-22 14Z",
    "M27 62c-6-42 52-46 46 0-2-2-4-12-6-20-8 2-24 2-32-6-4 8-6 18-8 26Z",
    "M29 40c4-20 40-20 42 0-8-6-34-6-42 0Z",
    "M26 70c-8-52 58-56 48 0l-6-2c2-16 0-26-6-32-8 4-18 4-26-2-4 8-6 20-4 34l-6 2Z",
    "M30 42c0-12 8-20 24-18 12 0 18 8 16 20-6-8-16-4-22-8-6 4-12 2-18 6Z",
    "",
)


DRAWING = 1  # goes up with every change of the drawing, so that no old copy is kept


def version_of(name: str) -> str:
    """Return what a cached copy is compared by: the same name and drawing, the same word."""
    return hashlib.sha256(f"{DRAWING} {name}".encode()).hexdigest()[:16]


def portrait_svg(name: str) -> str:
    """Return a square SVG (its `viewBox` is 0 0 100 100) with the name as its title."""
    pick = _picker(name)
    skin, hair, cloth, ground = pick(SKINS), pick(HAIRS), pick(CLOTHES), pick(GROUNDS)
    shape, collar, glasses, tilt = pick(HAIR_SHAPES), pick("vrn"), pick("ynnn"), pick((-3, 0, 3))
    parts = [
        f'<rect width="100" height="100" fill="{ground}"/>',
        f'<path d="M12 100c0-24 16-32 38-32s38 8 38 32Z" fill="{cloth}"/>',
        f'<g transform="rotate({tilt} 50 60)">',
        f'<path d="M42 58h16v14c0 8-16 8-16 0Z" fill="{skin}"/>',
        f'<ellipse cx="50" cy="46" rx="19" ry="23" fill="{skin}"/>',
        f'<path d="{shape}" fill="{hair}"/>' if shape else "",
        '<g fill="#1c2230"><circle cx="43" cy="47" r="1.8"/><circle cx="57" cy="47" r="1.8"/></g>',
        '<path d="M44 57q6 5 12 0" fill="none" stroke="#1c2230" stroke-width="1.6" '
        'stroke-linecap="round"/>',
        _GLASSES if glasses == "y" else "",
        "</g>",
        _COLLARS[collar],
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" role="img" '
        f'width="100" height="100"><title>{escape(name)}</title>{"".join(parts)}</svg>'
    )


_GLASSES = (
    '<g fill="none" stroke="#1c2230" stroke-width="1.4"><circle cx="43" cy="47" r="5.5"/>'
    '<circle cx="57" cy="47" r="5.5"/><path d="M48.5 47h3"/></g>'
)
_COLLARS = {
    "v": '<path d="M41 70l9 13 9-13" fill="none" stroke="#fff" stroke-width="3"/>',
    "r": '<path d="M38 72q12 10 24 0" fill="none" stroke="#fff" stroke-width="3"/>',
    "n": "",
}


def _picker(name: str) -> "_Picker":
    return _Picker(int.from_bytes(hashlib.sha256(name.casefold().encode()).digest()))


class _Picker:
    """Picks one of a sequence after the other, by the digits of a number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__[T](self, choices: Sequence[T]) -> T:
        self.number, index = divmod(self.number, len(choices))
        return choices[index]
