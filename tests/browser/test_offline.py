"""The app that a person has installed: it opens without a network, and keeps nothing of others.

The worker is registered some seconds after a page stands. Each test has a browser of its own.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.browser import chromium
from tests.browser.booking import CLIENT, MENTOR_NAME, OTHER_CLIENT, Api, Booking
from tests.browser.conftest import Arrive
from tests.browser.visitor import PHONE, Visitor
from tests.journeys.demo import Demo

CONTROLLED = "() => navigator.serviceWorker.controller?.state === 'activated'"
KEPT = "() => localStorage.getItem('counterfoil.kept')"
CACHED = """
async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) {
      found.push(new URL(url).pathname);
    }
  }
  return found;
}
"""
BUILDS = "() => caches.keys()"
IS_ANSWERED = "(address) => fetch(address).then(({ ok }) => ok, () => false)"


@pytest.fixture
def booked(demo: Demo) -> Iterator[str]:
    """A hold of the client's, so that there is a next session; its id."""
    with Api(demo, CLIENT) as client:
        yield str(client.hold(slug="ada-winterbourne")["id"])
        client.gives_back_what_is_unpaid()


@pytest.fixture
def installed(arrive: Arrive) -> Visitor:
    """A client on the dashboard, whose browser has the app."""
    visitor = arrive(width="phone", installs=True)
    visitor.goes_to("/app/login")
    Booking(visitor).signs_in()
    visitor.sees_heading(re.compile("^Hello, "))
    visitor.page.wait_for_function(CONTROLLED)
    return visitor


def is_cut(visitor: Visitor) -> None:
    visitor.watch.expect_disconnection()
    visitor.page.context.set_offline(True)


