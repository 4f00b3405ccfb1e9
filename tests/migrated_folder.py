"""A data folder whose database is migrated already, for runs that are not about migrations.

`tests/launcher/test_run.py` starts from nothing, as a newcomer does; the others save the minute.
"""

import subprocess
from pathlib import Path

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from launcher import binaries
from launcher.database import ensure_running
from tests.template_database import use_template


@pytest.fixture(scope="session")
def migrated_dump(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: object) -> Path:
    """Everything that migrations make, for `fill`."""
    dump = tmp_path_factory.mktemp("migrated") / "database.dump"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        if not connection.settings_dict["TEST"].get("TEMPLATE"):
            use_template()
    given = connection.get_connection_params()
    template = make_conninfo(
        host=given.get("host"),
        port=given.get("port"),
        user=given.get("user"),
        password=given.get("password"),
        dbname=connection.settings_dict["TEST"]["TEMPLATE"],
    )
    _program("pg_dump", "--format=custom", "--compress=0", "--no-owner",
             f"--dbname={template}", f"--file={dump}")  # fmt: skip
    return dump


def fill(data_dir: Path, dump: Path) -> None:
    """Have the embedded database of a new folder hold the dump, and stand still again."""
    database = ensure_running(data_dir)
    try:
        _program("pg_restore", "--exit-on-error", "--no-owner",
                 f"--dbname={database.url}", str(dump))  # fmt: skip
    finally:
        database.stop()


def _program(name: str, *arguments: str) -> None:
    subprocess.run([binaries.find()[name], *arguments], check=True, timeout=120)
