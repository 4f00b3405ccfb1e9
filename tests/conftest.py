"""What every test shares: the test database's one concession, and the clock."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests import migrated_rows
from tests.template_database import use_template

pytest_plugins = ["tests.standin"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: object
) -> None:
    """Copy the test database from a migrated template (see `tests.template_database`)."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        use_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """Let transactional tests flush: the guards against TRUNCATE go, and nothing else.

    The guards against UPDATE and DELETE stay, and `test_guards.py` looks at the migrations'
    own SQL for the rest.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE %s",
            ["%\\_no\\_truncate"],
        )
        for name, table in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
        migrated_rows.keep()
    yield


@pytest.fixture(autouse=True)
def _what_migrations_leave(request: pytest.FixtureRequest) -> None:
    """Give a test that commits the tables as the migrations left them, whatever ran before it.

    Tests that roll back need nothing: pytest-django runs them first.
    """
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction", False)
    if commits or "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        migrated_rows.put_back()
