"""The database takes an approval from a second person alone, whoever types the SQL."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import sql

pytestmark = pytest.mark.django_db

FORWARD, REVERSE = sql.four_eyes("deed", preparers=["asked_by", "sealed_by"], approver="granted_by")


@pytest.fixture(autouse=True)
def deeds() -> Iterator[None]:
    """Three deeds: fresh (asked by 1, sealed by 2), granted (by 3), and one that nobody asked."""
    run("CREATE TABLE deed (id int, asked_by int, sealed_by int, granted_by int)")
    run(FORWARD)
    run("INSERT INTO deed VALUES (1, 1, 2, NULL), (2, 1, NULL, 3), (3, NULL, NULL, NULL)")
    yield
    run(REVERSE)
    run("UPDATE deed SET granted_by = asked_by WHERE id = 1")  # the reverse leaves nothing behind


def run(statement: str) -> list[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_another_person_approves() -> None:
    run("UPDATE deed SET granted_by = 3 WHERE id = 1")
    run("INSERT INTO deed VALUES (4, 5, NULL, 6)")

    assert run("SELECT id, granted_by FROM deed WHERE granted_by IS NOT NULL ORDER BY id") == [
        (1, 3),
        (2, 3),
        (4, 6),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE deed SET granted_by = 1 WHERE id = 1", id="who asked"),
        pytest.param("UPDATE deed SET granted_by = 2 WHERE id = 1", id="who sealed"),
        pytest.param("INSERT INTO deed VALUES (9, 7, NULL, 7)", id="at once"),
        pytest.param("UPDATE deed SET granted_by = 4 WHERE id = 3", id="nobody asked"),
        pytest.param("UPDATE deed SET asked_by = 8, granted_by = 1 WHERE id = 1", id="disguised"),
        pytest.param("UPDATE deed SET asked_by = 8 WHERE id = 2", id="re-written"),
        pytest.param("UPDATE deed SET granted_by = NULL WHERE id = 2", id="taken back"),
        pytest.param("UPDATE deed SET granted_by = 5 WHERE id = 2", id="given twice"),
    ],
)
def test_everything_else_is_refused(statement: str) -> None:
    before = run("SELECT * FROM deed ORDER BY id")

    with pytest.raises(IntegrityError, match="deed_four_eyes"):
        run(statement)

    assert run("SELECT * FROM deed ORDER BY id") == before


def test_the_check_holds_alone_and_so_does_the_trigger() -> None:
    """The negative control: only where both are gone does one person do both."""
    himself = "UPDATE deed SET granted_by = 1 WHERE id = 1"
    run("ALTER TABLE deed DISABLE TRIGGER USER")
    with pytest.raises(IntegrityError, match="violates check constraint"):
        run(himself)
    run("ALTER TABLE deed ENABLE TRIGGER USER")
    run("ALTER TABLE deed DROP CONSTRAINT deed_four_eyes")
    with pytest.raises(IntegrityError, match="whoever prepared it does not approve it"):
        run(himself)

    run("ALTER TABLE deed DISABLE TRIGGER USER")
    run(himself)

    assert run("SELECT granted_by FROM deed WHERE id = 1") == [(1,)]
    run("UPDATE deed SET granted_by = NULL WHERE id = 1")
    run("ALTER TABLE deed ENABLE TRIGGER USER")
    run("ALTER TABLE deed ADD CONSTRAINT deed_four_eyes CHECK (true)")
