# ruff: noqa: E501 - the lines are outlines, which do not read better when they are broken
"""What portraits are put together from: tones, and shapes in a box of 120 by 120. Data alone.

The head stands around (60, 56), eyes on y=57, the neckline on y=92. Hair has a part behind the
head and one before it. Inks are dark on purpose: they read on every skin and every ground.
"""

from dataclasses import dataclass

INK = "#1a2130"
PAPER = "#fbf6ea"

SKINS = ("#f4d8c0", "#ecc3a0", "#dda87f", "#c68b62", "#a26a47", "#7b4c34", "#5f3a2a")
HAIR_INKS = ("#1d2230", "#3a2531", "#123f49", "#57301f", "#7f3a24", "#76716a", "#333d2b", "#2a1c1a")
CLOTHS = (
    "#12505e", "#a2361f", "#8f6a1c", "#6b3f5f", "#56652f", "#2f3f66", "#4b4f57", "#8c4350",
    "#3f7a72", "#b9652f",
)  # fmt: skip
# The ground, and the shape on it.
GROUNDS = (
    ("#cfe0dc", "#b2cec8"), ("#f0d8c8", "#e4bda5"), ("#f2e2b8", "#e5cb87"), ("#e6d8e2", "#d0b9cb"),
    ("#dde3c8", "#c3cfa0"), ("#d5dbe6", "#b7c2d6"), ("#ebe3d0", "#d8cbac"), ("#f3d9d6", "#e4b9b4"),
)  # fmt: skip

SCENES = (
    '<circle cx="60" cy="58" r="44"/>',
    '<circle cx="88" cy="36" r="26"/>',
    '<circle cx="30" cy="40" r="30"/>',
    '<path d="M18 120V62a42 42 0 0 1 84 0v58Z"/>',
    '<path d="M0 78c32-22 66 10 120-18v60H0Z"/>',
    '<path d="M0 0h120L0 120Z"/>',
    '<path d="M60 0h60v120H60Z"/>',
    '<path d="M0 22h120v14H0Zm0 28h120v14H0Zm0 28h120v14H0Z"/>',
    '<g fill="none" stroke-width="7"><circle cx="60" cy="58" r="34"/><circle cx="60" cy="58" r="48"/>'
    '<circle cx="60" cy="58" r="62"/></g>',
    '<path d="M60 62 40 -10h14Zm0 0L72-10h14Zm0 0 70-52v16Zm0 0 70-14v14Zm0 0L-10 10v16Zm0 0L-10 48v14Z"/>',
)

HEADS = (
    "M39 53C39 36 47 29 60 29s21 7 21 24c0 17-9 29-21 29S39 70 39 53Z",
    "M38.5 55C38.5 37 47 30 60 30s21.5 7 21.5 25c0 16-10 26-21.5 26S38.5 71 38.5 55Z",
    "M40.5 51C40.5 35 48 28 60 28s19.5 7 19.5 23c0 19-8 32-19.5 32S40.5 70 40.5 51Z",
    "M39 51C39 36 47 29 60 29s21 7 21 22v11c0 13-10 20-21 20S39 75 39 62Z",
)


@dataclass(frozen=True, slots=True)
class Hair:
    """A style. `cover` marks a scarf, a turban or a cap, which is cloth and not hair."""

    front: str
    back: str = ""
    cover: bool = False
    short: bool = False
    lines: str = ""


_CENTRE = (
    "M60 32c-9 2-17 9-20.5 22-3 1-4-5-4-9C35.5 29 46 20.5 60 20.5S84.5 29 84.5 45c0 4-1 10-4"
    " 9C77 41 69 34 60 32Z"
)
_SIDE = (
    "M37.5 55C33 30 46 21 64 22c15 1 22.5 13 18.5 33-1-7-3-12-6-15-10 1-21-1-26-7-4 7-11 11-13 22Z"
)
_SWEPT = "M37.5 55C34 32 45 22.5 61 22.5S86 32 82.5 55c-2-9-6-16-12-19-10 1-25 3-33 19Z"
_DRAWN_BACK = "M37.5 55C35.5 33 45 24 60 24s24.5 9 22.5 31c-2-11-9-20-22.5-20S39.5 44 37.5 55Z"
_PIXIE = (
    "M37.5 57C32 30 46 21 62 21.5c16 .5 25 14 20.5 35.5-1-6-2-9-4-12-4-6-6-8-8-10-6 8-18 12-28 12-3"
    " 3-4 6-5 10Z"
)

