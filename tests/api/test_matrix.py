"""Who reaches what: every operation as fourteen roles on the own, another's and a missing object.

`tests.api.matrix.table` is the one table; its docstring says how an operation gets its row.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import User
from accounts.sign_in import EmailUnverified, login
from accounts.tokens import Device
from api import lookups
from api.api import api
from api.permissions import PERMISSIONS, Who
from api.routers import sessions as sessions_router
from kernel import audit, clock
from kernel.errors import Forbidden, NotFound
from scheduling.models import Session
from tests.api import toy
from tests.api.matrix import world as worlds
from tests.api.matrix.calling import breaches, rolled_back
from tests.api.matrix.rows import RELATIONS, Row
from tests.api.matrix.table import ROWS, SESSION_READERS
from tests.api.matrix.world import ANONYMOUS, CLIENT_A, ROLES, UNA, World
from tests.billing.payouts.world import NOW
from tests.factories.people import PASSWORD
from tests.standin import StandIn, pointing_at

pytestmark = pytest.mark.django_db

# A path with a parameter that is nobody's: the explanation of a kind of problem.
NO_OBJECT = {
    "problems_get",
    "users_social_begin",
    "users_social_connect_begin",
    "users_social_disconnect",
}


@pytest.fixture(scope="module")
def world(
    standin_process: StandIn, django_db_setup: None, django_db_blocker: Any
) -> Iterator[World]:
    """Make both sides once; every test is a savepoint in their transaction, every cell as well."""
    standin_process.reset()
    with (
        django_db_blocker.unblock(),
        override_settings(**pointing_at(standin_process)),
        clock.travel(NOW),
        rolled_back(),
    ):
        yield worlds.build(standin_process)


@pytest.fixture(autouse=True)
def _at_that_instant() -> Iterator[None]:
    with clock.travel(NOW):
        yield


@pytest.mark.parametrize("name", ROWS)
def test_each_role_reaches_what_the_row_says_and_no_more(world: World, name: str) -> None:
    found = breaches(world, operation_of(name), ROWS[name])

    assert found == [], "\n".join([name, *found])


def test_an_open_directory_is_read_by_visitors_as_by_clients(world: World, settings: Any) -> None:
    settings.DIRECTORY_OPEN = True
    readers = [name for name in ROWS if PERMISSIONS[operation_of(name)] is Who.READER]

    for name in readers:
        row = replace(ROWS[name], nobody=ROWS[name].client)
        assert breaches(world, operation_of(name), row, roles=[ANONYMOUS]) == [], name
    assert len(readers) > 5


def test_there_are_fourteen_roles_and_three_relations() -> None:
    assert (len(ROLES), len(RELATIONS)) == (14, 3)


def test_every_operation_has_a_row() -> None:
    assert rowless(api) == []
    assert {operation_of(name) for name in ROWS} == set(
        PERMISSIONS
    )  # those not in the document too


def test_an_operation_without_a_row_is_told_what_to_add() -> None:
    """The negative control: the toy API has operations that the table does not know."""
    told = rowless(toy.api)

    assert len(told) > 3
    assert any('Add `"once": of_both("POST /api/once", "201 404 404"),`' in line for line in told)


def test_a_row_calls_its_own_operation() -> None:
    for name, row in ROWS.items():
        method, path, _ = document(api)[operation_of(name)]
        called, _, where = row.call.partition(" ")

        assert called == method, name
        assert re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), where.partition("?")[0]), name


def test_a_row_names_an_object_where_its_operation_has_one() -> None:
    """Own, other's and missing collapse only where the address names nothing."""
    collapsed = {operation_of(name) for name, row in ROWS.items() if not row.has_object}

    assert {name for name in collapsed if "{" in document(api)[name][1]} == NO_OBJECT


