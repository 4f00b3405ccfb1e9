"""How a test looks at a dialog and presses one of its buttons, as a person would."""

import re
from html import unescape
from typing import Any

from django.test import Client


def shown(browser: Client, url: str, **values: str) -> str:
    """Return the page of a dialog, its form saying `values`."""
    answer = browser.get(url, values)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def fields_of(html: str) -> dict[str, str]:
    """Return the hidden fields of a dialog's page: tokens, and the hash of each button."""
    inputs = re.findall(r'<input type="hidden"[^>]*>', html)
    found = {}
    for one in inputs:
        name, value = re.search(r'name="([^"]+)"', one), re.search(r'value="([^"]*)"', one)
        if name and value:
            found[name[1]] = unescape(value[1])
    return found


def press(browser: Client, url: str, act: str, *, page: str | None = None, **given: str) -> Any:
    """Send the form of a page that was looked at (by default, just now) by one of its buttons."""
    page = shown(browser, url, **given) if page is None else page
    return browser.post(url, {**fields_of(page), **given, "act": act})