LONG = (
    Hair(
        _CENTRE,
        "M35 52C33 17 87 17 85 52c0 16 4 30 7 43-10 6-21 4-25-1H53c-4 5-15 7-25 1 3-13 7-27 7-43Z",
    ),
    Hair(
        "M37.5 52C36 31 45 23.5 60 23.5S84 31 82.5 52c-4-3-6-6-7-9-9 3-22 3-31 0-1 3-3 6-7 9Z",
        "M33 52C31 16 89 16 87 52v24c0 8-11 9-15 4H48c-4 5-15 4-15-4Z",
    ),
    Hair(_DRAWN_BACK, "M60 6a11 11 0 1 1 0 22 11 11 0 0 1 0-22Z"),
    Hair(_SWEPT, "M72 28c19-4 26 14 21 36-2 9-9 13-12 11 3-13 1-32-9-47Z"),
    Hair(
        _SIDE,
        "M34 54C29 17 91 15 87 54c-1 14 9 21 7 36-2 15-19 17-26 6-4-8-5-12-8-12-11 0-20 6-25-4-4-8 0-16-1-26Z",
    ),
    Hair(
        "M60 25c-6 9-12 13-18 15-3 5-4 11-4 20-5-22-3-39 22-39s27 17 22 39c0-9-1-15-4-20-6-2-12-6-18-15Z",
        "M34 54C31 16 89 16 86 54c0 10 2 20 3 30-6 5-14 5-18 0H49c-4 5-12 5-18 0 1-10 3-20 3-30Z",
    ),
    Hair(
        _CENTRE,
        "M39 58c-9 8-12 28-7 46 3 3 8 2 9-2-3-16-1-28 5-37Zm42 0c9 8 12 28 7 46-3 3-8 2-9-2 3-16 1-28-5-37Z",
        lines="M33 76l9-3M31.5 86l9-3M32 96l9-3M87 76l-9-3M88.5 86l-9-3M88 96l-9-3",
    ),
    Hair(_PIXIE, short=False),
    Hair(
        "M60 19.5C39 19.5 33 36 34 57c0 24 11 36 26 36s26-12 26-36c1-21-5-37.5-26-37.5Zm0 15.5c13 0"
        " 18.5 8 18.5 22 0 15-8 25.5-18.5 25.5S41.5 72 41.5 57C41.5 43 47 35 60 35Z",
        "M60 18C37 18 31 36 32 57c0 18 2 25-8 40 22 18 50 18 72 0-10-15-8-22-8-40 1-21-5-39-28-39Z",
        cover=True,
        lines="M38 72c4 14 12 20 22 20 8 0 14-4 18-10M36 40c4-10 12-16 24-16",
    ),
    Hair(
        "M38.5 56C37 40 46 35 60 35s23 5 21.5 21c6-8 5-19 0-26-9-9-34-9-43 0-5 7-6 18 0 26Z",
        "M60 9c21 0 34 15 34 33S81 78 60 78 26 60 26 42 39 9 60 9Z",
    ),
    Hair(
        _DRAWN_BACK,
        "M40 12a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm40 0a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z",
    ),
)
SHORT = (
    Hair(
        "M37.5 55C34 33 44 22.5 61 22.5c17 0 25.5 11.5 21.5 32.5-1-7-3-12-5-15-9 2-26 2-34-1-3 4-5 9-6 16Z",
        short=True,
    ),
    Hair(_SIDE, short=True),
    Hair(
        "M37.5 55C35 39 37 31 43 27c6-9 25-11 34-4 7 5 8 17 5.5 32-1-7-3-12-5-15-8 0-14-2-18-5-6 5-14 5-16 4-3"
        " 3-5 8-6 16Z",
        short=True,
    ),
    Hair(
        "M38.5 53C37 34 46 26.5 60 26.5S83 34 81.5 53c-3-9-8-15-21.5-15S41.5 44 38.5 53Z",
        short=True,
    ),
    Hair(
        "M35 56a7 7 0 0 1 0-12 8 8 0 0 1 5-12 9 9 0 0 1 12-8 10 10 0 0 1 16-1 9 9 0 0 1 12 8 8 8 0 0 1 6 12 7 7"
        " 0 0 1-1 13c-2-3-2-6-4-9a8 8 0 0 1-8-6 9 9 0 0 1-13 1 9 9 0 0 1-13-1 8 8 0 0 1-8 6c-2 3-2 6-4 9Z",
        short=True,
    ),
    Hair(
        "M37 58c-4-10-2-21 5-26-2 7-1 12-2 17Zm46 0c4-10 2-21-5-26 2 7 1 12 2 17Z",
        short=True,
    ),
    Hair(
        "M36 47C33 25 46 15 60 15s27 10 24 32c-6-7-14-10-24-10s-18 3-24 10Z",
        cover=True,
        short=True,
        lines="M38 40c8-12 22-16 38-20M37 32c8-8 16-12 26-14M52 36c8-6 18-10 30-11",
    ),
    Hair(
        "M36.5 46C35 26 46 17 60 17s25 9 23.5 29c-14-4-33-4-47 0Z",
        cover=True,
        short=True,
        lines="M36.5 40c14-4 33-4 47 0",
    ),
    Hair(
        _PIXIE,
        "M34 58c-3-9 0-15 2-20C39 23 49 19 60 19s23 4 26 19c2 5 3 11 0 20 0 6-1 11-4 13H38c-3-2-5-7-4-13Z",
        short=True,
    ),
    Hair(
        "M38.5 56C37 40 46 34 60 34s23 6 21.5 22c5-7 5-18 0-24-8-9-35-9-43 0-5 6-5 17 0 24Z",
        "M60 14c17 0 28 12 28 28S78 66 60 66 32 58 32 42s11-28 28-28Z",
        short=True,
    ),
)

