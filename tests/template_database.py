"""The migrated database that every test run copies, because 200 migrations take longer than tests.

It is named after the content of all migrations and remembers each of them. Where some were only
added, the old template goes on from where it stands; where one was changed, it is made anew. It
knows nothing of the tests.
"""

import hashlib
import json
from pathlib import Path

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from psycopg import sql


def use_template() -> None:
    """Have Django copy its test database from the template, which is made if it is missing."""
    prefix = f"{connection.settings_dict['NAME']}_template"
    wanted = _migrations()
    name = f"{prefix}_{_digest(wanted)}"
    with maintenance_session() as session:
        # One run makes it, others that start at the same moment wait here.
        session.execute("SELECT pg_advisory_lock(hashtext(%s))", [prefix])
        present = _present(session, prefix)
        if name not in present:
            _make(session, name, wanted, base=_nearest(present, wanted))
            for outdated in present:
                session.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(outdated))
                )
    connection.settings_dict["TEST"]["TEMPLATE"] = name


def _present(session: psycopg.Connection, prefix: str) -> dict[str, dict[str, str]]:
    """Return the templates that are there, each with the migrations that it has gone through."""
    found = session.execute(
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE starts_with(datname, %s)",
        [prefix],
    )
    return {name: json.loads(remembered or "{}") for name, remembered in found.fetchall()}


def _nearest(present: dict[str, dict[str, str]], wanted: dict[str, str]) -> str | None:
    """Return the template that has gone through the most of what is wanted, and nothing else."""
    usable = {
        name: len(migrations)
        for name, migrations in present.items()
        if migrations and migrations.items() <= wanted.items()
    }
    return max(usable, key=usable.__getitem__, default=None)


def _make(
    session: psycopg.Connection, name: str, migrations: dict[str, str], *, base: str | None
) -> None:
    """Migrate under another name first: a template cut short must not look finished."""
    unfinished = sql.Identifier(f"{name}_unfinished")
    session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(unfinished))
    session.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            unfinished, sql.Identifier(base or "template1")
        )
    )
    own_name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = f"{name}_unfinished"
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own_name
    session.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(
            unfinished, sql.Literal(json.dumps(migrations))
        )
    )
    session.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, sql.Identifier(name))
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


def _migrations() -> dict[str, str]:
    """Return the digest of each migration of every app, under `app/file`."""
    return {
        f"{app.label}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for app in apps.get_app_configs()
        for path in Path(app.path, "migrations").glob("*.py")
    }


def _digest(migrations: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(migrations, sort_keys=True).encode()).hexdigest()[:12]
