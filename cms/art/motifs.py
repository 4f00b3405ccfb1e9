"""What each picture shows. A motif is a function of nothing: the same picture every time. Pure."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cms.art.shapes import (
    HEIGHT,
    WIDTH,
    Area,
    Disc,
    Shape,
    Tone,
    arc,
    bar,
    sheet,
    slice_of,
    ticket,
    turned,
)

CENTRE = (WIDTH / 2, HEIGHT / 2)


def _ground(wash: Tone, *, at: tuple[float, float], radius: float) -> list[Shape]:
    """The table that everything lies on, with one large round wash of colour."""
    return [sheet(0, 0, WIDTH, HEIGHT, "sunk", r=0), Disc(at, radius, wash)]


def tickets() -> list[Shape]:
    """Three tickets fanned out, the front one stamped."""
    return [
        *_ground("info", at=(690, 170), radius=250),
        *ticket(330, 70, 430, 190, tone="warning", stub="success", degrees=14, ink="card"),
        *ticket(230, 165, 460, 205, tone="accent", stub="stamp", degrees=3, ink="card"),
        *ticket(180, 270, 480, 210, tone="card", stub="warning", degrees=-8, lines=3),
        *_stamp(600, 350, 62, degrees=-8),
    ]


def clock() -> list[Shape]:
    """A dial over an agenda: two zones, one instant."""
    hours: list[Shape] = [
        bar(*_ray((390, 270), 148, 166, step * 30), "ink", width=6) for step in range(12)
    ]
    second: list[Shape] = [
        bar(*_ray((700, 330), 74, 86, step * 30), "card", width=4) for step in range(12)
    ]
    return [
        *_ground("warning", at=(250, 420), radius=270),
        *ticket(440, 60, 420, 180, tone="card", stub="info", degrees=6),
        Disc((390, 270), 190, "card"),
        Disc((390, 270), 190, "accent", width=12),
        *hours,
        bar((390, 270), (390, 150), "ink", width=10),
        bar((390, 270), (470, 316), "ink", width=10),
        Disc((390, 270), 12, "stamp"),
        Disc((700, 330), 104, "accent"),
        *second,
        bar((700, 330), (650, 300), "card", width=8),
        bar((700, 330), (700, 268), "card", width=8),
        Disc((700, 330), 8, "warning"),
    ]


def calendar() -> list[Shape]:
    """A month of days, one of them taken."""
    shapes: list[Shape] = [
        *_ground("success", at=(720, 400), radius=260),
        sheet(260, 70, 440, 400, "card", r=20),
        sheet(260, 70, 440, 84, "accent", r=20),
        sheet(260, 120, 440, 34, "accent", r=0),
        sheet(340, 44, 18, 60, "ink", r=9),
        sheet(602, 44, 18, 60, "ink", r=9),
    ]
    for day in range(28):
        column, row = day % 7, day // 7
        taken: Tone = "info" if day in {9, 16, 18, 23} else "sunk"
        shapes.append(sheet(288 + column * 56, 184 + row * 68, 44, 52, taken, r=8))
    return [*shapes, *_stamp(534, 346, 44, degrees=-12)]


def split() -> list[Shape]:
    """One price in its three parts."""
    centre = (360.0, 270.0)
    rows: list[tuple[Tone, float]] = [("accent", 220), ("stamp", 90), ("ink", 46)]
    shapes: list[Shape] = [
        *_ground("danger", at=(660, 120), radius=230),
        sheet(520, 110, 330, 320, "card", r=20),
        slice_of(centre, 190, -90, 205, "accent"),
        slice_of((344.0, 252.0), 190, 205, 258, "stamp"),
        slice_of((354.0, 246.0), 190, 258, 270, "ink"),
        Disc(centre, 78, "sunk"),
    ]
    for index, (tone, length) in enumerate(rows):
        top = 176 + index * 66
        shapes += [
            Disc((564, top), 13, tone),
            bar((596, top), (596 + length, top), "line", width=16),
        ]
    for dot in range(13):
        shapes.append(Disc((548 + dot * 23, 344), 3.5, "line"))
    return [*shapes, bar((564, 390), (806, 390), "ink", width=18)]


def steps() -> list[Shape]:
    """Stairs of paper with a flag at the top."""
    tones: list[Tone] = ["info", "success", "warning", "accent"]
    shapes: list[Shape] = [*_ground("card", at=(640, 190), radius=210)]
    for index, tone in enumerate(tones):
        left, top = 150 + index * 160, 410 - index * 88
        shapes.append(sheet(left, top, 178, HEIGHT - top + 20, tone, r=10))
    return [
        *shapes,
        bar((720, 150), (720, 44), "ink", width=8),
        Area(((724, 46), (810, 72), (724, 98)), "stamp"),
        Disc((235, 362), 26, "ink"),
        Disc((235, 362), 12, "sunk"),
        *(Disc((300 + d * 36, 350 - d * 20), 4, "ink") for d in range(10)),
    ]


def letter() -> list[Shape]:
    """An envelope, a letter out of it, a stamp."""
    return [
        *_ground("warning", at=(300, 160), radius=240),
        sheet(300, 60, 360, 300, "card", r=12),
        bar((350, 120), (520, 120), "accent", width=14),
        bar((350, 166), (610, 166), "line", width=10),
        bar((350, 200), (590, 200), "line", width=10),
        bar((350, 234), (560, 234), "line", width=10),
        sheet(220, 236, 520, 250, "accent", r=16),
        Area(((232, 480), (480, 330), (728, 480)), "info"),
        *_stamp(664, 130, 52, degrees=10),
    ]


def talk() -> list[Shape]:
    """Two people in conversation: two sheets that answer each other."""
    return [
        *_ground("info", at=(240, 150), radius=230),
        sheet(170, 90, 400, 210, "card", r=28),
        Area(((240, 290), (230, 360), (320, 290)), "card"),
        bar((220, 150), (470, 150), "accent", width=16),
        bar((220, 196), (510, 196), "line", width=12),
        bar((220, 236), (400, 236), "line", width=12),
        sheet(410, 240, 390, 190, "accent", r=28),
        Area(((660, 420), (730, 492), (740, 420)), "accent"),
        bar((460, 300), (700, 300), "card", width=16),
        bar((460, 346), (740, 346), "info", width=12),
        bar((460, 384), (600, 384), "info", width=12),
        *_stamp(790, 130, 46, degrees=0),
    ]


def path() -> list[Shape]:
    """A way with a bend in it, from one place to another."""
    first, second = arc((380, 400), 150, 180, 270, 9), arc((380, 140), 110, 90, 0, 7)
    way = [*first, *second, *((490 + step * 22, 140 - step * 4) for step in range(1, 11))]
    return [
        *_ground("success", at=(250, 430), radius=230),
        Area(((560, 470), (700, 210), (840, 470)), "info"),
        Area(((680, 470), (790, 290), (900, 470)), "warning"),
        Area(((700, 210), (664, 276), (736, 276)), "card"),
        *ticket(90, 330, 280, 130, tone="card", stub="accent", degrees=-6),
        *(Disc(place, 6, "ink") for place in way),
        Disc((230, 400), 16, "stamp"),
        *_stamp(760, 104, 50, degrees=8),
    ]


def back() -> list[Shape]:
    """A ticket that comes back."""
    ring = [*arc((480, 270), 215, 30, 320, 40), *arc((480, 270), 175, 320, 30, 40)]
    return [
        *_ground("danger", at=(480, 270), radius=260),
        Area(tuple(ring), "accent"),
        Area(((590, 178), (668, 112), (686, 212)), "accent"),
        *ticket(330, 195, 320, 150, tone="card", stub="warning", degrees=-6),
        *_stamp(610, 300, 40, degrees=-6),
    ]


def _ray(
    centre: tuple[float, float], inner: float, outer: float, degrees: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    return arc(centre, inner, degrees, degrees, 1)[0], arc(centre, outer, degrees, degrees, 1)[0]


def _stamp(x: float, y: float, radius: float, *, degrees: float) -> list[Shape]:
    """The proof: two rings and a tick."""
    tick = turned(
        [
            (x - radius * 0.42, y + radius * 0.02),
            (x - radius * 0.1, y + radius * 0.34),
            (x + radius * 0.46, y - radius * 0.32),
        ],
        about=(x, y),
        degrees=degrees,
    )
    width = radius * 0.14
    return [
        Disc((x, y), radius, "stamp", width=radius * 0.1),
        Disc((x, y), radius * 0.8, "stamp", width=radius * 0.04),
        bar(tick[0], tick[1], "stamp", width=width),
        bar(tick[1], tick[2], "stamp", width=width),
        *(Disc(point, width / 2, "stamp") for point in tick),
    ]


MOTIFS: Mapping[str, Callable[[], list[Shape]]] = MappingProxyType(
    {
        drawing.__name__: drawing
        for drawing in (tickets, clock, calendar, split, steps, letter, talk, path, back)
    }
)
CHOICES = [
    ("tickets", "Tickets"),
    ("clock", "Two clocks"),
    ("calendar", "Calendar"),
    ("split", "A price in its parts"),
    ("steps", "Stairs"),
    ("letter", "Letter"),
    ("talk", "Conversation"),
    ("path", "A way with a bend"),
    ("back", "A ticket that comes back"),
]