TORSO = "M12 124C12 103 28 96 47 91c6 9 20 9 26 0 19 5 35 12 35 33Z"
NECK = "M50.5 70h19v21c0 8-19 8-19 0Z"
NECK_SHADE = "M50.5 77c6 7 13 7 19 0v8c-6 5-13 5-19 0Z"

# How the clothes close at the neck; {cloth} {deep} {light} {skin} are put in.
NECKLINES = (
    '<path d="M46 91.5c5 11 23 11 28 0" fill="none" stroke="{deep}" stroke-width="4.5"/>',
    '<path d="m47 88 13 15-10 9-9-18Zm26 0-13 15 10 9 9-18Z" fill="{light}"/>',
    '<path d="m45 91 15 30 15-30c-5 8-25 8-30 0Z" fill="{light}"/>'
    '<path d="m45 90-9 15 9 4-3 4 13 11 5-3Zm30 0 9 15-9 4 3 4-13 11-5-3Z" fill="{deep}"/>',
    '<path d="M49 81c5 5 17 5 22 0l4 15c-8 7-22 7-30 0Z" fill="{deep}"/>',
    '<path d="m47 90 13 21 13-21c-5 8-21 8-26 0Z" fill="{skin}"/>'
    '<path d="m46 90 14 23 14-23" fill="none" stroke="{deep}" stroke-width="3"/>',
    '<path d="M12 112c30-9 66-9 96 0v5c-30-9-66-9-96 0Zm6-11c26-8 58-8 84 0l3 5c-30-8-60-8-90 0Z" fill="{light}" '
    'opacity=".85"/><path d="M46 91.5c5 11 23 11 28 0" fill="none" stroke="{light}" stroke-width="4"/>',
    '<path d="M45 85c7 8 23 8 30 0l5 10c-9 12-31 12-40 0Z" fill="{light}"/>'
    '<path d="m66 99 11-3 4 28H67Z" fill="{light}"/><path d="M46 96c8 6 20 6 28 0" fill="none" '
    'stroke="{deep}" stroke-width="1.5" opacity=".5"/>',
    '<path d="M37 98c2-13 8-12 13-9 3 8 17 8 20 0 5-3 11-4 13 9-8 14-38 14-46 0Z" fill="{deep}"/>'
    '<path d="M53 104v13M67 104v13" stroke="{light}" stroke-width="2" stroke-linecap="round"/>',
)

