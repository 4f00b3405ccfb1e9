"""Asking an address as a role, and comparing the answer with the table's."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any
from unittest.mock import PropertyMock, patch

from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import override_settings

from billing import surplus
from billing.gateways.base import GatewayUnavailable
from kernel import clock
from tests.api.matrix.calling import rolled_back
from tests.billing.payouts.world import NOW
from tests.cms.matrix import world as worlds
from tests.cms.matrix.routes import Route
from tests.cms.matrix.rows import GONE, OPEN, POST, SHUT, Row
from tests.cms.matrix.world import GUEST, World

SENT_AWAY = {"/accounts/login/", "/cms/login/", "/cms/"}
STATUSES = {403: SHUT, 404: GONE, 405: POST}


@contextmanager
def standing() -> Iterator[World]:
    """Make the world once, at payouts' NOW; nothing of it stays. Sessions live in the cache."""
    engine = "django.contrib.sessions.backends.cache"
    with override_settings(SESSION_ENGINE=engine), clock.travel(NOW), rolled_back():
        yield worlds.build()


@contextmanager
def unseen() -> Iterator[None]:
    """Have pages decided on and not drawn, and no gateway asked: who is let in is known before."""
    silent = GatewayUnavailable("Nobody answers.")
    with (
        patch.object(SimpleTemplateResponse, "rendered_content", PropertyMock(return_value="")),
        patch.object(surplus, "look", side_effect=silent),
        clock.travel(NOW),
    ):
        yield


def answer(world: World, role: str, address: str, **headers: Any) -> HttpResponse:
    """GET the address; the browser's cookies stay as they were, whatever the answer says."""
    browser = world.browsers[role]
    kept = copy(browser.cookies)
    try:
        return browser.get(address, **headers)  # type: ignore[return-value]
    finally:
        browser.cookies = kept


def in_a_word(response: HttpResponse) -> str:
    if response.status_code == 302:
        return SHUT if response.headers["Location"].partition("?")[0] in SENT_AWAY else OPEN
    return STATUSES.get(response.status_code, OPEN if response.status_code < 500 else "FAILED")


def breaches(
    world: World, role: str, routes: Iterable[Route], table: Mapping[str, Row]
) -> list[str]:
    """Return what the role was answered otherwise than the table says, one line each."""
    found = []
    with unseen():
        for route in routes:
            row = table[route.pattern]
            for side in _sides(world, role, route):
                address = world.address(route, side=side)
                got = in_a_word(answer(world, role, address))
                if got != row.expected(role, side):
                    wanted = row.expected(role, side)
                    found.append(f"{route.pattern} ({side}) as {role}: {got}, not {wanted}")
    return found


def _sides(world: World, role: str, route: Route) -> list[str]:
    """A guest asks about the own things too; to all others the two sides are the same."""
    differs = world.address(route, side="own") != world.address(route, side="other")
    return ["other", "own"] if role == GUEST and differs else ["other"]


def rowless(routes: Iterable[Route], table: Mapping[str, Row]) -> list[str]:
    """Return the routes that no line of the table names."""
    return [route.pattern for route in routes if route.pattern not in table]
