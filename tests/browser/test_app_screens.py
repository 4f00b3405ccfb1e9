"""Every screen of the app can be seen, read and used by everybody, as each of its people.

The table (`tests.browser.app_screens`) holds all routes of the app. Each screen is opened once and
judged by all rules: on a desk by day and on a phone by night, by the keyboard, with less motion, in
320 pixels and at 200 %. The guards themselves can fail: a planted fault of each kind is found.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import app_pictures, judging, money
from tests.browser.app_screens import (
    APPLICANT,
    CLIENT,
    LOADING,
    MENTOR,
    SCREENS,
    VISITOR,
    Screen,
    routes,
    unlisted,
)
from tests.browser.booking import Booking
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESK, PHONE, Visitor, violations
from tests.journeys.demo import Demo

FEWEST_ROUTES = 35


def test_the_table_holds_every_route_of_the_app() -> None:
    assert len(routes()) >= FEWEST_ROUTES
    assert unlisted(routes(), SCREENS) == set()


def test_a_route_without_a_row_is_found() -> None:
    more = [*routes(), "/app/sessions/:id/notes"]

    assert unlisted(more, SCREENS) == {"/app/sessions/:id/notes"}


def test_each_row_has_pictures_of_its_own() -> None:
    names = [app_pictures.name_of(screen) for screen in SCREENS]

    assert len(set(names)) == len(SCREENS)
    assert "client-sessions-ahead-cancel-the-session" in names


def test_words_choose_rows_by_their_names() -> None:
    assert app_pictures.chosen([]) == list(SCREENS)
    assert {screen.path.split("?")[0] for screen in app_pictures.chosen(["mentor-avail"])} == {
        "/app/availability"
    }
    assert app_pictures.chosen(["no such screen"]) == []


@pytest.fixture(scope="module")
def planted(demo: Demo) -> dict[str, Any]:
    """A client and a mentor who have something of everything."""
    return money.plant(demo, "furnished") | {APPLICANT: "applicant@example.com"}


@pytest.mark.parametrize("who", [VISITOR, CLIENT, MENTOR, APPLICANT])
def test_every_screen_is_for_everybody(arrive: Arrive, planted: dict[str, Any], who: str) -> None:
    visitor = arrive()
    if who != VISITOR:
        visitor.page.goto(f"{visitor.base}/app/login")
        Booking(visitor).signs_in(planted[who])
        visitor.is_at("/app")

    wrong = [
        f"{screen.path} {screen.press}, {fault}"
        for screen in SCREENS
        if screen.who == who
        for fault in looks_at(visitor, screen, planted)
    ]

    assert wrong == [], "\n\n".join(wrong)


def looks_at(visitor: Visitor, screen: Screen, planted: dict[str, Any]) -> Iterator[str]:
    """Open the screen once and give what is wrong with it, by judgement."""
    began = time.monotonic()
    page = visitor.page
    opens(visitor, screen, planted)
    for name, judge in JUDGEMENTS.items():
        for fault in judge(visitor):
            print(f"{screen.path}, {name}: {fault[:400]}", flush=True)
            yield f"{name}: {fault}"
    visitor.watch.forget_shifts()  # by the window's other sizes; other tests watch pages arrive
    print(f"{time.monotonic() - began:.1f} s {screen.who} {page.url}", flush=True)


def opens(visitor: Visitor, screen: Screen, planted: dict[str, Any]) -> None:
    """Go to the address, and wait until all of it has been read; a stream never ends."""
    page = visitor.page
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto("about:blank")
    page.goto(f"{visitor.base}{screen.at(planted)}", wait_until="load")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(LOADING)).to_have_count(0)
    if screen.path.endswith("{held}/pay"):
        Booking(visitor).is_asked_to_pay()
    elif screen.path.endswith("{prepaid}/pay"):
        visitor.sees_heading("You have paid ahead")
    elif screen.path.endswith("/packages/{offer}"):
        expect(Booking(visitor).card().get_by_label("Card number")).to_be_visible()
    if screen.press:
        visitor.clicks("button", screen.press)
        expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_be_visible()
        expect(page.locator(LOADING)).to_have_count(0)


def by_day(visitor: Visitor) -> list[str]:
    visitor.waits_for("light")
    return violations(visitor.page)


def by_night(visitor: Visitor) -> list[str]:
    visitor.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visitor.waits_for("dark")
    return violations(visitor.page)


JUDGEMENTS: dict[str, Callable[[Visitor], list[str]]] = {
    "less motion": lambda visitor: judging.moving(visitor.page),
    "desk by day": by_day,
    "keyboard": lambda visitor: judging.lost_by_keyboard(visitor.page),
    "phone by night": by_night,
    "320 px": lambda visitor: judging.cut_when_narrow(visitor.page),
    "200 %": lambda visitor: judging.cut_when_zoomed(visitor.page),
}


CLEAN = (
    "<!doctype html><html lang=en><title>Clean</title><style>p { margin: 0 }</style><main>"
    "<h1>Hello</h1><button>One</button> <a href=#two id=two>Two</a> <input aria-label=Three>"
    "<p style='height: 900px'>Nothing is wrong here.</p><button>Four</button></main>"
)
BAR = "position: fixed; left: 0; right: 0; background: #fff"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=DESK, reduced_motion="reduce")  # type: ignore[arg-type]
    yield page
    page.close()


def test_a_clean_page_has_none_of_the_faults(page: Page) -> None:
    page.set_content(CLEAN)

    assert [fault for judge in judging.ALL for fault in judge(page)] == []


@pytest.mark.parametrize(
    ("judge", "planted", "fault"),
    [
        (judging.moving, "<p style='transition: color 1s'>Slow</p>", "would move"),
        (
            judging.moving,
            "<style>@keyframes turn { to { rotate: 1turn } }</style>"
            "<p style='animation: turn 1s infinite'>Round</p>",
            "runs",
        ),
        (judging.cut_when_narrow, "<p style='width: 400px'>Wide</p>", "px wider"),
        (
            judging.cut_when_narrow,
            "<p style='width: 5em; overflow: hidden; white-space: nowrap'>A long line of text</p>",
            "cut",
        ),
        (
            judging.cut_when_narrow,
            "<p style='overflow: clip; height: 1em'>A line<br>and another</p>",
            "cut",
        ),
        (judging.cut_when_zoomed, "<p style='width: 700px'>Wide</p>", "px wider"),
        (judging.cut_when_zoomed, f"<p style='{BAR}; top: 0; height: 250px'>Bar</p>", "bars cover"),
        (judging.lost_by_keyboard, "<button style='outline: none'>Dim</button>", "no focus"),
        (
            judging.lost_by_keyboard,
            f"<p style='{BAR}; bottom: 0; height: 300px'>Bar</p>",
            "covered",
        ),
        (
            judging.lost_by_keyboard,
            "<button onfocus='document.getElementById(\"two\").focus()'>Shy</button>",
            "not reached",
        ),
        (
            judging.lost_by_keyboard,
            "<input aria-label=Trap onkeydown='event.key === \"Tab\" && event.preventDefault()'>",
            "Tab does not come round",
        ),
    ],
)
def test_a_planted_fault_is_found(
    page: Page, judge: Callable[[Page], list[str]], planted: str, fault: str
) -> None:
    page.set_content(CLEAN.replace("</main>", f"{planted}</main>"))

    found = judge(page)

    assert [one for one in found if fault in one], found
