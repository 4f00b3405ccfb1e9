"""What every test shares: the test database's one concession, and the clock."""

from collections.abc import Iterator, Sequence

import pytest
from django.db import connection
from pytest_django.plugin import blocking_manager_key

from tests import migrated_rows
from tests.template_database import use_template

pytest_plugins = ["tests.standin"]

# Whether a test that commits has emptied the tables of this process.
EMPTIED = pytest.StashKey[bool]()


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
    """Give a test that commits the tables as the migrations left them, whatever ran before it."""
    if _commits(request.node):
        request.getfixturevalue("transactional_db")
        migrated_rows.put_back()
        request.session.stash[EMPTIED] = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fill the tables again before a test that rolls back, where one that commits came before it.

    pytest-django runs the former first; where two processes share the work, one may get such a
    test later.
    """
    if item.session.stash.get(EMPTIED, False) and not _commits(item) and _reads_tables(item):
        with item.config.stash[blocking_manager_key].unblock():
            migrated_rows.put_back()
        item.session.stash[EMPTIED] = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where two processes share the work: whole modules, the browser's as one, slow ones first.

    A module's fixtures are then made once, all browser tests have one demo, and the end does not
    wait for a long one that began last.
    """
    items.sort(key=_shares_of_work)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def _shares_of_work(item: pytest.Item) -> tuple[bool, bool]:
    return _commits(item), item.get_closest_marker("slow") is None


def _group(item: pytest.Item) -> str:
    module = item.path.relative_to(item.config.rootpath).as_posix()
    return "browser" if module.startswith("tests/browser/") else module


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in _fixtures(item) or (
        marker is not None and bool(marker.kwargs.get("transaction", False))
    )


def _reads_tables(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or "db" in _fixtures(item)


def _fixtures(item: pytest.Item) -> Sequence[str]:
    return getattr(item, "fixturenames", ())
