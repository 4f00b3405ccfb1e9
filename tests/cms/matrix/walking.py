"""Asking an address as a role, and comparing the answer with the table's."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any
from unittest.mock import PropertyMock, patch

from django.db import connection
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import override_settings

from accounts.roles import CONTENT_EDITOR
from billing import surplus
from billing.gateways.base import GatewayUnavailable
from kernel import clock
from tests.api.matrix.calling import rolled_back
from tests.billing.payouts.world import NOW
from tests.cms.matrix import world as worlds
from tests.cms.matrix.routes import Route
from tests.cms.matrix.rows import GONE, OPEN, POST, SHUT, Row
from tests.cms.matrix.world import GUEST, SUPERUSER, World

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


# Who may send what takes no GET, where that is not everybody whom the line names.
SENDERS = {"images/multiple/<": (CONTENT_EDITOR, SUPERUSER), "documents/multiple/<": (SUPERUSER,)}


def forged(world: World, role: str, routes: Iterable[Route], table: Mapping[str, Row]) -> list[str]:
    """POST to every address that the role is refused; return those that answered otherwise."""
    found = []
    with unseen():
        for route in routes:
            row = table[route.pattern]
            senders = [who for start, who in SENDERS.items() if route.pattern.startswith(start)]
            may = senders[0] if row.answer == POST and senders else row.who
            if role in may:
                continue
            response = sent(world, role, world.address(route))
            if in_a_word(response) in {OPEN, "FAILED"}:
                found.append(f"{route.pattern} as {role}: {response.status_code}")
    return found


def sent(world: World, role: str, address: str) -> HttpResponse:
    """POST a form with the names that most forms have; cookies stay as they were."""
    browser = world.browsers[role]
    kept = copy(browser.cookies)
    try:
        return browser.post(address, FORM)  # type: ignore[return-value]
    finally:
        browser.cookies = kept


FORM = {"act": "add", "reason": "Because.", "title": "Forged", "name": "Forged", "confirm": "1"}


def every_row() -> dict[str, str]:
    """Return what stands in each table, but for where somebody was seen last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relkind = 'r' AND nspname = 'public' AND relname NOT IN "
            "('django_session', 'kernel_cache', 'wagtailadmin_editingsession')"
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(
                "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) "
                f'FROM "{table}" t'
            )
            found[table] = cursor.fetchone()[0]
    return found