EYES = (
    '<circle cx="51.5" cy="57" r="2.2"/><circle cx="68.5" cy="57" r="2.2"/>',
    '<circle cx="51.5" cy="57.5" r="2"/><circle cx="68.5" cy="57.5" r="2"/>'
    '<path d="M47.5 56.5c2-3 6-3 8 0M64.5 56.5c2-3 6-3 8 0" fill="none" stroke-width="1.5"/>',
    '<path d="M48 58c1.5-3.5 5.5-3.5 7 0M65 58c1.5-3.5 5.5-3.5 7 0" fill="none" stroke-width="1.9"/>',
    '<ellipse cx="51.5" cy="57" rx="1.9" ry="2.6"/><ellipse cx="68.5" cy="57" rx="1.9" ry="2.6"/>',
)
BROWS = (
    "M47 51.5c2.5-2 6-2 8.5-.5M64.5 51c2.5-1.5 6-1.5 8.5.5",
    "M47 51h8M65 51h8",
    "M47 52.5c2-3.5 6-4 8.5-2.5M64.5 50c2.5-1.5 6.5-1 8.5 2.5",
)
NOSES = ("M60.5 57c-2 5-3.5 8 .5 8.5", "M58 65c1.5 1.5 3 1.5 4.5 0", "M59.5 58c2 4 4 7 0 7.5")
MOUTHS = (
    '<path d="M53.5 71.5c3.5 4 9.5 4 13 0" fill="none" stroke-width="1.8"/>',
    '<path d="M52.5 70.5c4 6 11 6 15 0" fill="none" stroke-width="1.8"/>',
    '<path d="M53 70.5h14c-1 8-13 8-14 0Z" stroke-width="1.2"/><path d="M55 71.2h10l-1 2.3h-8Z" fill="#fbf6ea" '
    'stroke="none"/>',
    '<path d="M54 72.5c4 2.5 8 2 12-1.5" fill="none" stroke-width="1.8"/>',
)
GLASSES = (
    '<circle cx="51.5" cy="57.5" r="6.8"/><circle cx="68.5" cy="57.5" r="6.8"/><path d="M58.3 57c1-1.2 2.4-1.2'
    ' 3.4 0M44.7 56l-5-1M75.3 56l5-1"/>',
    '<rect x="44.5" y="52" width="14" height="10.5" rx="3"/><rect x="61.5" y="52" width="14" height="10.5" rx="3"/>'
    '<path d="M58.5 56h3M44.5 55l-5-1M75.5 55l5-1"/>',
)
BEARDS = (
    "M39.5 60c1 18 9 26 20.5 26s19.5-8 20.5-26c-2 5-4 8-8 8-4-3-8-3-12.5-1-4.5-2-8.5-2-12.5 1-4 0-6-3-8-8Zm14"
    " 11.5c4-2 9-2 13 0-2 4-11 4-13 0Z",
    "M47 71c3-5 9-5 13-3 4-2 10-2 13 3 0 8-5 13-13 13s-13-5-13-13Zm6.5.5c2 4 11 4 13 0-4-2-9-2-13 0Z",
    "M51 69.5c3-3 6-3 9-1.5 3-1.5 6-1.5 9 1.5-3 1.5-6 1.5-9 0-3 1.5-6 1.5-9 0Z",
)
EARRINGS = (
    '<circle cx="38.5" cy="64" r="2.2"/><circle cx="81.5" cy="64" r="2.2"/>',
    '<g fill="none" stroke-width="1.6"><circle cx="38.5" cy="67" r="4"/><circle cx="81.5" cy="67" r="4"/></g>',
)