def test_another_s_object_is_refused_as_a_missing_one_by_the_rows_themselves() -> None:
    """No row says 403 beside 404, but for those who see all sessions in the back office."""
    apart = {
        role
        for row in ROWS.values()
        for role in ROLES
        if row.tells_apart(role) and row.status(role, "other") >= 400
    }

    assert apart == set(SESSION_READERS)


def test_no_row_lets_in_whom_the_permission_table_keeps_out() -> None:
    for name, row in ROWS.items():
        who = PERMISSIONS[operation_of(name)]
        if who is not Who.ANYONE:
            assert row.nobody == "401", name
        if who is Who.CLIENT:
            assert row.mentor == row.staff == "403", name
        if who is Who.MENTOR:
            assert row.client == row.staff == "403", name


def test_who_has_not_proven_the_address_gets_no_token(world: World) -> None:
    """So the unverified have nothing to send but their mailed code."""
    assert User.objects.filter(email=UNA, is_active=True).exists()
    with pytest.raises(EmailUnverified):
        login(email=UNA, password=PASSWORD, device=Device(), now=NOW)


# The negative controls: a product with each of the faults, and what the matrix says of it.


def any_session(_: User, text: str) -> Session:
    return Session.objects.get(pk=lookups.parse_id("ses", text, "session"))


def forbidden(reader: User, text: str) -> Session:
    if Session.objects.filter(pk=lookups.parse_id("ses", text, "session")).exists():
        raise Forbidden("This is not yours.")
    raise lookups.no_such("session")


def in_other_words(reader: User, text: str) -> Session:
    if Session.objects.filter(pk=lookups.parse_id("ses", text, "session")).exists():
        raise NotFound("This session is not yours to see.")
    raise lookups.no_such("session")


def noted(reader: User, text: str) -> Session:
    audit.record(actor="usr_x", action="tried", object_type="session", object_id=text)
    raise lookups.no_such("session")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (any_session, "client A, other: 200 where the row says 404"),
        (forbidden, "client A, other: 403 where the row says 404"),
        (in_other_words, "client A: another's and a missing one are told apart"),
        (noted, "client A, missing: refused with 404, and wrote to ['kernel_auditentry']"),
    ],
)
def test_a_fault_of_the_product_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., Session], told: str
) -> None:
    monkeypatch.setattr(sessions_router, "session_of", fault)

    found = breaches(world, "sessions_get", ROWS["sessions_get"], roles=[CLIENT_A])

    assert any(line.startswith(told) for line in found), found


def test_a_list_that_shows_the_other_side_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sessions_router, "sessions_visible_to", lambda _: Session.objects.order_by("pk")
    )

    found = breaches(world, "sessions_list", ROWS["sessions_list"], roles=[CLIENT_A])

    assert [line.partition(":")[0] for line in found] == [CLIENT_A + ", own"]
    assert "shows the other side's" in found[0]


def test_a_row_that_is_wrong_is_found(world: World) -> None:
    row = Row("GET /api/credit", client="200", mentor="200", staff="403")

    found = breaches(world, "credit_get", row)

    assert [line.partition(":")[0] for line in found] == ["mentor A, own", "mentor B, own"]


def operation_of(name: str) -> str:
    return name.partition(":")[0]


@cache
def document(api: Any) -> dict[str, tuple[str, str, list[str]]]:
    """Return the method, the address and the statuses of each operation."""
    return {
        told["operationId"]: (method.upper(), path, sorted(told["responses"]))
        for path, methods in api.get_openapi_schema(path_prefix="/api/")["paths"].items()
        for method, told in methods.items()
    }


def rowless(api: Any) -> list[str]:
    """Return what to add for each operation without a row."""
    known = {operation_of(name) for name in ROWS}
    return [
        f"{name} has no row in tests/api/matrix/table.py. Add "
        f'`"{name}": of_both("{method} {path}", "{statuses[0]} 404 404"),` '
        "or another of its shapes: its docstring says how."
        for name, (method, path, statuses) in document(api).items()
        if name not in known
    ]
