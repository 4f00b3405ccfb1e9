"""PgBouncer before the test's database, sharing its connections between transactions.

`make test` runs this first: `python -m tests.pooler` has Debian install it. Where it cannot be had,
that is said, and the tests that want it skip with the same words.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg
from django.conf import settings
from django.db import connection

from launcher.account import account_for
from tests import debian
from tests.ports import free_port

MISSING = "no pgbouncer: install Debian's `pgbouncer`"

_SETTINGS = """
[databases]
{name} = host={host} user={user} pool_size={connections}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
ignore_startup_parameters = options
logfile = {folder}/log
"""


def find() -> str | None:
    """Return the path of pgbouncer, which Debian keeps from the paths of users."""
    return shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")


def install() -> None:
    """Have it where it is missing and this machine lets us."""
    if find() is None:
        debian.install("pgbouncer", otherwise="The tests behind a pooler will skip")


@contextmanager
def pooled(*, connections: int) -> Iterator[str]:
    """Yield the address of the test's database behind a pooler of so many connections."""
    program, database, port = find(), connection.settings_dict, free_port()
    assert program is not None
    account = account_for(settings.DATA_DIR / "postgres")
    folder = Path(mkdtemp(prefix="counterfoil-pooler-"))  # where that account may enter
    account.give(folder)
    ini = folder / "pgbouncer.ini"
    ini.write_text(
        _SETTINGS.format(
            name=database["NAME"],
            user=database["USER"],
            host=database["HOST"],
            connections=connections,
            port=port,
            folder=folder,
        )
    )
    running = subprocess.Popen(
        [program, "-q", ini],
        user=None if account.is_ours else account.uid,
        group=None if account.is_ours else account.gid,
        extra_groups=None if account.is_ours else [],
        cwd="/",
    )
    try:
        address = f"postgres://{database['USER']}@127.0.0.1:{port}/{database['NAME']}"
        _wait(address, folder / "log")
        yield address
    finally:
        running.terminate()
        running.wait(timeout=10)
        shutil.rmtree(folder)


def _wait(address: str, log: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"pgbouncer does not answer: {log.read_text()}") from None
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    install()
