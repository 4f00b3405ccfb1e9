"""A drawn portrait: the same for a name, seldom the same for two, safe to put into a page."""

import re
from xml.etree import ElementTree

import pytest

from accounts import roles
from cms.portraits import drawing, mix, portrait_svg, version_of
from demo import mentors
from tests.cms.conftest import SignIn, listed_mentor

PEOPLE = [mentor.name for mentor in (*mentors.TOLD, *mentors.crowd())]


def test_a_name_always_gives_the_same_portrait() -> None:
    assert portrait_svg("Ada Winterbourne") == portrait_svg("Ada Winterbourne")
    assert drawing("Ada Winterbourne") != drawing("Ada Winterbourn")


def test_sixty_names_give_sixty_people() -> None:
    drawings = {drawing(name) for name in PEOPLE}

    assert len(set(PEOPLE)) == 60
    assert len(drawings) == 60


@pytest.mark.parametrize("name", ["", " ", "李 明", "Zoë", '<script>"&', "x" * 500])
def test_any_name_gives_a_picture_that_parses(name: str) -> None:
    picture = portrait_svg(name)

    root = ElementTree.fromstring(picture)
    assert root.get("viewBox") == "0 0 120 120"
    assert root.findtext("{http://www.w3.org/2000/svg}title", "") == name
    assert re.findall(r"<(?:script|image|foreignObject|use)|href|url\(", picture) == []


def test_a_portrait_is_small_enough_for_a_page_of_them() -> None:
    assert max(len(portrait_svg(name)) for name in PEOPLE) < 6_000


def test_another_name_makes_a_kept_copy_stale() -> None:
    assert version_of("Ada Byron") != version_of("Ada Lovelace")


def test_tones_are_mixed_channel_by_channel() -> None:
    assert mix("#000000", "#ff8000", 0.5) == "#804000"
    assert mix("#123456", "#ffffff", 0) == "#123456"


def test_staff_without_a_picture_are_drawn_and_not_grey(sign_in: SignIn) -> None:
    html = sign_in(roles.SUPPORT).get("/cms/").content.decode()

    assert "data:image/svg+xml," in html
    assert "default-user-avatar" not in html


def test_what_the_program_did_carries_the_mark(sign_in: SignIn) -> None:
    listed_mentor("Ada Byron")

    answer = sign_in("admin").get("/cms/reports/site-history/")

    assert answer.status_code == 200
    assert "/static/brand/icon.svg" in answer.content.decode()
