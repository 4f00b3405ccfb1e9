"""The migrated database that every test run copies, because 200 migrations take longer than tests.

It is named after the content of all migrations, so it is made anew exactly when one of them
changes. It knows nothing of the tests.
"""

import hashlib
from pathlib import Path

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from psycopg import sql


def use_template() -> None:
    """Have Django copy its test database from the template, which is made if it is missing."""
    prefix = f"{connection.settings_dict['NAME']}_template"
    name = f"{prefix}_{_digest_of_migrations()}"
    with maintenance_session() as session:
        # One run makes it, others that start at the same moment wait here.
        session.execute("SELECT pg_advisory_lock(hashtext(%s))", [prefix])
        found = session.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{prefix}%"]
        )
        present = {row[0] for row in found.fetchall()}
        if name not in present:
            for outdated in present:
                session.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(outdated))
                )
            _make(session, name)
    connection.settings_dict["TEST"]["TEMPLATE"] = name


def _make(session: psycopg.Connection, name: str) -> None:
    """Migrate under another name first: a template cut short must not look finished."""
    unfinished = f"{name}_unfinished"
    session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
    own_name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = unfinished
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own_name
    session.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(unfinished), sql.Identifier(name)
        )
    )


def maintenance_session() -> psycopg.Connection:
    """A connection to the server's own database, for what is done to databases as a whole."""
    parameters = connection.get_connection_params()
    return psycopg.connect(
        host=parameters.get("host"),
        port=parameters.get("port"),
        user=parameters.get("user"),
        password=parameters.get("password"),
        dbname="postgres",
        autocommit=True,
    )


def _digest_of_migrations() -> str:
    digest = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label}/{path.name}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
