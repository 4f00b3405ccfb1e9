"""Every text can be read on every ground it stands on, by day and by night."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.look.palette import TOKENS, Colour, contrast, palette

GROUNDS = ("paper", "card", "sunk", "stub")
STATES = ("info", "success", "warning", "danger", "quiet")
AAA, AA, CONTROL = 7.0, 4.5, 3.0
STATIC = TOKENS.parent
BASE = Path(__file__).parents[2] / "templates" / "base.html"


def pairs() -> Iterator[tuple[str, str, float]]:
    """Yield (foreground, ground, least contrast)."""
    for ground in GROUNDS:
        yield from (("ink", ground, AAA), ("ink-soft", ground, AAA))
        yield from (("accent", ground, AA), ("accent-strong", ground, AA), ("stamp", ground, AA))
        yield "line-strong", ground, CONTROL
        yield from ((state, ground, AA) for state in STATES)
    yield from ((state, f"{state}-bg", AA) for state in STATES)
    yield from (("ink", f"{state}-bg", AAA) for state in STATES)
    yield from (("ink", "accent-wash", AAA), ("accent", "accent-wash", AA))
    yield from (("ink", "stamp-wash", AAA), ("stamp", "stamp-wash", AA))
    yield from (("accent-ink", "accent", AA), ("accent-ink", "accent-strong", AA))


def too_faint(colours: Mapping[str, Colour]) -> list[str]:
    """Return each pair whose contrast is below what it needs, in words."""
    return [
        f"{theme}: {text} on {ground} is {ratio:.2f}, needs {least}"
        for text, ground, least in pairs()
        for theme in ("light", "dark")
        if (ratio := contrast(getattr(colours[text], theme), getattr(colours[ground], theme)))
        < least
    ]


def test_contrast_is_what_wcag_computes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_every_text_can_be_read_on_every_ground() -> None:
    assert too_faint(palette()) == []


def test_a_faint_ink_is_found_in_either_theme() -> None:
    colours = palette()
    ink = colours["ink"]

    by_day = too_faint({**colours, "ink": Colour("#8a8a8a", ink.dark)})
    by_night = too_faint({**colours, "ink": Colour(ink.light, "#555555")})

    assert {line.split(":")[0] for line in by_day} == {"light"}
    assert {line.split(":")[0] for line in by_night} == {"dark"}


def test_every_colour_has_a_day_and_a_night() -> None:
    css = TOKENS.read_text()

    alone = re.findall(r"--cf-([a-z-]+):\s*#[0-9a-f]{3,8}", css)

    assert alone == []
    assert len(palette(css)) == 24


@pytest.mark.parametrize("sheet", ["ticket.css", "site.css", "content.css", "backoffice-theme.css"])
def test_a_sheet_takes_its_colours_and_names_from_the_tokens(sheet: str) -> None:
    css = re.sub(r"/\*.*?\*/|@media print \{.*?\n\}", "", (STATIC / sheet).read_text(), flags=re.S)
    css = re.sub(r"mask[a-z-]*:.*?;", "", css, flags=re.S)
    known = set(re.findall(r"(--cf-[a-z0-9-]+):", TOKENS.read_text()))

    colours = re.findall(r"#[0-9a-fA-F]{3,8}\b", css)
    used = set(re.findall(r"var\((--cf-[a-z0-9-]+)", css))

    assert colours == []
    assert used - known == set()


def test_motion_is_short_and_none_where_that_is_asked_for() -> None:
    css = TOKENS.read_text()

    motions = [int(ms) for ms in re.findall(r"--cf-motion: (\d+)ms", css)]

    assert motions == [150, 0]
    assert "@media (prefers-reduced-motion: reduce) {\n  :root { --cf-motion: 0ms; }" in css


def test_the_fonts_are_ours_and_have_their_licences() -> None:
    css = (STATIC / "fonts.css").read_text()
    folder = STATIC.parent / "fonts"

    files = {Path(name).name for name in re.findall(r'url\("([^"]+)"\)', css)}

    assert files == {path.name for path in folder.glob("*.woff2")}
    assert {path.name for path in folder.glob("LICENSE-*")} == {
        "LICENSE-inter.txt",
        "LICENSE-source-serif-4.txt",
    }
    shown = dict(re.findall(r'src: url\("\.\./fonts/([^"]+)"()', css))
    early = set(re.findall(r"static 'fonts/([^']+)'", BASE.read_text()))
    assert set(shown) == files
    assert early < files
    assert set(re.findall(r"font-display: (\w+);", css)) == {"optional"}  # none is swapped in late
    assert css.count("font-display:") == len(files)
