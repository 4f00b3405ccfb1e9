"""The first moments of the search and of a booking: words at once, asked for once, and kept."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.booking import MENTOR, Api
from tests.browser.visitor import PHONE
from tests.journeys.demo import Demo

SEARCH, BOOKING = "/app/mentors", f"/app/mentors/{MENTOR}/book"
NAME = "Ada Winterbourne"
AHEAD = {
    SEARCH: ["/api/users/profile", "/api/mentors?limit=12"],
    BOOKING: ["/api/users/profile", f"/api/mentors/{MENTOR}"],
}
# Whether the name was on the page at every change of it since it came there first.
WATCH = """
  globalThis.gone = [];
  const isThere = () => document.getElementById("root")?.textContent.includes("Ada Winterbourne");
  let came = false;
  new MutationObserver(() => {
    if (isThere()) came = true;
    else if (came) globalThis.gone.push(performance.now());
  }).observe(document, { childList: true, subtree: true, characterData: true });
"""


@pytest.fixture(scope="module")
def token(demo: Demo) -> Iterator[str]:
    with Api(demo) as client:
        yield client.http.headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        service_workers="block",
        locale="en-GB",
    )
    yield context.new_page()
    context.close()


class Gate:
    """Holds the app's scripts back until it is opened."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        self.is_open = False
        page.route("**/static/spa/assets/*.js", self.meets)

    def meets(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def opens(self) -> None:
        self.is_open = True
        for route in self.held:
            route.continue_()


def signed_in(page: Page, token: str) -> None:
    page.add_init_script(f"localStorage.setItem('counterfoil.token', {json.dumps(token)})")


def calls(page: Page, base: str) -> list[str]:
    """Note every call of the API from now on."""
    seen: list[str] = []

    def note(request: Any) -> None:
        if "/api/" in request.url:
            seen.append(request.url.removeprefix(base))

    page.on("request", note)
    return seen


@pytest.mark.parametrize("path", AHEAD)
def test_what_the_first_screen_needs_is_asked_for_before_the_scripts_and_once(
    page: Page, demo: Demo, token: str, path: str
) -> None:
    signed_in(page, token)
    scripts = Gate(page)
    asked = calls(page, demo.url)

    page.goto(f"{demo.url}{path}", wait_until="commit")
    page.wait_for_function("globalThis.counterfoilAhead !== undefined")
    page.wait_for_timeout(300)

    assert asked == AHEAD[path]
    scripts.opens()
    page.get_by_role(
        "heading", name="Find a mentor" if path == SEARCH else f"Book with {NAME}"
    ).wait_for()
    page.wait_for_load_state("networkidle")
    assert [asked.count(address) for address in AHEAD[path]] == [1, 1]


@pytest.mark.parametrize("path", AHEAD)
def test_the_words_are_there_before_the_scripts_and_stay(
    page: Page, demo: Demo, token: str, path: str
) -> None:
    signed_in(page, token)
    page.add_init_script(WATCH)
    scripts = Gate(page)

    page.goto(f"{demo.url}{path}", wait_until="commit")
    page.get_by_text(NAME).first.wait_for()  # with no script of the app
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    scripts.opens()
    page.get_by_role("main").wait_for()
    page.wait_for_load_state("networkidle")

    assert wider <= 0
    assert page.evaluate("globalThis.gone") == []


def test_a_word_that_goes_is_seen(page: Page, demo: Demo, token: str) -> None:
    """The negative control: what was shown is thrown away."""
    signed_in(page, token)
    page.add_init_script(WATCH)
    page.goto(f"{demo.url}{BOOKING}", wait_until="networkidle")
    page.evaluate("document.getElementById('root').replaceChildren()")
    page.wait_for_timeout(100)

    assert len(page.evaluate("globalThis.gone")) == 1


def test_a_visitor_sees_the_plain_picture_and_asks_for_nothing(page: Page, demo: Demo) -> None:
    scripts = Gate(page)
    asked = calls(page, demo.url)

    page.goto(f"{demo.url}{SEARCH}", wait_until="commit")
    page.locator("#root .animate-pulse").first.wait_for()
    page.wait_for_timeout(300)

    assert page.get_by_text(NAME).count() == 0
    assert asked == []
    scripts.opens()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_who_reads_another_language_sees_no_words_of_this_one(
    page: Page, demo: Demo, token: str
) -> None:
    signed_in(page, token)
    page.add_init_script("localStorage.setItem('language', 'de')")
    Gate(page)

    page.goto(f"{demo.url}{SEARCH}", wait_until="commit")
    page.locator("#root .animate-pulse").first.wait_for()

    assert page.get_by_text("Find a mentor").count() == 0
