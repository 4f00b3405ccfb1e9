"""A portrait drawn from a name: always the same for a name, seldom the same for two. Pure.

It does not claim to resemble anyone. What a name's last letters hint at only leans the draw
towards long hair or short: a hint that is wrong gives a person with another haircut.
"""

import hashlib
import unicodedata
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from cms import portrait_parts as parts
from cms.portrait_parts import Hair

DRAWING = 2  # goes up with every change of the drawing, so that no old copy is kept
SALT = "counterfoil-445"
SOFT_ENDINGS = ("a", "e", "y", "ah", "ko")


def version_of(name: str) -> str:
    """Return what a cached copy is compared by: the same name and drawing, the same word."""
    return hashlib.sha256(f"{DRAWING} {name}".encode()).hexdigest()[:16]


def portrait_svg(name: str) -> str:
    """Return a square SVG (its `viewBox` is 0 0 120 120) with the name as its title."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" role="img" '
        f'width="120" height="120"><title>{escape(name)}</title>{drawing(name)}</svg>'
    )


def portrait_data_url(name: str) -> str:
    """Return the portrait as an address that holds the picture itself."""
    return f"data:image/svg+xml,{quote(portrait_svg(name))}"


def drawing(name: str) -> str:
    """Return the shapes alone, in a box of 120 by 120, to be put into a larger picture."""
    pick = _Picker(name)
    ground, shape = pick(parts.GROUNDS)
    scene, skin, ink, cloth = (
        pick(parts.SCENES),
        pick(parts.SKINS),
        pick(parts.HAIR_INKS),
        pick(parts.CLOTHS),
    )
    soft = _given(name).endswith(SOFT_ENDINGS)
    hair = pick(parts.LONG if soft else parts.SHORT)
    cover = mix(pick(parts.CLOTHS), parts.PAPER, 0.12)
    tilt = pick((-3, -2, 0, 2, 3))
    return "".join(
        [
            f'<rect width="120" height="120" fill="{ground}"/>',
            f'<g fill="{shape}" stroke="{shape}" stroke-width="0">{scene}</g>',
            f'<g transform="rotate({tilt} 60 92)">',
            _path(hair.back, cover if hair.cover else ink),
            _path(parts.NECK, skin),
            _path(parts.NECK_SHADE, mix(skin, "#8a3b22", 0.28)),
            "</g>",
            _clothes(pick, cloth=cloth, skin=skin),
            f'<g transform="rotate({tilt} 60 92)">',
            _head(pick, hair=hair, skin=skin, ink=ink, cover=cover, beard=not soft),
            "</g>",
        ]
    )


def _given(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return letters.partition(" ")[0]


def _clothes(pick: "_Picker", *, cloth: str, skin: str) -> str:
    deep = mix(cloth, parts.INK, 0.32)
    light = pick((parts.PAPER, "#f0dcae", "#e9c3ae", "#cfdedb"))
    neckline = pick(parts.NECKLINES).format(cloth=cloth, deep=deep, light=light, skin=skin)
    return _path(parts.TORSO, cloth) + neckline


def _head(pick: "_Picker", *, hair: Hair, skin: str, ink: str, cover: str, beard: bool) -> str:
    shade, line = mix(skin, "#8a3b22", 0.4), mix(skin, "#1f1418", 0.9)
    head, glasses, earrings = pick(parts.HEADS), pick("ynnn"), pick("ynn")
    whiskers = pick("ynn") == "y" and beard and hair.short
    scarf = hair.cover and not hair.short
    strand = cover if hair.cover else ink
    return "".join(
        [
            "" if scarf else f'<g fill="{skin}">{_EARS}</g>',
            _path(head, skin),
            f'<g fill="{mix(skin, "#d2553a", 0.5)}" opacity=".28">{_CHEEKS}</g>',
            _path(pick(parts.BEARDS), ink, rule=True) if whiskers else "",
            f'<g fill="{line}" stroke="{line}" stroke-linecap="round">',
            pick(parts.EYES),
            pick(parts.MOUTHS),
            f'<path d="{pick(parts.BROWS)}" fill="none" stroke-width="{pick((1.6, 2.2))}"/></g>',
            f'<path d="{pick(parts.NOSES)}" fill="none" stroke="{shade}" stroke-width="1.8" '
            'stroke-linecap="round"/>',
            _path(hair.front, strand, rule=True),
            f'<path d="{hair.lines}" fill="none" stroke="{mix(strand, parts.INK, 0.3)}" '
            'stroke-width="1.4" stroke-linecap="round"/>'
            if hair.lines
            else "",
            _glasses(pick, skin) if glasses == "y" else "",
            _earrings(pick) if earrings == "y" and not hair.short and not scarf else "",
        ]
    )


_EARS = '<ellipse cx="38.5" cy="58" rx="4" ry="5.2"/><ellipse cx="81.5" cy="58" rx="4" ry="5.2"/>'
_CHEEKS = '<circle cx="46.5" cy="66" r="4"/><circle cx="73.5" cy="66" r="4"/>'


def _glasses(pick: "_Picker", skin: str) -> str:
    dark = skin in parts.SKINS[4:]
    ink = pick(("#e3bd6b", "#f3ead6") if dark else (parts.INK, "#8c3a24", "#12505e"))
    return f'<g fill="none" stroke="{ink}" stroke-width="1.7">{pick(parts.GLASSES)}</g>'


def _earrings(pick: "_Picker") -> str:
    return f'<g fill="#d9a441" stroke="#d9a441" stroke-width="0">{pick(parts.EARRINGS)}</g>'


def _path(shape: str, fill: str, *, rule: bool = False) -> str:
    even = ' fill-rule="evenodd"' if rule else ""
    return f'<path d="{shape}" fill="{fill}"{even}/>' if shape else ""


def mix(colour: str, other: str, share: float) -> str:
    """Return `colour` with `share` of `other` stirred in, channel by channel."""
    pairs = ((int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


class _Picker:
    """Picks one of a sequence after the other, by the digits of a number made from the name."""

    def __init__(self, name: str) -> None:
        self.number = int.from_bytes(hashlib.sha256(f"{SALT} {name.casefold()}".encode()).digest())

    def __call__[T](self, choices: Sequence[T]) -> T:
        self.number, index = divmod(self.number, len(choices))
        return choices[index]
