"""Which screens the back office has, read from its own menu, lists and headers.

A list, a row or a dialog that is added is found without a word here. Who walks through them judges
them (`test_every_screen`) or photographs them (`screenshots`).
"""

import re
from collections.abc import Iterator

from playwright.sync_api import Page

# Wagtail's own screens: their markup is not ours to mend.
STOCK = re.compile(
    r"/cms/(account|api|block-preview|collections|dismissibles|documents|groups|images|jsi18n"
    r"|logout|pages|redirects|reports|settings|sites|users|workflows)/"
)
# The site's own settings, and reports that stand among Wagtail's.
SCREEN = re.compile(r"/cms/[\w-]+/(?:[\w-]+/)*")
# What a row's header leads to: a dialog of it. Sheets and files are no pages.
OF_A_ROW = re.compile(r"/cms/[\w-]+/(?:inspect/)?[^/]*\d[^/]*/(?:[\w-]+/)+")
NO_PAGE = re.compile(r"/(?:sheet|statement|paper|csv|export|xlsx)/|[?&]export=|logout")
HEADER = "main header a[href^='/cms/'], .w-slim-header a[href^='/cms/']"
IN_A_TABLE = "main td a[href^='{}'], main .cf-checks a[href^='{}']"


def hrefs(page: Page, selector: str) -> list[str]:
    """Return where the links lead that a selector finds, each once, in their order."""
    links = page.locator(selector)
    found = links.evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")
    return list(dict.fromkeys(path for path in found if path and not NO_PAGE.search(path)))


def menu(page: Page) -> list[str]:
    """Return what the menu of whoever has signed in leads to, Wagtail's screens included."""
    found = hrefs(page, "a[href^='/cms/']")
    return [path for path in found if SCREEN.fullmatch(path) and not re.search(r"\d", path)]


def newest_row(page: Page, path: str) -> str | None:
    """Return where the first row of the open list leads."""
    rows = [row for row in hrefs(page, f"main td a[href^='{path}']") if "?" not in row]
    return next((row for row in rows if row != path), None)


def dialogs(page: Page, path: str) -> Iterator[str]:
    """Give what the open row's header and sections lead to in the list at `path`."""
    for found in hrefs(page, f"{HEADER}, main .cf-detail a[href^='{path}']"):
        if found.startswith(path) and OF_A_ROW.fullmatch(found):
            yield found


def verb(path: str) -> str:
    """Return what a dialog's address says that it does: `suspend`; `check`, of whatever."""
    return next((part for part in path.split("/")[3:] if part and not re.search(r"\d", part)), "")
