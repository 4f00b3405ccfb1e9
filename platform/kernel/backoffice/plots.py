"""Plots drawn on the server, as SVG in the colours of the theme: no script, no request, no library.

A plot shows what a table beside it says; each mark has its words as a tooltip. Series differ by
how they are filled or dashed, not by colour alone. Knows numbers and labels, nothing of money:
`write` turns a value into the words that people read, `unit` is what the axis counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 8, 28, 26
_STEPS = (1, 2, 2.5, 5, 10)

type Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Series:
    """One name and its values, in the order of the labels; None where there is none."""

    name: str
    values: Sequence[float | None]


def bars(
    *,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    write: Write,
    unit: str = "",
    stacked: bool = False,
) -> SafeString:
    """Draw bars side by side, or on top of each other (all of one sign)."""
    values = [value or 0 for one in series for value in one.values]
    if stacked:
        columns = zip(*(one.values for one in series), strict=True)
        values = [sum(value or 0 for value in column) for column in columns]
    scale = _Scale.over(values)
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    inner = min(slot * 0.68, 64.0)
    width = inner if stacked else inner / max(1, len(series))
    marks = []
    for column, label in enumerate(labels):
        left = _LEFT + slot * column + (slot - inner) / 2
        base = 0.0
        for number, one in enumerate(series):
            value = one.values[column] or 0
            if not value:
                continue
            low, high = sorted((scale.y(base), scale.y(base + value)))
            marks.append(
                (
                    number + 1,
                    f"{left + (0 if stacked else number * width):.1f}",
                    f"{low:.1f}",
                    f"{max(width - 1, 1):.1f}",
                    f"{max(high - low, 1):.1f}",
                    f"{label}, {one.name}: {write(value)}",
                )
            )
            base += value if stacked else 0
    drawn = format_html_join(
        "",
        '<rect class="cf-plot__mark cf-plot__mark--{}" x="{}" y="{}" width="{}" height="{}">'
        "<title>{}</title></rect>",
        marks,
    )
    return _figure(_Axes(title, labels, scale, write, unit), series, drawn)


def lines(
    *,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    write: Write,
    unit: str = "",
) -> SafeString:
    """Draw each series as a line with a dot at each value; a gap where there is none."""
    scale = _Scale.over([value or 0 for one in series for value in one.values])
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    parts = []
    for number, one in enumerate(series, start=1):
        points = [
            (_LEFT + slot * (column + 0.5), scale.y(value), label, value)
            for column, (label, value) in enumerate(zip(labels, one.values, strict=True))
            if value is not None
        ]
        dots = format_html_join(
            "",
            '<circle class="cf-plot__dot cf-plot__dot--{}" cx="{}" cy="{}" r="4">'
            "<title>{}</title></circle>",
            (
                (number, f"{x:.1f}", f"{y:.1f}", f"{label}, {one.name}: {write(value)}")
                for x, y, label, value in points
            ),
        )
        parts.append(
            format_html(
                "{}{}", _stretches(number, one, slot, scale), dots,
            )
        )  # fmt: skip
    drawn = format_html_join("", "{}", ((part,) for part in parts))
    return _figure(_Axes(title, labels, scale, write, unit), series, drawn)


def _stretches(number: int, one: Series, slot: float, scale: "_Scale") -> SafeString:
    """Draw the line between neighbours; what has no value on either side is a dot alone."""
    runs: list[list[str]] = [[]]
    for column, value in enumerate(one.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_LEFT + slot * (column + 0.5):.1f},{scale.y(value):.1f}")
    return format_html_join(
        "",
        '<polyline class="cf-plot__line cf-plot__line--{}" points="{}"/>',
        ((number, " ".join(run)) for run in runs if len(run) > 1),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to pixels, with round numbers at the grid lines."""

    low: float
    high: float
    step: float

    @classmethod
    def over(cls, values: Sequence[float]) -> "_Scale":
        low, high = min([0.0, *values]), max([0.0, *values])
        span = (high - low) or 1.0
        power = 1.0
        while power * 10 <= span / 4:
            power *= 10
        while power > span / 4:
            power /= 10
        step = next(power * step for step in _STEPS if power * step >= span / 4)
        bottom = step * -(-low // step) if low >= 0 else -step * -(low // step)
        top = step * -(-high // step)
        return cls(bottom, top if top > bottom else bottom + step, step)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * number for number in range(count + 1)]


@dataclass(frozen=True, slots=True)
class _Axes:
    title: str
    labels: Sequence[str]
    scale: _Scale
    write: Write
    unit: str


def _figure(axes: _Axes, series: Sequence[Series], marks: SafeString) -> SafeString:
    title, labels, scale, write = axes.title, axes.labels, axes.scale, axes.write
    grid = format_html_join(
        "",
        '<line class="cf-plot__grid{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="cf-plot__tick" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (
                " cf-plot__grid--zero" if abs(tick) < scale.step / 1000 else "",
                _LEFT, WIDTH - _RIGHT, f"{scale.y(tick):.1f}", f"{scale.y(tick):.1f}",
                _LEFT - 8, f"{scale.y(tick) + 4:.1f}", write(tick),
            )
            for tick in scale.ticks()
        ),
    )  # fmt: skip
    slot = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    every = -(-len(labels) // 12)
    names = format_html_join(
        "",
        '<text class="cf-plot__tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (f"{_LEFT + slot * (column + 0.5):.1f}", HEIGHT - 6, label)
            for column, label in enumerate(labels)
            if column % every == 0
        ),
    )
    unit = format_html('<text class="cf-plot__unit" x="0" y="12">{}</text>', axes.unit)
    keys = format_html_join(
        "",
        '<li><span class="cf-plot__key cf-plot__key--{}"></span>{}</li>',
        ((number, one.name) for number, one in enumerate(series, start=1)),
    )
    legend = format_html('<ul class="cf-plot__legend" aria-hidden="true">{}</ul>', keys)
    return format_html(
        '<figure class="cf-plot"><figcaption>{}</figcaption>{}'
        '<div class="cf-plot__frame" tabindex="0">'
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}'
        "</svg></div></figure>",
        title, legend if len(series) > 1 else "", WIDTH, HEIGHT,
        f"{title}; the table below has the same figures.", unit if axes.unit else "",
        grid, marks, names,
    )  # fmt: skip
