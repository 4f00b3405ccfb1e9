"""The public pages that no journey passes: accessible, quiet, whole at both widths.

The home page, the directory and a profile are on the way of `test_booking_journey`.
"""

import re
from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser.conftest import Arrive
from tests.journeys.demo import Demo

MENTOR = re.compile(r"/mentors/[^/]+/")
ARTICLE = re.compile(r"/articles/[^/]+/")
ON_THE_WAY = {"/", "/mentors/"}
EDGES = ["/mentors/?q=nobody+at+all&duration=30", "/accounts/login/", "/app/register"]


@pytest.fixture(scope="module")
def paths(demo: Demo) -> list[str]:
    """What the sitemap names beside mentors, two of its articles, and pages it need not name."""
    sitemap = httpx.get(f"{demo.url}/sitemap.xml").text
    found = [urlsplit(url).path for url in re.findall(r"<loc>([^<]+)</loc>", sitemap)]
    profiles = [path for path in found if MENTOR.fullmatch(path)]
    assert set(found) >= ON_THE_WAY
    assert len(profiles) >= 60
    articles = sorted(path for path in found if ARTICLE.fullmatch(path))
    others = sorted(set(found) - set(profiles) - set(articles) - ON_THE_WAY)
    return [*others, *articles[:2], *EDGES]


def test_every_kind_of_page_is_accessible_and_quiet(
    arrive: Arrive, paths: list[str], width: str
) -> None:
    visitor = arrive(width=width)

    for path in paths:
        visitor.goes_to(path)
        visitor.finds_the_page_accessible()


def test_a_page_that_does_not_exist_is_one_of_ours(arrive: Arrive, width: str) -> None:
    visitor = arrive(width=width)
    visitor.watch.expect_refusal(404, "/nowhere/")

    visitor.goes_to("/nowhere/")

    visitor.finds_the_page_accessible()
    assert visitor.page.get_by_role("link").count() > 0


def test_the_api_page_finds_an_operation_and_speaks_three_languages(
    arrive: Arrive, width: str
) -> None:
    visitor = arrive(width=width)
    page = visitor.page

    visitor.goes_to("/api/docs")
    page.keyboard.press("/")
    page.keyboard.type("hold a slot")
    page.keyboard.press("Enter")
    operation = page.locator("#sessions_create")
    operation.get_by_role("button", name="Python").click()
    visitor.reloads()

    assert page.url.endswith("/api/docs#sessions_create")
    assert "import httpx" in operation.locator(".sample:visible").inner_text()
    assert page.locator(".sample--curl:visible").count() == 0
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    visitor.sees("Nothing is called so.")
    # One of each kind: axe would look at seventeen thousand elements for two minutes.
    page.keyboard.press("Escape")
    page.evaluate("""
        const others = ".operation:not(#sessions_create), .object:not(#object-SessionOut)";
        for (const one of document.querySelectorAll(others)) one.remove();
    """)
    visitor.finds_the_page_accessible()
