"""Every e-mail wears the identity, says the same in both parts, and asks nothing of other hosts."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from notifications.samples import SAMPLES
from tests.look.palette import palette

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "emails"
EVERY = pytest.mark.parametrize("name", sorted(SAMPLES))


def rendered(name: str, part: str) -> str:
    return render_to_string(f"emails/{name}.{part}", dict(SAMPLES[name]))


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_message_has_a_sample_and_three_parts() -> None:
    stems = {path.stem for path in FOLDER.iterdir() if not path.name.startswith("_")}

    assert stems == set(SAMPLES)
    for part in ("subject", "text", "html"):
        assert {path.stem for path in FOLDER.glob(f"[!_]*.{part}")} == stems


@EVERY
def test_both_parts_tell_every_fact(name: str) -> None:
    unsaid = {
        "public_url",
        "site_name",
        "day",
        "from_time",
        "role",
        "cancelled_by",
        "subject",
        "change",
        "session",
    }
    facts = [
        fact
        for key, value in SAMPLES[name].items()
        if key not in unsaid
        for fact in (value if isinstance(value, list) else [value])
        if isinstance(fact, str) and fact
    ]
    html = rendered(name, "html")
    read = words(unescape(strip_tags(html.partition("</head>")[2]))) + unescape(html)
    text = words(rendered(name, "text"))

    assert [fact for fact in facts if words(fact) not in text] == []
    assert [fact for fact in facts if words(fact) not in words(read)] == []


@EVERY
def test_no_message_leaves_a_hole(name: str) -> None:
    for part in ("subject", "text", "html"):
        whole = rendered(name, part)
        assert "None" not in whole
        assert "{{" not in whole
        assert "{%" not in whole
        assert not re.search(r" [,.](?: |$)", words(strip_tags(whole.partition("</head>")[2])))


@EVERY
def test_a_message_is_whole_in_itself(name: str) -> None:
    html = rendered(name, "html")

    assert html.startswith("<!doctype html>")
    assert re.findall(r"<(?:img|script|link|iframe)\b|url\(|@import", html) == []
    hosts = set(re.findall(r'href="https?://([^/"]+)', html))
    assert hosts <= {"counterfoil.example"}


def test_the_colours_are_those_of_the_tokens() -> None:
    tokens = palette()
    day = {one.light for one in tokens.values()}
    night = {one.dark for one in tokens.values()}

    for path in FOLDER.glob("*.html"):
        styles, _, inline = path.read_text().partition("</style>")
        if not inline:
            styles, inline = "", styles
        assert set(re.findall(r"#[0-9a-f]{6}", styles)) <= night, path.name
        assert set(re.findall(r"#[0-9a-f]{6}", inline)) <= day, path.name


def test_the_samples_can_be_looked_at(tmp_path: Path) -> None:
    call_command("sample_emails", tmp_path, verbosity=0)

    assert len(list(tmp_path.glob("*.html"))) == len(SAMPLES)
    assert (tmp_path / "payout_paid.txt").read_text().startswith("Subject: $1,240.75 USD is on its")
