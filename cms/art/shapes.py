"""The few shapes that every picture is made of, and what a picture is. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Literal

WIDTH, HEIGHT = 960, 540

type Tone = Literal[
    "sunk", "card", "line", "ink", "accent", "stamp", "info", "warning", "success", "danger"
]
type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon; round corners are many short sides."""

    points: tuple[Point, ...]
    tone: Tone


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle: filled, or a ring where `width` is given."""

    centre: Point
    radius: float
    tone: Tone
    width: float = 0


type Shape = Area | Disc


def turned(points: Iterable[Point], *, about: Point, degrees: float) -> tuple[Point, ...]:
    """Return the points turned clockwise about a point."""
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    x0, y0 = about
    return tuple(
        (x0 + (x - x0) * c - (y - y0) * s, y0 + (x - x0) * s + (y - y0) * c) for x, y in points
    )


def arc(centre: Point, radius: float, start: float, stop: float, steps: int = 8) -> list[Point]:
    """Return points along an arc, in degrees; 0 is to the right and 90 is down."""
    angles = (start + (stop - start) * step / steps for step in range(steps + 1))
    return [
        (centre[0] + radius * cos(a * pi / 180), centre[1] + radius * sin(a * pi / 180))
        for a in angles
    ]


def sheet(x: float, y: float, w: float, h: float, tone: Tone, *, r: float = 12) -> Area:
    """Return a sheet of paper with round corners."""
    right, bottom = x + w - r, y + h - r
    corners = [
        *arc((x + r, y + r), r, 180, 270, 5),
        *arc((right, y + r), r, 270, 360, 5),
        *arc((right, bottom), r, 0, 90, 5),
        *arc((x + r, bottom), r, 90, 180, 5),
    ]
    return Area(tuple(corners), tone)


def bar(start: Point, stop: Point, tone: Tone, *, width: float = 8) -> Area:
    """Return a straight line of some width."""
    dx, dy = stop[0] - start[0], stop[1] - start[1]
    length = hypot(dx, dy) or 1
    nx, ny = -dy / length * width / 2, dx / length * width / 2
    (x1, y1), (x2, y2) = start, stop
    return Area(
        ((x1 + nx, y1 + ny), (x2 + nx, y2 + ny), (x2 - nx, y2 - ny), (x1 - nx, y1 - ny)), tone
    )


def slice_of(centre: Point, radius: float, start: float, stop: float, tone: Tone) -> Area:
    """Return a piece of a pie."""
    return Area((centre, *arc(centre, radius, start, stop, 32)), tone)


def ticket(
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    tone: Tone,
    stub: Tone,
    degrees: float = 0,
    lines: int = 2,
    ink: Tone = "line",
) -> list[Shape]:
    """Return a ticket: a body with lines of writing, a perforation, and a stub of another tone."""
    notch, corner = h * 0.09, h * 0.08
    tear = x + w * 0.7
    body: list[Point] = [
        *arc((x + corner, y + corner), corner, 180, 270, 5),
        *arc((tear, y), notch, 180, 90, 6),
        *arc((tear, y + h), notch, 270, 180, 6),
        *arc((x + corner, y + h - corner), corner, 90, 180, 5),
    ]
    end = x + w - corner
    torn: list[Point] = [
        *arc((tear, y), notch, 90, 0, 6),
        *arc((end, y + corner), corner, 270, 360, 5),
        *arc((end, y + h - corner), corner, 0, 90, 5),
        *arc((tear, y + h), notch, 0, -90, 6),
    ]
    middle = (x + w / 2, y + h / 2)
    shapes: list[Shape] = [
        Area(turned(body, about=middle, degrees=degrees), tone),
        Area(turned(torn, about=middle, degrees=degrees), stub),
    ]
    for row in range(lines):
        top = y + h * (0.3 + 0.2 * row)
        line = bar((x + w * 0.1, top), (x + w * (0.52 - 0.14 * row), top), ink, width=h * 0.06)
        shapes.append(Area(turned(line.points, about=middle, degrees=degrees), ink))
    for hole in range(1, 8):
        (place,) = turned([(tear, y + h * hole / 8)], about=middle, degrees=degrees)
        shapes.append(Disc(place, h * 0.018, "sunk"))
    return shapes
