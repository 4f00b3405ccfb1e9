"""Plots: every value has its mark and words, a gap stays a gap, and no name becomes markup."""

import re
from xml.etree import ElementTree as ET

from kernel.backoffice import plots
from kernel.backoffice.plots import Series

LABELS = ["Jan", "Feb", "Mar", "Apr"]


def svg(figure: str) -> ET.Element:
    found = re.search(r"<svg.*</svg>", figure, re.S)
    assert found is not None
    return ET.fromstring(found[0])


def write(value: float) -> str:
    return f"{value:g} %"


def test_a_line_has_a_gap_where_there_is_no_value() -> None:
    drawn = svg(
        plots.lines(
            title="Rate", labels=LABELS, unit="% of sales", write=write,
            series=[Series("Rate", [1.5, 3, None, 2])],
        )
    )  # fmt: skip

    stretches = [len(one.get("points", "").split()) for one in drawn.iter("polyline")]
    assert stretches == [2]  # April is a dot alone
    assert [one.text for one in drawn.iter("title")] == [
        "Jan, Rate: 1.5 %", "Feb, Rate: 3 %", "Apr, Rate: 2 %",
    ]  # fmt: skip
    assert "% of sales" in [one.text for one in drawn.iter("text")]


def test_series_differ_by_more_than_colour_and_one_needs_no_legend() -> None:
    two = plots.bars(
        title="Both", labels=LABELS, write=write,
        series=[Series("Sold", [1, 2, 3, 4]), Series("Back", [1, 0, 0, 0])],
    )  # fmt: skip
    one = plots.bars(title="One", labels=LABELS, write=write, series=[Series("Sold", [1, 2, 3, 4])])

    classes = [mark.get("class") for mark in svg(two).iter("rect")]
    assert classes.count("cf-plot__mark cf-plot__mark--2") == 1
    assert "cf-plot__key--2" in two
    assert "cf-plot__legend" not in one


def test_names_are_words_and_never_markup() -> None:
    drawn = plots.bars(
        title="<b>", labels=["<i>"], write=lambda _: "<u>", unit="<s>",
        series=[Series("<em>", [1]), Series("<p>", [2])],
    )  # fmt: skip

    assert not re.search(r"<(b|i|u|s|em|p)>", drawn)
    assert [one.text for one in svg(drawn).iter("title")] == ["<i>, <em>: <u>", "<i>, <p>: <u>"]


def test_the_axis_holds_what_is_below_zero() -> None:
    drawn = svg(
        plots.bars(title="Owed", labels=LABELS, write=write, series=[Series("Owed", [-5, 5, 0, 1])])
    )

    ticks = [one.text for one in drawn.iter("text") if one.get("text-anchor") == "end"]
    assert ticks[0] == "-5 %"
    assert len(list(drawn.iter("rect"))) == 3
    assert all(float(one.get("height", "0")) > 0 for one in drawn.iter("rect"))
