"""What every test shares: the test database, and how two processes share the work."""

import gc
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest
from django.test import TransactionTestCase
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from cms import directory
from kernel.leases import leases
from tests import migrated_rows
from tests.template_database import use_template

pytest_plugins = ["tests.migrated_folder", "tests.standin"]

BROWSER = "browser"
# The longest of all, and before it a long one that needs no database: one process runs it while the
# other makes the template.
FIRST = ("tests/launcher/test_frontend.py", BROWSER)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: object
) -> None:
    """Copy the test database from a migrated template (see `tests.template_database`)."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        use_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """Have a test that commits put back what migrations left, in place of Django's flush.

    Whatever runs after it, in whatever order, finds the tables of a new installation; and emptying
    the few tables that have rows takes a tenth of what truncating all of them does.
    """
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        migrated_rows.keep()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda _test: migrated_rows.put_back()
        )
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Read the list of authorities once for a run.

    Every client of httpx, and every call without one, reads it anew: 20 ms, as often as anybody
    speaks to a loopback address that has no certificate at all.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "httpx._transports.default.create_ssl_context", cache(httpx.create_ssl_context)
        )
        yield


@pytest.fixture(autouse=True)
def _nothing_in_memory() -> None:
    """A test's rows are rolled back with it, and nothing that was made of them outlives it."""
    leases.forget()
    directory.answers.forget()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Have the processes that share the suite take whole modules, and the browser's as one.

    A module's fixtures are then made once, and all browser tests have one demo.
    """
    return WholeModules(config, log)


class WholeModules(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return _share(nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what lasts longest, so that the end waits for nothing that began last."""
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """Have the collector of garbage pass by what stays until the end: the product and its tests.

    It would look through all of it again and again, for a fourteenth of the processor's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def _turn(item: pytest.Item) -> tuple[int, bool]:
    share = _share(item.nodeid)
    place = FIRST.index(share) if share in FIRST else len(FIRST)
    return place, item.get_closest_marker("slow") is None


def _share(nodeid: str) -> str:
    module = nodeid.partition("::")[0]
    return BROWSER if module.startswith("tests/browser/") else module
