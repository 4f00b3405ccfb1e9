"""Paint our own small SVG drawings (portraits, the mark) into a raster image.

It knows what those drawings are made of and no more: paths, circles, ellipses, rectangles, groups
that turn, fills, strokes, opacity. Not for files from elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import cos, hypot, pi, sin
from typing import Any
from xml.etree import ElementTree as ET

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from PIL import Image, ImageChops, ImageDraw

type Matrix = tuple[float, float, float, float, float, float]
type Outline = list[tuple[float, float]]

FINER = 3  # painted so many times larger and scaled down, which smooths the edges
CURVE_STEPS = 14
ROUND_STEPS = 72
SHORTEST = 2  # points of an outline that has no area
_TURN = re.compile(r"rotate\((-?[\d.]+) ([\d.]+) ([\d.]+)\)")


@dataclass(frozen=True, slots=True)
class Paint:
    """What a shape inherits from the groups around it."""

    fill: str = "#000000"
    stroke: str = "none"
    width: float = 1
    opacity: float = 1
    even: bool = False
    matrix: Matrix = (1, 0, 0, 1, 0, 0)

    def inside(self, given: Mapping[str, str]) -> "Paint":
        """Return the paint of an element with these attributes."""
        return replace(
            self,
            fill=given.get("fill", self.fill),
            stroke=given.get("stroke", self.stroke),
            width=float(given.get("stroke-width", self.width)),
            opacity=self.opacity * float(given.get("opacity", 1)),
            even=given.get("fill-rule", "evenodd" if self.even else "") == "evenodd",
            matrix=_turned(self.matrix, given.get("transform", "")),
        )


def paint(shapes: str, *, box: float, size: int) -> Image.Image:
    """Return the shapes, drawn in a square `box`, as a picture of `size` pixels."""
    root = ET.fromstring(f"<g>{shapes}</g>")  # noqa: S314 - our own drawing
    large = size * FINER
    image = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    scale = large / box
    _element(image, root, Paint(matrix=(scale, 0, 0, scale, 0, 0)))
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _element(image: Image.Image, element: ET.Element, outer: Paint) -> None:
    own = outer.inside(element.attrib)
    outlines, closed = _outlines(element)
    if outlines:
        _shape(image, [_moved(own.matrix, one) for one in outlines], own, closed=closed)
    for child in element:
        _element(image, child, own)


def _outlines(element: ET.Element) -> tuple[list[Outline], bool]:
    given = element.attrib
    number = {name: float(given.get(name, 0)) for name in ("x", "y", "width", "height", "cx", "cy")}
    match element.tag:
        case "path":
            pen = _Outlines()
            parse_path(given["d"], pen)
            return pen.found, pen.closed
        case "rect":
            x, y, w, h = (number[name] for name in ("x", "y", "width", "height"))
            return [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)]], True
        case "circle" | "ellipse":
            rx, ry = (
                float(given.get("rx", given.get("r", 0))),
                float(given.get("ry", given.get("r", 0))),
            )
            angles = [step * 2 * pi / ROUND_STEPS for step in range(ROUND_STEPS)]
            return [
                [(number["cx"] + rx * cos(a), number["cy"] + ry * sin(a)) for a in angles]
            ], True
    return [], False


class _Outlines(BasePen):  # type: ignore[misc]
    """Collects a path as outlines of many short lines."""

    def __init__(self) -> None:
        super().__init__(None)
        self.found: list[Outline] = []
        self.closed = False

    def _moveTo(self, pt: Any) -> None:  # noqa: N802
        self.found.append([pt])

    def _lineTo(self, pt: Any) -> None:  # noqa: N802
        self.found[-1].append(pt)

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:  # noqa: N802
        x0, y0 = self.found[-1][-1]
        for step in range(1, CURVE_STEPS + 1):
            t = step / CURVE_STEPS
            a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3
            self.found[-1].append(
                (
                    a * x0 + b * pt1[0] + c * pt2[0] + d * pt3[0],
                    a * y0 + b * pt1[1] + c * pt2[1] + d * pt3[1],
                )
            )

    def _closePath(self) -> None:  # noqa: N802
        self.closed = True


def _shape(image: Image.Image, outlines: list[Outline], own: Paint, *, closed: bool) -> None:
    if own.fill != "none":
        if own.opacity == 1 and not (own.even and len(outlines) > 1):
            _fill(image, outlines, own.fill)
        else:
            image.paste(own.fill, mask=_filled(image.size, outlines, own))
    if own.stroke != "none" and own.width:
        _stroke(image, outlines, own, closed=closed)


def _fill(image: Image.Image, outlines: list[Outline], colour: str | int) -> None:
    draw = ImageDraw.Draw(image)
    for outline in (one for one in outlines if len(one) > SHORTEST):
        draw.polygon(outline, fill=colour)


def _filled(size: tuple[int, int], outlines: list[Outline], own: Paint) -> Image.Image:
    """Return where the shape is, as strong as it is opaque; with `even`, holes are left open."""
    mask = Image.new("1", size)
    for outline in outlines:
        part = Image.new("1", size)
        _fill(part, [outline], 1)
        mask = (ImageChops.logical_xor if own.even else ImageChops.logical_or)(mask, part)
    return mask.convert("L").point(lambda value: round(value * own.opacity))


def _stroke(image: Image.Image, outlines: list[Outline], own: Paint, *, closed: bool) -> None:
    draw = ImageDraw.Draw(image)
    thick = own.width * hypot(own.matrix[0], own.matrix[1])
    for outline in outlines:
        points = [*outline, *outline[:2]] if closed else outline
        draw.line(points, fill=own.stroke, width=max(1, round(thick)), joint="curve")
        for x, y in (points[0], points[-1]):  # the ends are round
            r = thick / 2
            draw.ellipse((x - r, y - r, x + r, y + r), fill=own.stroke)


def _turned(matrix: Matrix, transform: str) -> Matrix:
    found = _TURN.fullmatch(transform)
    if found is None:
        return matrix
    degrees, x, y = map(float, found.groups())
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    a, b, d, e, f, g = matrix
    p, q = x - c * x + s * y, y - s * x - c * y  # turn about (x, y)
    return (
        a * c + d * s,
        b * c + e * s,
        d * c - a * s,
        e * c - b * s,
        a * p + d * q + f,
        b * p + e * q + g,
    )


def _moved(matrix: Matrix, outline: Outline) -> Outline:
    a, b, c, d, e, f = matrix
    return [(a * x + c * y + e, b * x + d * y + f) for x, y in outline]
