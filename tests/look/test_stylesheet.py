"""One style sheet: all parts, one request, kept for ever under an address of its content."""

import re

from django.conf import settings
from django.test import Client as Browser

from cms.stylesheet import PARTS, joined, stylesheet


def test_the_sheet_is_served_under_its_own_address_and_kept() -> None:
    sheet = stylesheet()

    answer = Browser().get(f"/look/{sheet.version}.css")

    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content.decode() == sheet.text


def test_an_address_of_older_content_is_answered_and_not_kept() -> None:
    answer = Browser().get("/look/000000000000.css")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"


def test_every_part_is_in_it_and_no_comment() -> None:
    text = stylesheet().text

    for mark in ("--cf-paper:", "@font-face", ".ticket__stub", ".top__row"):
        assert mark in text
    assert "/*" not in text
    assert len(PARTS) == 4


def test_files_keep_their_address_whatever_they_are_renamed_to() -> None:
    text = joined(['/* x */ @font-face { src: url("../fonts/a.woff2"); }'], address="/s/{}".format)

    assert text == '@font-face { src: url("/s/fonts/a.woff2"); }'


def test_the_fonts_that_pages_ask_for_early_are_the_ones_that_the_sheet_names() -> None:
    base = (settings.ROOT / "templates" / "base.html").read_text()

    early = {f"/static/{name}" for name in re.findall(r"static '(fonts/[^']+)'", base)}

    assert len(early) == 2
    assert early <= set(re.findall(r'url\("([^"]+)"\)', stylesheet().text))
