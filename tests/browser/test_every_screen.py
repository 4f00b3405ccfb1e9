"""Every screen of our own in the back office is accessible: lists, a row of each, dialogs, reports.

What the menu leads to is ours unless `STOCK` says that Wagtail made it; a screen that is added is
walked through without a word here. Each is looked at on a desk and on a phone, by day and by night.
"""

import re
from collections.abc import Iterator

import pytest

from tests.browser import money
from tests.browser.conftest import Arrive
from tests.browser.staff import ADMIN, Staff, sign_in
from tests.browser.visitor import WIDTHS
from tests.journeys.demo import Demo

# Wagtail's own screens: their markup is not ours to mend.
STOCK = re.compile(
    r"/cms/(account|api|block-preview|collections|dismissibles|documents|groups|images|jsi18n"
    r"|logout|pages|redirects|reports|settings|sites|users|workflows)/"
)
OURS = re.compile(r"/cms/[\w-]+/(?:[a-z-]+/)?")
FEWEST_LISTS = 30
# Of a row: what leads to a dialog of it. Sheets and files are no pages.
OF_A_ROW = re.compile(r"/cms/[\w-]+/(?:inspect/)?[^/]+/[\w-]+/")
NO_PAGE = re.compile(r"/(?:sheet|print|statement|csv|export)/|[?&]export=")


@pytest.fixture(scope="module")
def planted(demo: Demo) -> Iterator[dict[str, object]]:
    """A row in as many lists as a few plants give one."""
    yield money.plant(
        demo, "paid", "explored", "owing", "disputed", "failed_event", "came_back", "meetings"
    )


def hrefs(staff: Staff, selector: str) -> list[str]:
    """Return where the links lead that a selector finds, each once, in their order."""
    links = staff.visitor.page.locator(selector)
    found = links.evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    return list(dict.fromkeys(path for path in found if path))


def looks_at(staff: Staff, path: str) -> list[str]:
    """Open a screen and have it judged at both widths; return what is wrong with it."""
    page, wrong = staff.visitor.page, []
    page.set_viewport_size(WIDTHS["desk"])  # type: ignore[arg-type]
    staff.opens(path)
    print(path, flush=True)
    for width, size in WIDTHS.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        try:
            staff.visitor.finds_the_page_accessible()
        except AssertionError as found:
            wrong.append(f"{width}: {str(found)[:3000]}")
            print(wrong[-1], flush=True)
    return wrong


@pytest.mark.usefixtures("planted")
def test_every_list_a_row_of_it_and_its_dialogs_are_accessible(arrive: Arrive) -> None:
    admin = sign_in(arrive(), email=ADMIN)
    menu = hrefs(admin, "a[href^='/cms/']")
    lists = [path for path in menu if OURS.fullmatch(path) and not STOCK.match(path)]
    assert len(lists) >= FEWEST_LISTS, lists
    seen: set[str] = set()
    wrong = looks_at(admin, "/cms/")
    for path in lists:
        wrong += looks_at(admin, path)
        admin.visitor.page.set_viewport_size(WIDTHS["desk"])  # type: ignore[arg-type]
        rows = [row for row in hrefs(admin, f"main td a[href^='{path}']") if row not in seen]
        screens = rows[:1]
        while screens:
            screen = screens.pop(0)
            if screen in seen or NO_PAGE.search(screen):
                continue
            seen.add(screen)
            wrong += looks_at(admin, screen)
            admin.visitor.page.set_viewport_size(WIDTHS["desk"])  # type: ignore[arg-type]
            if screen in rows:
                screens += [
                    found
                    for found in hrefs(admin, "main header a[href^='/cms/'], .w-slim-header a")
                    if OF_A_ROW.fullmatch(found) and found.startswith(path)
                ]
    print(f"{len(lists)} lists, {len(seen)} screens of a row")
    assert wrong == [], "\n\n".join(wrong)
