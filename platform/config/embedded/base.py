"""A database engine that starts the embedded server when it first connects, or joins a running one.

Reading the settings alone starts nothing, so commands that need no database stay quick. Beyond
the address it is `config.postgres`.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.postgresql import client

from config.postgres import base
from launcher import binaries
from launcher.database import join


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the psql that belongs to the server."""

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.get_connection_params()
        self.executable_name = binaries.find()["psql"]
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        """Return psycopg's parameters; the server runs from here on for as long as we do."""
        database = join(self.settings_dict["DATA_DIR"], durable=self.settings_dict["DURABLE"])
        self.settings_dict["HOST"] = str(database.cluster.socket_folder)
        return super().get_connection_params()
