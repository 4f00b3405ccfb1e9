"""What staff say of the site is on every page: name, menu of two levels, how to reach it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from accounts import roles
from cms.models import SiteLook
from tests.cms.conftest import SignIn, sign_in
from tests.content.conftest import add_landing

__all__ = ["sign_in"]


def link(label: str, *, address: str = "", page: Any = None) -> dict[str, Any]:
    return {"label": label, "address": address, "page": page}


def say(**fields: Any) -> SiteLook:
    look = SiteLook(site=Site.objects.get(), **fields)
    look.save()
    return look


def menu_of(path: str) -> str:
    html = Browser().get(path).content.decode()
    (menu,) = re.findall(r'<nav [^>]*aria-label="Main">(.*?)</nav>', html, re.S)
    return str(menu)


def test_until_somebody_says_something_pages_are_as_built_and_nothing_is_written() -> None:
    html = Browser().get("/faq/").content.decode()

    assert "Counterfoil</title>" in html
    assert "Time with people who have done it." in html
    assert not SiteLook.objects.exists()


def test_the_name_and_the_foot_are_on_every_page() -> None:
    say(
        name="Talk & Co",
        about="An hour with somebody.",
        email="desk@example.com",
        phone="+44 20 7946 0000",
        elsewhere=[("page", {"name": "Mastodon", "address": "https://social.example/@talk"})],
    )

    for path in ("/", "/mentors/", "/faq/", "/search/", "/nowhere/"):
        html = Browser().get(path).content.decode()
        assert html.count("Talk &amp; Co</a>") == 2, path
        assert "Talk &amp; Co</title>" in html, path
        assert "An hour with somebody." in html
        assert 'href="mailto:desk@example.com"' in html
        assert 'href="tel:+442079460000"' in html
        assert 'href="https://social.example/@talk" rel="me noopener"' in html


def test_the_menu_has_two_levels_in_the_order_of_staff() -> None:
    page = add_landing("promise")
    gone = add_landing("gone", live=False)
    say(
        menu=[
            ("entry", {"link": link("Mentors", address="/mentors/"), "beneath": []}),
            (
                "entry",
                {
                    "link": link("About"),
                    "beneath": [link("Promise", page=page), link("Gone", page=gone)],
                },
            ),
            ("entry", {"link": link("Gone too", page=gone), "beneath": []}),
        ]
    )

    menu = menu_of("/promise/")

    titles = re.findall(r">([^<>\n]+)</(?:a|summary)>", menu)
    assert titles == ["Mentors", "About", "Promise", "Search", "Sign in"]
    assert '<a href="/promise/" aria-current="page">Promise</a>' in menu
    assert "top__here" in menu
    assert "top__here" not in menu_of("/faq/")


@pytest.mark.parametrize("entries", [1, 3])
def test_a_menu_takes_the_same_queries_whatever_its_length(entries: int) -> None:
    pages = [add_landing(f"page-{number}") for number in range(3)]
    say(
        menu=[
            ("entry", {"link": link("A page", page=page), "beneath": [link("It", page=page)]})
            for page in pages[:entries]
        ]
    )
    Browser().get("/faq/")

    with CaptureQueriesContext(connection) as queries:
        Browser().get("/faq/")

    of_pages = [one["sql"] for one in queries if 'WHERE "wagtailcore_page"."id" IN' in one["sql"]]
    assert len(of_pages) <= 2


def test_editors_change_it_and_others_do_not(sign_in: SignIn) -> None:
    url = f"/cms/settings/cms/sitelook/{Site.objects.get().pk}/"

    assert sign_in(roles.CONTENT_EDITOR).get(url).status_code == 200
    for group in (roles.SUPPORT, roles.MENTOR_CURATOR, roles.FINANCE_APPROVER, roles.AUDITOR):
        assert sign_in(group).get(url).status_code == 302, group
