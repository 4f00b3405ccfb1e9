"""What a public page costs a first visitor: bytes over the wire, requests, and nothing that moves.

Bytes are what the network brought, pictures left out. Each page is opened by a browser that has
nothing kept.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visitor import WIDTHS
from tests.browser.watch import Watch
from tests.browser.weighing import weigh
from tests.journeys.demo import Demo

MOST_BYTES = 150_000
# The page, two sheets, two faces, two icons; the pictures on the page come on top.
MOST_REQUESTS = 8
PAGES = ("/", "/mentors/", "/mentors/ada-winterbourne/", "/articles/six-oclock-is-not-a-time/")


@pytest.fixture
def fresh(browser: Browser, width: str) -> Iterator[Page]:
    """A page of a browser that was never here."""
    context = browser.new_context(
        viewport=WIDTHS[width],  # type: ignore[arg-type]
        has_touch=width == "phone",
    )
    yield context.new_page()
    context.close()


def faults(page: Page, url: str) -> list[str]:
    """Return why a page is too heavy, asks too often, or moves; nothing where it is well."""
    watch = Watch(page)
    weighed = weigh(page, url)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(300)
    found = watch.verdict()
    if weighed.bytes > MOST_BYTES:
        found.append(f"{weighed.bytes} bytes: {weighed.bytes_of}")
    if len(weighed.without_pictures) > MOST_REQUESTS:
        found.append(f"{len(weighed.without_pictures)} requests: {weighed.without_pictures}")
    moved = page.evaluate("window.__moved")
    if moved:
        found.append(f"a layout shift of {moved}")
    return found


SUM_OF_SHIFTS = """
window.__moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.__moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_and_still(fresh: Page, demo: Demo, path: str) -> None:
    fresh.add_init_script(SUM_OF_SHIFTS)

    assert faults(fresh, f"{demo.url}{path}") == []


# What each would do to the front page: weigh more, ask more often, move.
FONT = "/static/fonts/source-serif-4-latin.woff2"
HEAVY = "".join(
    f'<link rel="preload" as="font" crossorigin href="{FONT}?{number}">' for number in range(4)
)
ASKING = "".join(f'<link rel="stylesheet" href="/static/css/tokens.css?{n}">' for n in range(9))
MOVING = """<script>addEventListener("load", () => setTimeout(() => {
  document.body.style.paddingTop = "99px" }, 200))</script>"""


@pytest.mark.parametrize(
    ("planted", "told"),
    [(HEAVY, "bytes"), (ASKING, "requests"), (MOVING, "a layout shift")],
    ids=["heavy", "asking", "moving"],
)
def test_a_heavy_a_busy_and_a_moving_page_are_found(
    fresh: Page, demo: Demo, planted: str, told: str
) -> None:
    """The negative control: the same page with one fault planted in it."""

    def spoiled(route: Any) -> None:
        answer = route.fetch()
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name not in {"content-security-policy", "content-encoding", "content-length"}
        }
        body = answer.text().replace("</head>", f"{planted}</head>")
        route.fulfill(response=answer, headers=headers, body=body)

    fresh.add_init_script(SUM_OF_SHIFTS)
    fresh.route(f"{demo.url}/", spoiled)

    found = faults(fresh, f"{demo.url}/")

    assert any(told in fault for fault in found), found
