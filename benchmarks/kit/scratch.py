"""A migrated database of its own, dropped at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

from tests.template_database import use_template


@contextmanager
def scratch() -> Iterator[dict[str, Any]]:
    """Have Django work in a migrated test database; give psycopg's parameters for it."""
    name = connection.settings_dict["NAME"]
    use_template()
    connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"  # beside a test run, too
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    options = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname", "options")
    try:
        yield {key: options[key] for key in keys if key in options}
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def connected(parameters: dict[str, Any]) -> psycopg.Connection:
    """A connection past Django's."""
    return psycopg.connect(**parameters, autocommit=True)
