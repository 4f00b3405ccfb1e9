"""Who reaches which address of the back office: all of them × eleven roles, from one table.

`tests.cms.matrix.table` is the one table; its docstring says how an address gets its line.
"""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from accounts import roles
from cms import guarding
from kernel.backoffice.policies import ReadOnlyPolicy
from tests.cms.matrix.routes import Route, admin_routes
from tests.cms.matrix.rows import OPEN, SHUT
from tests.cms.matrix.table import AREAS, rows
from tests.cms.matrix.walking import (
    answer,
    breaches,
    every_row,
    forged,
    rowless,
    standing,
    unseen,
)
from tests.cms.matrix.world import GUEST, ROLES, SUPERUSER, World

pytestmark = pytest.mark.django_db
TABLE = rows()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), standing() as made:
        yield made


# About one site's settings, of which there is no model.
UNFILLED = "settings/<slug:app_name>/<slug:model_name>/<int:pk>/"


def walked() -> list[Route]:
    return [route for route in admin_routes() if not route.pattern.startswith(UNFILLED)]


def test_every_address_has_a_line_and_no_line_is_of_none() -> None:
    assert rowless(walked(), TABLE) == []
    assert {route.pattern for route in walked()} == set(TABLE)
    assert len(TABLE) == sum(len(area.lines()) for area in AREAS), "an address stands there twice"
    assert len(TABLE) > 350


def test_an_address_without_a_line_is_noticed() -> None:
    """The negative control."""
    new = Route("new-screen/", lambda _request: None)

    assert rowless([*walked(), new], TABLE) == ["new-screen/"]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_let_in_where_the_table_says_and_nowhere_else(world: World, role: str) -> None:
    found = breaches(world, role, walked(), TABLE)

    assert found == [], "\n".join(found)


# Open to everybody, and they change nothing but the answer.
ASKED_FOR_NOTHING = ("sprite/", "jsi18n/", "login/", ".*/$")


@pytest.mark.parametrize("role", [role for role in ROLES if role != SUPERUSER])
def test_what_a_role_is_refused_it_cannot_send_either(world: World, role: str) -> None:
    routes = [route for route in walked() if not route.pattern.startswith(ASKED_FOR_NOTHING)]
    before = every_row()

    found = forged(world, role, routes, TABLE)

    assert found == [], "\n".join(found)
    after = every_row()
    assert [table for table, rows in before.items() if after[table] != rows] == []


def test_a_staff_person_without_the_second_factor_reaches_nothing(
    world: World, settings: Any
) -> None:
    settings.DEMO_MFA = True
    asked = {"/accounts/2fa/reauthenticate/", "/accounts/2fa/totp/activate/"}

    with unseen():
        for role in (roles.CONTENT_EDITOR, roles.SUPPORT, GUEST, SUPERUSER):
            answers = {
                route.pattern: answer(world, role, world.address(route)) for route in walked()
            }
            passed = [
                pattern
                for pattern, got in answers.items()
                if got.status_code != 302 or got.headers["Location"].partition("?")[0] not in asked
            ]
            assert passed == [], (role, passed)


def test_a_view_that_was_opened_is_noticed(world: World) -> None:
    """The negative controls: a list whose policy says yes to all, and the door left ajar."""
    lists = [route for route in walked() if route.pattern in {"payments/", "reviews/"}]
    choosers = [route for route in walked() if route.pattern.startswith("choose-page/")]

    with patch.object(ReadOnlyPolicy, "user_has_any_permission", lambda *_: True):
        opened = breaches(world, roles.CONTENT_EDITOR, lists, TABLE)
    with (
        patch.object(guarding, "_allowed", lambda *_: True),
        patch.object(guarding, "_may_see", lambda *_: True),
    ):
        chosen = breaches(world, roles.SUPPORT, choosers, TABLE)
        guests = breaches(world, GUEST, choosers, TABLE)

    assert [line.rpartition(": ")[2] for line in opened] == [f"{OPEN}, not {SHUT}"] * 2
    assert len(chosen) == len(choosers) == 4
    assert [line for line in guests if "chosen-multiple" in line]
