"""Each list of the back office, found by its address: as many queries for one row as for three."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.admin.views.generic import IndexView

from tests.cms.conftest import SignIn, listed_mentor
from tests.cms.rows import add_rows
from tests.cms.test_lists import LISTS

ROOMS = (
    "accounts",
    "billing",
    "cms",
    "kernel",
    "messaging",
    "notifications",
    "scheduling",
    "webhooks",
)


def lists(patterns: Any = None, before: str = "/") -> Iterator[tuple[str, type]]:
    """Find the address of every list of ours under /cms/, and its view."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(one.pattern).lstrip("^")
        if isinstance(one, URLResolver):
            if address.startswith("/cms/"):
                yield from lists(one.url_patterns, address)
        elif isinstance(one, URLPattern) and "<" not in address and "(" not in address:
            view = getattr(one.callback, "view_class", None)
            if view is not None and issubclass(view, IndexView) and _is_ours(view):
                yield address, view


def _is_ours(view: type) -> bool:
    return any(one.__module__.partition(".")[0] in ROOMS for one in view.__mro__)


def test_every_list_takes_the_same_queries_for_one_row_and_for_three(
    sign_in: SignIn, subtests: pytest.Subtests
) -> None:
    browser = sign_in("admin")
    found = sorted({address for address, _ in lists()})
    assert len(found) > 2 * len(LISTS)  # each has its results as one types besides
    _add(1)
    for address in found:
        counted(browser, address)  # warms what is read once per process
    one = {address: counted(browser, address) for address in found}
    _add(2)
    _add(3)

    for address in found:
        with subtests.test(address):
            assert counted(browser, address) == one[address]


def test_the_walk_finds_the_lists_that_are_named() -> None:
    names = {address.strip("/").split("/")[1] for address, _ in lists()}

    assert {name for name in LISTS if name not in names} == set()
    assert "profiles" in names


def counted(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(address)
        assert b"".join(response) if response.streaming else response.content
    assert response.status_code == 200, address
    return len(queries)


def _add(number: int) -> None:
    add_rows()
    listed_mentor(f"Person{number} Listed")
