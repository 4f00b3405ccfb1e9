"""The faces hold what our pages write, in two languages and beyond, and weigh little."""

import re

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from tests.look.fonts import BEYOND, FACES, LATIN, TARGET, Ranges, numbers

GERMAN = "ÄÖÜäöüßẞ„“‚‘»«€§°–…"
ENGLISH = "abcxyz ABCXYZ 0123456789 $£€ “it’s” — ×·±½ ↑↓"
EUROPE = "ŁłŠšŽžČčŘřŐőŰűĞğİŞşȘșȚțỲỳĂăƠơ₴₹"
# A page asks for the first two before its first paint; others where it writes their letters.
MOST_BYTES = {
    "inter-latin": 30_000,
    "source-serif-4-latin": 36_000,
    "inter-latin-ext": 20_000,
    "source-serif-4-latin-ext": 22_000,
    "source-serif-4-latin-italic": 20_000,
}


def letters(name: str) -> set[int]:
    return set(TTFont(TARGET / f"{name}.woff2").getBestCmap())


def as_range(ranges: Ranges) -> str:
    return ", ".join(
        f"U+{first:04X}" if first == last else f"U+{first:04X}-{last:04X}" for first, last in ranges
    )


@pytest.mark.parametrize("family", ["inter", "source-serif-4"])
def test_a_family_writes_english_german_and_the_rest_of_europe(family: str) -> None:
    latin, beyond = letters(f"{family}-latin"), letters(f"{family}-latin-ext")

    assert {mark for mark in ENGLISH + GERMAN if ord(mark) not in latin} <= {"ẞ"}
    assert ord("ẞ") in beyond
    assert {mark for mark in EUROPE if ord(mark) not in beyond} == set()
    assert latin & beyond == set()


def test_the_italic_writes_what_the_upright_does() -> None:
    missing = letters("source-serif-4-latin") - letters("source-serif-4-latin-italic")

    assert {chr(number) for number in missing} <= set("↑↓")


@pytest.mark.parametrize("name", FACES)
def test_a_face_has_its_weights_and_few_bytes(name: str) -> None:
    path = TARGET / f"{name}.woff2"
    font = TTFont(path)
    axes = (
        {one.axisTag: (one.minValue, one.maxValue) for one in font["fvar"].axes}
        if ("fvar" in font)
        else {}
    )

    assert path.stat().st_size <= MOST_BYTES[name]
    assert axes == ({} if "italic" in name else {"wght": (400, 700)})


def test_money_stands_in_columns() -> None:
    for name in ("inter-latin", "source-serif-4-latin"):
        features = TTFont(TARGET / f"{name}.woff2")["GSUB"].table.FeatureList.FeatureRecord
        assert "tnum" in {one.FeatureTag for one in features}


def test_the_sheet_asks_for_the_letters_that_a_file_holds() -> None:
    css = (settings.ROOT / "static" / "css" / "fonts.css").read_text()

    asked = re.findall(
        r'url\("\.\./fonts/([a-z0-9-]+)\.woff2"\).*?unicode-range: ([^;]+);', css, re.S
    )

    assert dict(asked) == {
        name: as_range(BEYOND if name.endswith("-ext") else LATIN) for name in FACES
    }
    assert set(numbers(LATIN)) & set(numbers(BEYOND)) == set()
