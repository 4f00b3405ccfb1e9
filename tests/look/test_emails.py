"""Every e-mail wears the identity, says the same in both parts, and asks nothing of other hosts."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.html import strip_tags

from accounts.models import Language
from notifications.rendering import render
from notifications.samples import SAMPLES
from tests.look.palette import palette

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "emails"
EVERY = pytest.mark.parametrize("name", sorted(SAMPLES))
IN_EACH = pytest.mark.parametrize("language", Language.values)


def rendered(name: str, part: str, language: str = Language.ENGLISH) -> str:
    whole: str = getattr(render(name, SAMPLES[name], language=language), part)
    return whole


def folder_of(language: str) -> Path:
    return FOLDER if language == Language.ENGLISH else FOLDER / language


def words(text: str) -> str:
    return " ".join(text.split())


def words_of(part: str) -> str:
    """Return what is read of a part: of HTML without its head and tags."""
    return words(unescape(strip_tags(part.partition("</head>")[2] or part)))


@IN_EACH
def test_every_message_has_a_sample_and_three_parts_in_each_language(language: str) -> None:
    files = [path for path in folder_of(language).iterdir() if path.is_file()]
    stems = {path.stem for path in files if not path.name.startswith("_")}

    assert stems == set(SAMPLES)
    for part in ("subject", "text", "html"):
        assert {path.stem for path in folder_of(language).glob(f"[!_]*.{part}")} == stems


@IN_EACH
def test_a_letter_includes_what_is_of_its_own_language(language: str) -> None:
    shared = {"_amount.html", "_button.html", "_code.html", "_fact.html"}
    home = "" if language == Language.ENGLISH else f"{language}/"
    for path in folder_of(language).iterdir():
        if path.is_file():
            named = re.findall(r'(?:include|extends) "emails/([^"]+)"', path.read_text())
            others = {
                one for one in named if one not in shared and one != f"{home}{Path(one).name}"
            }
            assert others <= ({"_layout.html"} if path.name == "_layout.html" else set()), path


def test_german_letters_speak_german() -> None:
    """Of each part at most names and facts are as in the English one."""
    for name in SAMPLES.keys() - {"account_plain"}:
        for part in ("subject", "text", "html"):
            english, german = (rendered(name, part, each) for each in Language.values)
            assert english != german, (name, part)
            ours = re.findall(
                r"\b(?:the|your|you|with|and|is|it|session|until)\b", words_of(german)
            )
            given = words_of(str(SAMPLES[name]))
            assert [one for one in ours if one not in given] == [], (name, part)


@IN_EACH
@EVERY
def test_both_parts_tell_every_fact(name: str, language: str) -> None:
    unsaid = {
        "public_url",
        "site_name",
        "day",
        "from_time",
        "role",
        "cancelled_by",
        "subject",
        "change",
        "decided",
        "part",
        "session",
        "what",
    }
    facts = [
        fact
        for key, value in SAMPLES[name].items()
        if key not in unsaid
        for fact in (value if isinstance(value, list) else [value])
        if isinstance(fact, str) and fact
    ]
    html = rendered(name, "html", language)
    read = words(unescape(strip_tags(html.partition("</head>")[2]))) + unescape(html)
    text = words(rendered(name, "text", language))

    assert [fact for fact in facts if words(fact) not in text] == []
    assert [fact for fact in facts if words(fact) not in words(read)] == []


@IN_EACH
@EVERY
def test_no_message_leaves_a_hole(name: str, language: str) -> None:
    for part in ("subject", "text", "html"):
        whole = rendered(name, part, language)
        assert "None" not in whole
        assert "{{" not in whole
        assert "{%" not in whole
        assert not re.search(r" [,.](?: |$)", words(strip_tags(whole.partition("</head>")[2])))


@IN_EACH
@EVERY
def test_a_message_is_whole_in_itself(name: str, language: str) -> None:
    html = rendered(name, "html", language)

    assert html.startswith("<!doctype html>")
    assert f'<html lang="{language}">' in html
    assert re.findall(r"<(?:img|script|link|iframe)\b|url\(|@import", html) == []
    hosts = set(re.findall(r'href="https?://([^/"]+)', html))
    assert hosts <= {"counterfoil.example"}


def test_the_colours_are_those_of_the_tokens() -> None:
    tokens = palette()
    day = {one.light for one in tokens.values()}
    night = {one.dark for one in tokens.values()}

    for path in FOLDER.rglob("*.html"):
        styles, _, inline = path.read_text().partition("</style>")
        if not inline:
            styles, inline = "", styles
        assert set(re.findall(r"#[0-9a-f]{6}", styles)) <= night, path.name
        assert set(re.findall(r"#[0-9a-f]{6}", inline)) <= day, path.name


def test_the_samples_can_be_looked_at(tmp_path: Path) -> None:
    call_command("sample_emails", tmp_path, verbosity=0)

    assert len(list(tmp_path.glob("*.html"))) == len(SAMPLES)
    assert len(list((tmp_path / "de").glob("*.html"))) == len(SAMPLES)
    assert (tmp_path / "payout_paid.txt").read_text().startswith("Subject: $1,240.75 USD is on its")
