"""The embedded database: who needs it says so here, and it runs while anybody does.

``ensure_running`` starts or joins the server of a ``DATA_DIR``; several processes, several
clones and cold starts at the same moment do not get in each other's way. Knows nothing of SQL.
"""

import os
import pwd
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from launcher import binaries, keeper
from launcher.account import account_for
from launcher.cluster import Cluster, home_in, prepare
from launcher.errors import LauncherError
from launcher.locks import Lock, is_owned

START_SECONDS = 90
STOP_SECONDS = 60
SOURCES = Path(__file__).resolve().parent.parent

_joined: dict[Path, "Database"] = {}
_joining = threading.Lock()


@dataclass(slots=True)
class Database:
    """A running server, and this process's claim on it."""

    cluster: Cluster
    _claim: Lock = field(repr=False)

    @property
    def url(self) -> str:
        return self.cluster.url

    def is_kept(self) -> bool:
        """Tell whether the server's keeper lives; while it does, it restarts the server."""
        return is_owned(self.cluster.keeper_lock)

    def release(self) -> None:
        """Give up the claim."""
        self._claim.close()

    def stop(self) -> None:
        """Give up the claim; wait for the server to stop unless others still need it."""
        self.release()
        deadline = time.monotonic() + STOP_SECONDS
        while is_owned(self.cluster.keeper_lock) and time.monotonic() < deadline:
            if _has_users(self.cluster):
                return
            time.sleep(0.05)


def ensure_running(data_dir: Path, *, durable: bool = True) -> Database:
    """Return the server of this folder, started if need be, for as long as we hold the answer.

    ``durable=False`` makes a server for tests: it forgets everything if the machine stops.

    Raises: LauncherError when there is no PostgreSQL here or it does not start.
    """
    data_dir = data_dir.absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    account = account_for(home_in(data_dir))
    starting = Lock(data_dir / "postgres.lock")
    starting.own()
    try:
        cluster = prepare(data_dir, account=account, durable=durable)
        claim = Lock(cluster.users_lock)
        claim.share()  # waits while a keeper is stopping the server
        try:
            if is_owned(cluster.keeper_lock):
                _wait_for_answer(cluster)
            else:
                found = binaries.make_reachable(
                    binaries.find(), account=account, shelf=cluster.home.parent
                )
                _start(cluster, keeper.command_for(cluster, found, account, _own_name()))
        except BaseException:
            claim.close()
            raise
    finally:
        starting.close()
    return Database(cluster=cluster, _claim=claim)


def attach(data_dir: Path) -> Database | None:
    """Join the server of this folder if it runs; never start one.

    Raises: LauncherError when the folder is another user's.
    """
    home = home_in(data_dir.absolute())
    if not home.exists():
        return None
    account_for(home)
    cluster = Cluster(home=home.resolve(), durable=True)
    if not is_owned(cluster.keeper_lock):
        return None
    claim = Lock(cluster.users_lock)
    if claim.try_share() and is_owned(cluster.keeper_lock) and keeper.answers(cluster.socket):
        return Database(cluster=cluster, _claim=claim)
    claim.close()
    return None


def join(data_dir: Path, *, durable: bool = True) -> Database:
    """Return this folder's server, which then runs for as long as this process and its forks."""
    key = data_dir.absolute()
    with _joining:
        if key not in _joined:
            _joined[key] = ensure_running(key, durable=durable)
        return _joined[key]


def database_url_for(data_dir: Path, *, durable: bool = True) -> str:
    """Return the address of this folder's server; see `join`."""
    return join(data_dir, durable=durable).url


def _own_name() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _start(cluster: Cluster, command: list[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(SOURCES)}
    try:
        started = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
            start_new_session=True,  # a Ctrl-C at our terminal is not meant for the server
        )
    except subprocess.TimeoutExpired:
        raise LauncherError(
            f"The database did not answer within {START_SECONDS} seconds. {_last_words(cluster)}"
        ) from None
    if started.returncode != 0:
        raise LauncherError(
            f"The database did not start. {started.stderr.strip()} {_last_words(cluster)}"
        )


def _wait_for_answer(cluster: Cluster) -> None:
    """Wait for a server that its keeper is just starting again."""
    deadline = time.monotonic() + START_SECONDS
    while not keeper.answers(cluster.socket):
        if time.monotonic() > deadline:
            raise LauncherError(f"The database does not answer. {_last_words(cluster)}")
        time.sleep(0.05)


def _has_users(cluster: Cluster) -> bool:
    """Tell whether anybody but us holds the users' lock shared (its keeper would own it)."""
    probe = Lock(cluster.users_lock)
    try:
        return not probe.try_own() and probe.try_share()
    finally:
        probe.close()


def _last_words(cluster: Cluster) -> str:
    try:
        tail = cluster.log.read_text(errors="replace").splitlines()[-8:]
    except OSError:
        return ""
    return f"The end of {cluster.log}:\n" + "\n".join(tail)
