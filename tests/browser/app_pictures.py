"""Photograph every screen of the app's one table: a part of `make screenshots`.

Each at 1280 and 390 pixels, by day and by night, whole: `app/<who>-<screen>_<width>_<theme>.png`;
with `german` also in German at 390 by day. The client and the mentor are planted and have something
of everything.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, expect

from tests.browser import money
from tests.browser.app_screens import APPLICANT, LOADING, SCREENS, VISITOR, Screen
from tests.browser.visitor import DESK, PHONE, THEMES
from tests.journeys.demo import PASSWORD, Demo

SETTLED = "() => new Promise((done) => setTimeout(done, 250))"


def name_of(screen: Screen) -> str:
    """Return the name of the screen's pictures, the same in each run: names stand for ids."""
    said = f"{screen.who} {screen.path.removeprefix('/app') or 'home'} {screen.press}"
    return re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")


def chosen(words: Sequence[str]) -> list[Screen]:
    """Return the screens whose name has one of the words; all, where there are none."""
    return [one for one in SCREENS if not words or any(word in name_of(one) for word in words)]


def take(
    browser: Browser, demo: Demo, folder: Path, *, words: Sequence[str] = (), german: bool = False
) -> int:
    """Take the pictures of the chosen screens; return how many. What cannot be opened is told."""
    screens, taken = chosen(words), 0
    planted = money.plant(demo, "furnished") | {APPLICANT: "applicant@example.com"}
    for who in dict.fromkeys(screen.who for screen in screens):
        context = browser.new_context(
            viewport=DESK,  # type: ignore[arg-type]
            locale="en-GB",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        if who != VISITOR:
            _signs_in(page, demo, planted[who])
        for screen in screens:
            if screen.who == who:
                taken += _shoot(page, demo, screen, planted, folder / "app")
                taken += _in_german(page, folder / "app", screen) if german else 0
        context.close()
    return taken


def _signs_in(page: Page, demo: Demo, email: str) -> None:
    who = {"email": email, "password": PASSWORD}
    answer = httpx.post(f"{demo.url}/api/users/login", json=who, timeout=30).raise_for_status()
    page.goto(f"{demo.url}/app/login")
    token = answer.json()["token"]
    page.evaluate("(token) => localStorage.setItem('counterfoil.token', token)", token)


def _shoot(page: Page, demo: Demo, screen: Screen, planted: dict[str, Any], place: Path) -> int:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto("about:blank")
    page.goto(f"{demo.url}{screen.at(planted)}", wait_until="load")
    _arrives(page)
    if screen.press:
        page.get_by_role("button", name=screen.press).first.click()
        expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(SETTLED)
            _keep(page, place / f"{name_of(screen)}_{size['width']}_{theme}.png")
    return 2 * len(THEMES)


def _in_german(page: Page, place: Path, screen: Screen) -> int:
    """Take the screen that is open once more, in German; a dialog over it is not opened."""
    if screen.press:
        return 0
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate("() => localStorage.setItem('language', 'de')")
    page.reload(wait_until="load")
    _arrives(page)
    _keep(page, place / f"{name_of(screen)}_{PHONE['width']}_light_de.png")
    page.evaluate("() => localStorage.setItem('language', 'en')")
    return 1


def _arrives(page: Page) -> None:
    expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=30_000)
    expect(page.locator(LOADING)).to_have_count(0, timeout=30_000)
    page.evaluate(SETTLED)


def _keep(page: Page, file: Path) -> None:
    """Take the page in a window as high as itself: what is fixed lies at its end, not across it."""
    size = page.viewport_size or DESK
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.evaluate(SETTLED)
    page.screenshot(path=file, full_page=True, animations="disabled")
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