@pytest.fixture
def lasting(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of a browser with a profile: in a private window nothing is ever installed."""
    context = browser.browser_type.launch_persistent_context(
        tmp_path / "profile",
        executable_path=chromium.find(),
        chromium_sandbox=os.geteuid() != 0,
        viewport=PHONE,  # type: ignore[arg-type]
    )
    yield context.pages[0]
    context.close()


def obstacles(page: Page) -> list[str]:
    """Return why the browser would not install what the page belongs to."""
    session = page.context.new_cdp_session(page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    return [str(error["errorId"]) for error in errors]


def test_the_browser_finds_nothing_that_keeps_it_from_being_installed(
    lasting: Page, demo: Demo
) -> None:
    lasting.goto(f"{demo.url}/app/login", wait_until="networkidle")
    lasting.wait_for_function(CONTROLLED)

    assert obstacles(lasting) == []
    manifest = lasting.context.new_cdp_session(lasting).send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["start_url"] == "/app"
    assert manifest["url"].endswith("?lang=en")  # as the page speaks


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"icons": []}, "manifest-missing-suitable-icon"),
        ({"display": "browser"}, "manifest-display-not-supported"),
        ({"start_url": "https://elsewhere.example/"}, "start-url-not-valid"),
    ],
)
def test_an_obstacle_is_found(
    lasting: Page, demo: Demo, part: dict[str, object], told: str
) -> None:
    """The negative control: the same manifest with one part of it spoiled."""

    def spoiled(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps({**answer.json(), **part}))

    lasting.route("**/app/manifest.webmanifest*", spoiled)
    lasting.goto(f"{demo.url}/app/login", wait_until="networkidle")

    assert told in obstacles(lasting)


def test_without_a_network_the_next_session_is_there_and_with_one_all_is_read_anew(
    booked: str, installed: Visitor
) -> None:
    visitor = installed
    leading = visitor.page.locator("article a[href*='/app/sessions/']")
    expect(leading.first).to_be_visible()
    times = visitor.page.locator("article time").all_inner_texts()

    is_cut(visitor)
    visitor.page.goto(f"{visitor.base}/app")

    visitor.sees("These are your next sessions as they were on")
    visitor.sees(f"with {MENTOR_NAME}")
    expect(visitor.page.locator("article time")).to_have_text(times)
    assert all("London" in time for time in times)
    visitor.sees("You are offline.")
    visitor.finds_the_page_accessible()

    visitor.page.goto(f"{visitor.base}/app/mentors")
    expect(visitor.page.get_by_role("alert")).to_contain_text("could not be reached")

    visitor.page.goto(f"{visitor.base}/app")
    visitor.sees("These are your next sessions as they were on")
    visitor.page.context.set_offline(False)
    expect(leading.first).to_be_visible()
    expect(visitor.page.get_by_text("You are offline.")).to_have_count(0)
    visitor.page.evaluate(
        "window.__shifts?.splice(0)"
    )  # the dashboard took the place of what was kept


def test_who_signs_out_leaves_nothing_and_the_next_person_begins_with_nothing(
    booked: str, installed: Visitor
) -> None:
    visitor, page = installed, installed.page
    page.wait_for_function(KEPT)
    assert CLIENT in page.evaluate(KEPT)

    visitor.clicks("button", re.compile("^Account of"))
    visitor.clicks("menuitem", "Sign out")
    visitor.is_at("/app/login")

    assert page.evaluate("() => Object.keys(localStorage)") == ["language"]  # no person's
    is_cut(visitor)
    page.goto(f"{visitor.base}/app")
    visitor.is_at("/app/login")
    expect(page.get_by_text(MENTOR_NAME)).to_have_count(0)

    page.context.set_offline(False)
    Booking(visitor).signs_in(OTHER_CLIENT)
    visitor.sees_heading(re.compile("^Hello, "))
    page.wait_for_function(KEPT)
    assert CLIENT not in page.evaluate(KEPT).replace(OTHER_CLIENT, "")


def test_the_worker_keeps_files_and_one_page_and_answers_neither_the_api_nor_a_checkout(
    booked: str, installed: Visitor
) -> None:
    visitor, page = installed, installed.page

    kept = page.evaluate(CACHED)
    assert kept.count("/app") == 1
    others = [path for path in kept if path != "/app"]
    assert len(others) > 50
    assert [path for path in others if not path.startswith("/static/spa/assets/")] == []

    script = next(path for path in others if path.endswith(".js"))
    page.context.set_offline(True)
    visitor.watch.expect_disconnection()
    assert page.evaluate(IS_ANSWERED, script)  # the control: kept, and answered
    for address in ("/api/mentors", "/api/users/profile", f"/app/sessions/{booked}/pay"):
        assert not page.evaluate(IS_ANSWERED, address)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{visitor.base}/app/sessions/{booked}/pay")

    page.context.set_offline(False)
    response = page.goto(f"{visitor.base}/app/sessions/{booked}/pay")
    assert response is not None
    assert not response.from_service_worker
    assert page.locator("meta[name='counterfoil-checkout']").count() == 1
    visitor.sees_heading("Pay for your session")
    response = page.goto(f"{visitor.base}/app")
    assert response is not None
    assert response.from_service_worker  # which asked the network
    assert page.locator("meta[name='counterfoil-checkout']").count() == 0


UPDATES = "async () => (await navigator.serviceWorker.getRegistration('/app')).update()"
AGES = """
() => {
  const script = document.querySelector("script[type='module'][src]");
  script.setAttribute("src", `${script.getAttribute("src")}-older`);
}
"""


def comes_first_as_another(page: Page) -> None:
    """The first worker that the server sends is of another build; the next one is its own."""

    def of_another_build(route: Route) -> None:
        answer = route.fetch()
        body, times = re.subn(r"\$\{OURS\}\w+", "${OURS}another", answer.text())
        assert times == 1
        route.fulfill(response=answer, body=body)

    page.context.route("**/sw.js", of_another_build, times=1)


def test_a_newer_build_waits_until_it_is_asked_for(arrive: Arrive) -> None:
    """The page is of another build than the worker that comes."""
    visitor = arrive(width="phone", installs=True)
    page = visitor.page
    comes_first_as_another(page)
    visitor.goes_to("/app/login")
    page.wait_for_function(CONTROLLED)
    assert page.evaluate(BUILDS) == ["counterfoil-app-another"]
    page.evaluate(AGES)

    page.evaluate(UPDATES)

    visitor.sees("A new version is there.")
    assert len(page.evaluate(BUILDS)) == 2  # the page goes on with what it has
    visitor.finds_the_page_accessible()
    with page.expect_navigation():
        visitor.clicks("button", "Reload")
    page.wait_for_function(CONTROLLED)
    expect(page.get_by_text("A new version is there.")).to_have_count(0)
    (now,) = page.evaluate(BUILDS)
    assert now != "counterfoil-app-another"


def test_who_has_the_newer_build_already_is_offered_nothing(arrive: Arrive) -> None:
    """The browser has another build's worker, and the page came with the server's own build.

    Beside a second page the newer worker waits, because that one may be an older one.
    """
    visitor = arrive(width="phone", installs=True)
    page = visitor.page
    comes_first_as_another(page)
    visitor.goes_to("/app/login")
    page.wait_for_function(CONTROLLED)
    second = page.context.new_page()
    second.goto(f"{visitor.base}/app/register")
    second.wait_for_function(CONTROLLED)

    page.evaluate(UPDATES)
    page.wait_for_function("async () => (await caches.keys()).length === 2")
    page.wait_for_timeout(2_000)

    assert len(page.evaluate(BUILDS)) == 2
    expect(page.get_by_text("A new version is there.")).to_have_count(0)
    expect(second.get_by_text("A new version is there.")).to_have_count(0)

    second.close()
    page.reload()
    page.evaluate("() => { window.stays = true }")
    page.wait_for_function("async () => (await caches.keys()).length === 1")
    page.wait_for_timeout(1_000)

    assert page.evaluate(BUILDS) != ["counterfoil-app-another"]
    expect(page.get_by_text("A new version is there.")).to_have_count(0)
    assert page.evaluate("() => window.stays")  # nothing was loaded anew
