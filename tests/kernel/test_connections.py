"""A kept connection is asked by its socket whether it stands; an ended one is replaced."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections
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
