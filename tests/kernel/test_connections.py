"""A kept connection is asked by its socket whether it stands; an ended one is replaced."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import NotSupportedError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from kernel import prepared

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _as_between_requests() -> Iterator[None]:
    asked(True)
    yield
    asked(False)
    connection.close()


def asked(enabled: bool) -> None:
    """Have the connection asked, or not, before its next query: as a request's end leaves it."""
    own: Any = connections["default"]
    own.ensure_connection()
    own.health_check_enabled, own.health_check_done = enabled, False


def end_the_backend() -> None:
    pid = connection.connection.info.backend_pid
    parameters: dict[str, Any] = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{key: parameters[key] for key in keys if key in parameters}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.usefixtures("_as_between_requests")
def test_a_connection_that_stands_is_not_asked_by_a_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        connection.close_if_health_check_failed()

    assert (len(queries), connection.is_usable()) == (0, True)


@pytest.mark.usefixtures("_as_between_requests")
def test_a_connection_that_the_server_has_ended_is_made_anew() -> None:
    end_the_backend()

    assert prepared.execute("SELECT 1") == (1,)


@pytest.mark.usefixtures("_as_between_requests")
def test_negative_control_unasked_the_ended_connection_fails() -> None:
    end_the_backend()
    asked(False)

    with pytest.raises(OperationalError):
        prepared.execute("SELECT 1")


@pytest.mark.usefixtures("_as_between_requests")
def test_rows_are_fetched_on_a_new_connection_as_well() -> None:
    end_the_backend()

    assert prepared.fetch("SELECT 1") == [(1,)]


@pytest.fixture
def _table() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE to_be_migrated AS SELECT 1 AS number")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE to_be_migrated")


def migrate() -> None:
    parameters: dict[str, Any] = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    known = {key: parameters[key] for key in keys if key in parameters}
    with psycopg.connect(**known) as other:
        other.execute("ALTER TABLE to_be_migrated ALTER number TYPE text")


READ = "SELECT number FROM to_be_migrated"


@pytest.mark.usefixtures("_table")
@pytest.mark.parametrize("read", [prepared.execute, lambda text: prepared.fetch(text)[0]])
def test_a_type_that_is_altered_under_a_warm_connection_is_read_anew(
    read: Callable[[str], Any],
) -> None:
    assert read(READ) == (1,)

    migrate()

    assert [read(READ) for _ in range(3)] == [("1",)] * 3


@pytest.mark.usefixtures("_table")
def test_within_a_transaction_it_fails_once_and_is_read_anew_after_the_rollback() -> None:
    assert prepared.execute(READ) == (1,)
    migrate()

    with pytest.raises(NotSupportedError, match="cached plan"), transaction.atomic():
        prepared.execute(READ)

    with transaction.atomic():
        assert prepared.execute(READ) == ("1",)
